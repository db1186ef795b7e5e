#pragma once

#include <string>
#include <vector>

#include <mockoauth/server/journal.hpp>

namespace mockoauth::server {

/// One JSON object a line, as exchange_to_json() makes it. @param redact false: secrets stand in it as they were sent.
[[nodiscard]] std::string journal_as_json_lines(const std::vector<Exchange>& exchanges, bool redact = true);

/// HTTP Archive 1.2, which browsers and proxies read. @param base_urls of the realm, by HttpRequest::origin.
/// Times are real ones; what the server made of an exchange, virtual time included, is in its member `_mockoauth`.
[[nodiscard]] std::string journal_as_har(const std::vector<Exchange>& exchanges,
                                         const std::vector<std::string>& base_urls, bool redact = true);

}  // namespace mockoauth::server
