// A protected resource to use tokens at, RFC 6750.
#include "protocol/answers.hpp"
#include "protocol/bearer.hpp"
#include "protocol/endpoint.hpp"
#include "protocol/error_writer.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

Outcome resource(Call& call) {
  const auto access = check_bearer(call);
  if (!access) return tl::unexpected(access.error());
  Json scopes = Json::array();
  for (const auto& scope : access->token.scopes) scopes.push_back(Json(scope));
  return json_answer(200, Json::object({{"sub", Json(access->login.user.sub)},
                                        {"name", Json(access->login.user.name)},
                                        {"client_id", Json(access->login.client_id)},
                                        {"scopes", std::move(scopes)}}));
}

}  // namespace

void register_resource(Endpoints& endpoints) {
  endpoints.add({.name = "resource", .origin_role = "api", .path = "/resource", .methods = {"GET", "POST"}, .handle = resource,
                 .refuse = write_bearer_challenge});
}

}  // namespace mockoauth::server
