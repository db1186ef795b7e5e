// Protected resources to use tokens at, RFC 6750: `/resource` and what the realm has below it.
#include "protocol/answers.hpp"
#include "protocol/bearer.hpp"
#include "protocol/endpoint.hpp"
#include "protocol/protected_resources.hpp"
#include "protocol/request_shape.hpp"
#include "protocol/resource_challenge.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

Outcome resource(Call& call) {
  const ProtectedResource* asked = find_protected_resource(call.realm, call.request.path());
  if (asked == nullptr) {
    call.exchange.error = "not_found";
    call.exchange.reason = "the realm has no protected resource at this path";
    return json_answer(404, Json::object({{"error", "not_found"}, {"error_description", Json(call.exchange.reason)}}));
  }
  if (auto checked = check_all_headers(call, call.profile().knob("api.headers")); !checked) {
    return tl::unexpected(checked.error());
  }
  const auto access = check_bearer(call, policy_of(call.realm, *asked));
  if (!access) return tl::unexpected(access.error());
  Json scopes = Json::array();
  for (const auto& scope : access->token.scopes) scopes.push_back(Json(scope));
  Json body = Json::object({{"sub", Json(access->login.user.sub)},
                            {"name", Json(access->login.user.name)},
                            {"client_id", Json(access->login.client_id)},
                            {"scopes", std::move(scopes)}});
  if (!access->login.authorization_details.is_null()) {
    body.set("authorization_details", access->login.authorization_details);
  }
  return json_answer(200, body);
}

}  // namespace

void register_resource(Endpoints& endpoints) {
  endpoints.add({.name = "resource",
                 .origin_role = "api",
                 .path = std::string(kResourcePath),
                 .methods = {"GET", "POST"},
                 .handle = resource,
                 .refuse = write_resource_challenge,
                 .below = true});
}

}  // namespace mockoauth::server
