#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mimir/codec/json.hpp>

#include "protocol/refusal.hpp"
#include "protocol/store.hpp"

namespace mockoauth::server {

/// The `claims` parameter, judged (OIDC Core §5.5); null where there is none.
[[nodiscard]] Checked<mimir::codec::Json> read_claims_parameter(const std::optional<std::string>& text);

/// Values one claim of it is asked to have (OIDC Core §5.5.1); empty: any. @param place `id_token` or `userinfo`.
[[nodiscard]] std::vector<std::string> wanted_values(const mimir::codec::Json& claims, std::string_view place,
                                                     std::string_view claim);

/// Whether the claim is asked for as essential (OIDC Core §5.5.1).
[[nodiscard]] bool is_essential(const mimir::codec::Json& claims, std::string_view place, std::string_view claim);

/// Everything the realm knows about a user, by the names of OIDC Core §5.1, `sub` included.
[[nodiscard]] mimir::codec::Json claims_about(const User& user);

/// The claims about the user that go to one place: those the scopes stand for (OIDC Core §5.4), where `by_scope`, and
/// those the `claims` parameter names for it. `sub` is not among them.
[[nodiscard]] mimir::codec::Json released_claims(const Login& login, const std::vector<std::string>& scopes,
                                                 std::string_view place, bool by_scope);

/// Claims that a scope stands for (OIDC Core §5.4); empty for any other scope.
[[nodiscard]] std::vector<std::string> claims_of_scope(std::string_view scope);

}  // namespace mockoauth::server
