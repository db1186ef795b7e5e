#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <mimir/codec/json.hpp>
#include <mimir/codec/result.hpp>
#include <mockoauth/server/realm.hpp>

#include "control/route.hpp"

namespace mockoauth::server {

/// JSON Schemas of a client (RFC 7591 §2) and a user (OIDC Core §5.1) as the control API takes and shows them.
[[nodiscard]] const std::string& client_schema();
[[nodiscard]] const std::string& user_schema();

/// From JSON that fits the schema. Keys that cannot be read are refused. @param pointer of the client in the body.
[[nodiscard]] mimir::codec::Expected<ClientRegistration, Problem> client_from_json(const mimir::codec::Json& json,
                                                                                   const std::string& pointer);
/// What the schema names, secret included: the same again makes the same client.
[[nodiscard]] mimir::codec::Json client_to_json(const ClientRegistration& client);
[[nodiscard]] User user_from_json(const mimir::codec::Json& json);
[[nodiscard]] mimir::codec::Json user_to_json(const User& user);

/// The texts of an array; none when it is not there.
[[nodiscard]] std::vector<std::string> texts_at(const mimir::codec::Json& json, std::string_view name);
[[nodiscard]] mimir::codec::Json texts_to_json(const std::vector<std::string>& texts);

}  // namespace mockoauth::server
