// Tokens of a realm: signed on demand, revoked and expired behind the client's back.
#include "control/route.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

Json count_of(const char* what, std::size_t count) {
  return Json::object({{what, static_cast<std::int64_t>(count)}});
}

// Any claims whatever, so that a test can hold what no honest grant would give. The realm keeps no record of it.
ControlAnswer sign(const ControlCall& call) {
  auto token = call.realm->keys().sign(*call.body.find("claims"), call.body.string_at("alg").value_or("RS256"),
                                       call.body.string_at("typ").value_or("JWT"),
                                       call.body.string_at("client_secret").value_or(""));
  if (!token) return refuse_call(422, token.error().code, token.error().message, "/alg");
  return Json::object({{"token", std::move(*token)}});
}

ControlAnswer revoke(const ControlCall& call) {
  return count_of("revoked", call.realm->revoke_all(call.body.string_at("sub").value_or("")));
}

ControlAnswer expire(const ControlCall& call) { return count_of("expired", call.realm->expire_access_tokens()); }

ControlAnswer happen(const ControlCall& call) {
  const auto name = call.body.string_at("event").value_or("");
  const auto event = parse_account_event(name);
  if (!event) return refuse_call(422, "account.event", "there is no account event `" + name + "`", "/event");
  return count_of("ended", call.realm->happen(*event, call.body.string_at("sub").value_or("")));
}

}  // namespace

void register_tokens(ControlRoutes& routes) {
  routes.add({"POST", "/_mock/realms/{realm}/tokens/sign", "signToken", "A JWT with any claims, signed by the realm",
              R"({"type": "object", "additionalProperties": false, "required": ["claims"], "properties": {
                "claims": {"type": "object"}, "alg": {"type": "string"}, "typ": {"type": "string"},
                "client_secret": {"type": "string"}}})",
              {}, 200, sign});
  routes.add({"POST", "/_mock/realms/{realm}/tokens/revoke", "revokeTokens", "End every grant (of one user)",
              R"({"type": "object", "additionalProperties": false, "properties": {"sub": {"type": "string"}}})", {},
              200, revoke});
  routes.add({"POST", "/_mock/realms/{realm}/tokens/expire", "expireTokens", "Every access token expires now", {}, {},
              200, expire});
  routes.add({"POST", "/_mock/realms/{realm}/account-events", "accountEvent", "Something happens to an account",
              R"({"type": "object", "additionalProperties": false, "required": ["event"], "properties": {
                "event": {"type": "string"}, "sub": {"type": "string"}}})",
              {}, 200, happen});
}

}  // namespace mockoauth::server
