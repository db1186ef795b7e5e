// Realms: each test makes one of its own and drops it, so that tests never see each other.
#include <atomic>
#include <set>

#include "control/realm_parts.hpp"
#include "control/registration_json.hpp"
#include "control/route.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

Json view_of_realm(const Realm& realm) {
  return Json::object({{"name", realm.name()},
                       {"issuer", realm.configured_issuer()},
                       {"resource", realm.resource_url()},
                       {"provider", realm.profile().id()}});
}

Json whole_view_of_realm(const Realm& realm) {
  auto view = view_of_realm(realm);
  Json endpoints = Json::object();
  for (const auto& [name, url] : realm.endpoint_urls()) endpoints.set(name, url);
  view.set("endpoints", std::move(endpoints));
  return view;
}

mimir::codec::Expected<Profile, Problem> profile_of(const Json& body) {
  const auto* own = body.find("profile");
  const auto id = body.string_at("provider");
  if (own != nullptr && id) {
    return refuse_call(422, "realm.profile", "either a provider is named or a profile is given, not both", "/profile");
  }
  auto profile = own != nullptr ? Profile::parse(own->dump(), "profile") : Profile::find(id.value_or("plain"));
  const std::string pointer = own != nullptr ? "/profile" : "/provider";
  if (!profile) {
    return refuse_call(422, "realm.profile", profile.error().message, pointer + profile.error().pointer);
  }
  const auto variant = body.string_at("variant");
  if (!variant) return *profile;
  auto varied = profile->with_variant(*variant);
  if (!varied) return refuse_call(422, "realm.variant", varied.error().message, "/variant");
  return *varied;
}

// One that nobody has asked for by name.
std::string free_name(const Server& server) {
  static std::atomic<std::uint64_t> next = 1;
  std::string name;
  do {
    name = "realm-" + std::to_string(next++);
  } while (server.find_realm(name));
  return name;
}

std::optional<Problem> read_registrations(const Json& body, RealmOptions& options) {
  std::set<std::string> names;
  const auto is_new = [&](const std::string& name) { return names.insert(name).second; };
  if (const auto* clients = body.find("clients")) {
    for (const auto& one : *clients->as_array()) {
      const auto at = "/clients/" + std::to_string(options.clients.size());
      auto client = client_from_json(one, at);
      if (!client) return client.error();
      if (!is_new("client " + client->client_id)) {
        return Problem{422, "client.repeated", "two clients have this client_id", at + "/client_id"};
      }
      options.clients.push_back(std::move(*client));
    }
  }
  if (const auto* users = body.find("users")) {
    for (const auto& one : *users->as_array()) {
      const auto at = "/users/" + std::to_string(options.users.size());
      options.users.push_back(user_from_json(one));
      if (!is_new("user " + options.users.back().sub)) {
        return Problem{422, "user.repeated", "two users have this sub", at + "/sub"};
      }
    }
  }
  return std::nullopt;
}

mimir::codec::Expected<std::vector<FaultRule>, Problem> read_rules(const Json& body) {
  std::vector<FaultRule> rules;
  const auto* faults = body.find("faults");
  if (faults == nullptr) return rules;
  for (const auto& one : *faults->as_array()) {
    auto rule = parse_fault_rule(one);
    if (!rule) {
      return refuse_call(422, rule.error().code, rule.error().message,
                         "/faults/" + std::to_string(rules.size()) + rule.error().pointer);
    }
    rules.push_back(std::move(*rule));
  }
  return rules;
}

ControlAnswer create(const ControlCall& call) {
  auto profile = profile_of(call.body);
  if (!profile) return tl::unexpected(profile.error());
  RealmOptions options{.name = call.body.string_at("name").value_or(""), .profile = *profile};
  if (options.name.empty()) options.name = free_name(call.server);
  options.seed = static_cast<std::uint64_t>(call.body.int_at("seed").value_or(0));
  if (auto problem = read_registrations(call.body, options)) return tl::unexpected(std::move(*problem));
  const auto rules = read_rules(call.body);
  if (!rules) return tl::unexpected(rules.error());
  const auto* clock = call.body.find("clock");
  if (clock != nullptr) {
    if (auto problem = check_clock(*clock, "/clock")) return tl::unexpected(std::move(*problem));
  }
  auto realm = call.server.create_realm(std::move(options), [&](Realm& made) {
    if (clock != nullptr) set_clock(made.clock(), *clock);
    if (const auto* person = call.body.find("person")) set_person(made, *person);
    for (const auto& rule : *rules) (void)made.add_fault(rule);  // Checked before.
  });
  if (realm) return view_of_realm(**realm);
  const auto& error = realm.error();
  const int status = error.code == "realm.exists" ? 409 : error.code == "realm.limit" ? 503 : 422;
  return refuse_call(status, error.code, error.message, error.code == "realm.limit" ? "" : "/name");
}

ControlAnswer list_realms(const ControlCall& call) {
  Json all = Json::array();
  for (const auto& name : call.server.realms()) {
    if (const auto realm = call.server.find_realm(name)) all.push_back(view_of_realm(*realm));
  }
  return Json::object({{"realms", std::move(all)}});
}

ControlAnswer show_realm(const ControlCall& call) { return whole_view_of_realm(*call.realm); }

ControlAnswer reset_realm(const ControlCall& call) {
  call.realm->reset();
  return Json();
}

// What was asked for and never happened is told here: nobody can ask later.
ControlAnswer drop(const ControlCall& call) {
  const auto left = call.server.drop_realm(call.segments.front());
  if (!left) return refuse_call(404, "realm.unknown", "somebody else dropped it just now");
  return report_to_json(*left);
}

ControlAnswer report(const ControlCall& call) { return report_to_json(call.realm->report()); }

std::string create_schema() {
  return R"({"type": "object", "additionalProperties": false, "properties": {
    "name": {"type": "string"},
    "provider": {"type": "string"},
    "variant": {"type": "string"},
    "profile": {"type": "object"},
    "seed": {"type": "integer", "minimum": 0},
    "clock": )" + clock_schema() + R"(,
    "person": )" + person_schema() + R"(,
    "faults": {"type": "array", "items": {"type": "object"}},
    "clients": {"type": "array", "items": )" + client_schema() + R"(},
    "users": {"type": "array", "items": )" + user_schema() + "}}}";
}

}  // namespace

void register_realms(ControlRoutes& routes) {
  const std::string view = R"({"title": "realm", "type": "object", "required": ["name", "issuer", "resource", "provider"],
    "properties": {"name": {"type": "string"}, "issuer": {"type": "string"}, "resource": {"type": "string"},
                   "provider": {"type": "string"},
                   "endpoints": {"type": "object", "additionalProperties": {"type": "string"},
                                 "description": "Where each is, by its name in metadata; in the answer about one realm"}}})";
  const std::string all = "/_mock/realms";
  const std::string one = all + "/{realm}";
  routes.add({.method = "GET",
              .path = all,
              .id = "listRealms",
              .summary = "All realms",
              .handle = list_realms,
              .answer = R"({"type": "object", "required": ["realms"], "properties": {"realms": {"type": "array",
                "items": )" +
                        view + "}}}"});
  routes.add({.method = "POST", .path = all, .id = "createRealm",
              .summary = "Create a realm from a provider or a profile, with all that it is to have from its first moment",
              .body = create_schema(), .status = 201, .handle = create, .answer = view});
  routes.add(
      {.method = "GET", .path = one, .id = "showRealm", .summary = "One realm", .handle = show_realm, .answer = view});
  routes.add({.method = "DELETE", .path = one, .id = "dropRealm",
              .summary = "Drop it and tell what was left of its script", .handle = drop, .answer = report_schema()});
  routes.add({.method = "GET", .path = one + "/report", .id = "showReport",
              .summary = "What is left of the realm's script: faults that never struck, latches that were forgotten",
              .handle = report, .answer = report_schema()});
  routes.add({.method = "POST",
              .path = one + "/reset",
              .id = "resetRealm",
              .summary = "Forget grants, journal and faults",
              .status = 204,
              .handle = reset_realm});
}

}  // namespace mockoauth::server
