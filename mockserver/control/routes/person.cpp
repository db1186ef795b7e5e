// The headless user: who sits at the login page and what they do there.
#include "control/registration_json.hpp"
#include "control/route.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

UserDecision decision_at(const Json& body) {
  const auto text = body.string_at("decision").value_or("approve");
  return text == "deny" ? UserDecision::Deny : text == "abandon" ? UserDecision::Abandon : UserDecision::Approve;
}

ControlAnswer change(const ControlCall& call) {
  if (call.body.find("decision") != nullptr) call.realm->decide(decision_at(call.body));
  if (const auto sub = call.body.string_at("sub")) call.realm->choose_user(*sub);
  if (const auto* scopes = call.body.find("scopes")) {
    call.realm->allow_scopes(scopes->is_null() ? std::nullopt : std::optional(texts_at(call.body, "scopes")));
  }
  return Json();
}

ControlAnswer devices(const ControlCall& call) {
  constexpr const char* kStates[] = {"pending", "approved", "denied", "redeemed"};
  Json all = Json::array();
  for (const auto& login : call.realm->device_logins()) {
    all.push_back(Json::object({{"user_code", login.user_code},
                                {"client_id", login.client_id},
                                {"scopes", texts_to_json(login.scopes)},
                                {"state", kStates[static_cast<int>(login.state)]}}));
  }
  return Json::object({{"device_logins", std::move(all)}});
}

ControlAnswer decide_device(const ControlCall& call) {
  if (call.realm->decide_device(call.segments[1], decision_at(call.body))) return Json();
  return refuse_call(404, "device.user_code", "no undecided, live sign-in of a device has this user code");
}

}  // namespace

void register_person(ControlRoutes& routes) {
  routes.add({"POST", "/_mock/realms/{realm}/person", "changePerson",
              "Who signs in from now on, what they decide, and which scopes they tick",
              R"({"type": "object", "additionalProperties": false, "minProperties": 1, "properties": {
                "decision": {"enum": ["approve", "deny", "abandon"]},
                "sub": {"type": "string", "minLength": 1},
                "scopes": {"type": ["array", "null"], "items": {"type": "string"}}}})",
              {}, 204, change});
  routes.add({"GET", "/_mock/realms/{realm}/device-logins", "listDeviceLogins", "Sign-ins of devices (RFC 8628)", {},
              {}, 200, devices});
  routes.add({"POST", "/_mock/realms/{realm}/device-logins/{user_code}", "decideDeviceLogin",
              "Decide at the verification page",
              R"({"type": "object", "additionalProperties": false, "required": ["decision"], "properties": {
                "decision": {"enum": ["approve", "deny"]}}})",
              {}, 204, decide_device});
}

}  // namespace mockoauth::server
