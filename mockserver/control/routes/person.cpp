// The headless user: who sits at the login page and what they do there.
#include "control/realm_parts.hpp"
#include "control/registration_json.hpp"
#include "control/route.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

ControlAnswer change_person(const ControlCall& call) {
  set_person(*call.realm, call.body);
  return Json();
}

ControlAnswer show_person(const ControlCall& call) {
  const auto person = call.realm->person();
  return Json::object({{"sub", person.sub},
                       {"decision", to_string(person.decision)},
                       {"scopes", person.allowed_scopes ? texts_to_json(*person.allowed_scopes) : Json()}});
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

ControlAnswer decide_waiting_device(const ControlCall& call) {
  if (call.realm->decide_device(call.segments[1], *decision_at(call.body))) return Json();
  return refuse_call(404, "device.user_code", "no undecided, live sign-in of a device has this user code");
}

}  // namespace

void register_person(ControlRoutes& routes) {
  routes.add({.method = "GET",
              .path = "/_mock/realms/{realm}/person",
              .id = "showPerson",
              .summary = "Who signs in where no login_hint names somebody else, and what they do",
              .handle = show_person,
              .answer = R"({"type": "object", "required": ["sub", "decision", "scopes"], "properties": {
                "sub": {"type": "string"}, "decision": {"enum": ["approve", "deny", "abandon"]},
                "scopes": {"type": ["array", "null"], "items": {"type": "string"}}}})"});
  routes.add({.method = "POST",
              .path = "/_mock/realms/{realm}/person",
              .id = "changePerson",
              .summary = "Who signs in from now on, what they decide, and which scopes they tick",
              .body = person_schema(),
              .status = 204,
              .handle = change_person});
  const std::string devices_at = "/_mock/realms/{realm}/device-logins";
  routes.add({.method = "GET", .path = devices_at, .id = "listDeviceLogins", .summary = "Sign-ins of devices (RFC 8628)",
              .handle = devices,
              .answer = R"({"type": "object", "required": ["device_logins"], "properties": {"device_logins": {"type": "array",
                "items": {"type": "object", "required": ["user_code", "client_id", "scopes", "state"], "properties": {
                  "user_code": {"type": "string"}, "client_id": {"type": "string"},
                  "scopes": {"type": "array", "items": {"type": "string"}},
                  "state": {"type": "string", "enum": ["pending", "approved", "denied", "redeemed"]}}}}}})"});
  routes.add({.method = "POST", .path = devices_at + "/{user_code}", .id = "decideDeviceLogin",
              .summary = "Decide at the verification page",
              .body = R"({"type": "object", "additionalProperties": false, "required": ["decision"], "properties": {
                "decision": {"enum": ["approve", "deny"]}}})",
              .status = 204, .handle = decide_waiting_device});
}

}  // namespace mockoauth::server
