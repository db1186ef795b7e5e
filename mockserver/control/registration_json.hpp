#pragma once

#include <string>

#include <mimir/codec/json.hpp>
#include <mockoauth/server/realm.hpp>

namespace mockoauth::server {

/// JSON Schemas of a client (RFC 7591 §2) and a user (OIDC Core §5.1) as the control API takes them.
[[nodiscard]] const std::string& client_schema();
[[nodiscard]] const std::string& user_schema();

/// From JSON that fits the schema.
[[nodiscard]] ClientRegistration client_from_json(const mimir::codec::Json& json);
[[nodiscard]] User user_from_json(const mimir::codec::Json& json);

/// The texts of an array; none when it is not there.
[[nodiscard]] std::vector<std::string> texts_at(const mimir::codec::Json& json, std::string_view name);
[[nodiscard]] mimir::codec::Json texts_to_json(const std::vector<std::string>& texts);

}  // namespace mockoauth::server
