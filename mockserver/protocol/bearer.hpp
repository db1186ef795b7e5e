#pragma once

#include <string_view>

#include "protocol/call.hpp"
#include "protocol/store.hpp"

namespace mockoauth::server {

/// Who a protected resource is used by.
struct BearerAccess {
  AccessToken token;
  Login login;
};

/// Judges the access token of a resource request (RFC 6750 §2.1, §3.1): in the Authorization header and nowhere else.
/// @param scope one the token must have; empty: any token will do.
[[nodiscard]] Checked<BearerAccess> check_bearer(Call& call, std::string_view scope = {});

}  // namespace mockoauth::server
