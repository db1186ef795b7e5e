#pragma once

#include <string>
#include <string_view>

namespace mockoauth::server {

/// As exchange_to_json() shows it: a secret keeps its end and its digest, so that two can be compared.
[[nodiscard]] std::string masked_parameter(std::string_view name, const std::string& value);
[[nodiscard]] std::string masked_header(std::string_view name, const std::string& value);

}  // namespace mockoauth::server
