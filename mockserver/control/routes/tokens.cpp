// Tokens of a realm: issued and signed on demand, ended behind the client's back, looked up.
#include "control/registration_json.hpp"
#include "control/route.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

Json count_of(const char* what, std::size_t count) {
  return Json::object({{what, static_cast<std::int64_t>(count)}});
}

// Any claims whatever, so that a test can hold what no honest grant would give.
ControlAnswer sign(const ControlCall& call) {
  auto token = call.realm->sign_token(*call.body.find("claims"), call.body.string_at("alg").value_or("RS256"),
                                      call.body.string_at("typ").value_or("JWT"),
                                      call.body.string_at("client_secret").value_or(""));
  if (!token) return refuse_call(422, token.error().code, token.error().message, "/alg");
  return Json::object({{"token", std::move(*token)}});
}

ControlAnswer issue(const ControlCall& call) {
  const auto issued = call.realm->issue_tokens({.client_id = call.body.string_at("client_id").value_or(""),
                                                .sub = call.body.string_at("sub").value_or(""),
                                                .scopes = texts_at(call.body, "scopes")});
  if (issued) return *issued;
  const auto& code = issued.error().code;
  return refuse_call(422, code, issued.error().message,
                     code == "client.unknown" ? "/client_id" : code == "user.unknown" ? "/sub" : "");
}

std::optional<Problem> check_minted(const Json& body) {
  if (body.find("token") == nullptr || body.find("sub") == nullptr) return std::nullopt;
  return Problem{422, "token.which", "either one token is meant or all of a user, not both", "/sub"};
}

ControlAnswer revoke_token(const ControlCall& call) {
  if (auto problem = check_minted(call.body)) return tl::unexpected(std::move(*problem));
  if (const auto token = call.body.string_at("token")) return count_of("revoked", call.realm->revoke_token(*token) ? 1 : 0);
  return count_of("revoked", call.realm->revoke_all(call.body.string_at("sub").value_or("")));
}

ControlAnswer expire_token(const ControlCall& call) {
  if (const auto token = call.body.string_at("token")) return count_of("expired", call.realm->expire_token(*token) ? 1 : 0);
  return count_of("expired", call.realm->expire_access_tokens());
}

// The grant, and every exchange that gave or took something of it: code, tokens, generations of refresh tokens.
ControlAnswer lineage_of(Realm& realm, const std::string& flow) {
  const auto grant = realm.find_grant(flow);
  if (!grant) return refuse_call(404, "grant.unknown", "no login is called `" + flow.substr(0, 80) + "`");
  Json lineage = Json::array();
  for (const auto& exchange : realm.journal().exchanges()) {
    if (exchange.grant != flow || (exchange.issued.empty() && exchange.consumed.empty())) continue;
    lineage.push_back(Json::object({{"exchange", static_cast<std::int64_t>(exchange.number)},
                                    {"endpoint", exchange.endpoint},
                                    {"grant_type", exchange.grant_type},
                                    {"status", exchange.response.status},
                                    {"consumed", texts_to_json(exchange.consumed)},
                                    {"issued", texts_to_json(exchange.issued)}}));
  }
  return Json::object({{"flow", grant->flow},
                       {"client_id", grant->client_id},
                       {"sub", grant->sub.empty() ? Json() : Json(grant->sub)},
                       {"scopes", texts_to_json(grant->scopes)},
                       {"alive", grant->is_alive},
                       {"lineage", std::move(lineage)}});
}

ControlAnswer show_grant(const ControlCall& call) { return lineage_of(*call.realm, call.segments[1]); }

ControlAnswer look_up(const ControlCall& call) {
  const auto flow = call.realm->flow_of(call.body.string_at("token").value_or(""));
  if (flow.empty()) return refuse_call(404, "token.unknown", "no login has this code or token", "/token");
  return lineage_of(*call.realm, flow);
}

ControlAnswer happen(const ControlCall& call) {
  const auto name = call.body.string_at("event").value_or("");
  const auto event = parse_account_event(name);
  if (!event) return refuse_call(422, "account.event", "there is no account event `" + name + "`", "/event");
  return count_of("ended", call.realm->happen(*event, call.body.string_at("sub").value_or("")));
}

std::string count_schema(const std::string& what) {
  return R"({"type": "object", "required": [")" + what + R"("], "properties": {")" + what + R"(": {"type": "integer"}}})";
}

constexpr const char* kGrantSchema = R"({"title": "grant", "type": "object",
  "required": ["flow", "client_id", "sub", "scopes", "alive", "lineage"], "properties": {
    "flow": {"type": "string"}, "client_id": {"type": "string"}, "sub": {"type": ["string", "null"]},
    "scopes": {"type": "array", "items": {"type": "string"}}, "alive": {"type": "boolean"},
    "lineage": {"type": "array", "items": {"type": "object",
      "required": ["exchange", "endpoint", "grant_type", "status", "consumed", "issued"], "properties": {
        "exchange": {"type": "integer"}, "endpoint": {"type": "string"}, "grant_type": {"type": "string"},
        "status": {"type": "integer"}, "consumed": {"type": "array", "items": {"type": "string"}},
        "issued": {"type": "array", "items": {"type": "string"}}}}}}})";

}  // namespace

void register_tokens(ControlRoutes& routes) {
  const std::string at = "/_mock/realms/{realm}/tokens";
  routes.add({.method = "POST", .path = at + "/sign", .id = "signToken",
              .summary = "A JWT with any claims, signed by the realm; the journal notes it",
              .body = R"({"type": "object", "additionalProperties": false, "required": ["claims"], "properties": {
                "claims": {"type": "object"}, "alg": {"type": "string"}, "typ": {"type": "string"},
                "client_secret": {"type": "string"}}})",
              .handle = sign,
              .answer = R"({"type": "object", "required": ["token"], "properties": {"token": {"type": "string"}}})"});
  routes.add({.method = "POST", .path = at + "/issue", .id = "issueTokens",
              .summary = "A token response as a login would bring it; without sub the client acts for itself",
              .body = R"({"type": "object", "additionalProperties": false, "required": ["client_id"], "properties": {
                "client_id": {"type": "string", "minLength": 1}, "sub": {"type": "string", "minLength": 1},
                "scopes": {"type": "array", "items": {"type": "string"}}}})",
              .handle = issue,
              // RFC 6749 §5.1, as the profile shapes it; it may have members of its own.
              .answer = R"({"type": "object", "additionalProperties": true, "properties": {
                "access_token": {"type": "string"}, "token_type": {"type": "string"},
                "expires_in": {"type": ["integer", "string"]}, "refresh_token": {"type": "string"},
                "scope": {"type": "string"}, "id_token": {"type": "string"}}})"});
  routes.add({.method = "POST",
              .path = at + "/revoke",
              .id = "revokeTokens",
              .summary = "End one token, or every grant (of one user)",
              .body = R"({"type": "object", "additionalProperties": false, "properties": {
                "token": {"type": "string"}, "sub": {"type": "string"}}})",
              .handle = revoke_token,
              .answer = count_schema("revoked")});
  routes.add({.method = "POST",
              .path = at + "/expire",
              .id = "expireTokens",
              .summary = "One token expires now, or every access token",
              .body = R"({"type": "object", "additionalProperties": false, "properties": {
                "token": {"type": "string"}}})",
              .handle = expire_token,
              .answer = count_schema("expired")});
  routes.add({.method = "POST", .path = at + "/lookup", .id = "lookUpToken",
              .summary = "The grant that a code or token belongs to, with all that came of it",
              .body = R"({"type": "object", "additionalProperties": false, "required": ["token"], "properties": {
                "token": {"type": "string"}}})",
              .handle = look_up, .answer = kGrantSchema});
  routes.add({.method = "GET",
              .path = "/_mock/realms/{realm}/grants/{flow}",
              .id = "showGrant",
              .summary = "A login and all that came of it",
              .handle = show_grant,
              .answer = kGrantSchema});
  routes.add({.method = "POST", .path = "/_mock/realms/{realm}/account-events", .id = "accountEvent",
              .summary = "Something happens to an account",
              .body = R"({"type": "object", "additionalProperties": false, "required": ["event"], "properties": {
                "event": {"type": "string"}, "sub": {"type": "string"}}})",
              .handle = happen, .answer = count_schema("ended")});
}

}  // namespace mockoauth::server
