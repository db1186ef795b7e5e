// Realms: each test makes one of its own and drops it, so that tests never see each other.
#include <atomic>

#include "control/registration_json.hpp"
#include "control/route.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

Json view_of(const Realm& realm) {
  return Json::object({{"name", realm.name()},
                       {"issuer", realm.configured_issuer()},
                       {"resource", realm.resource_url()},
                       {"provider", realm.profile().id()}});
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

ControlAnswer create(const ControlCall& call) {
  auto profile = profile_of(call.body);
  if (!profile) return tl::unexpected(profile.error());
  RealmOptions options{.name = call.body.string_at("name").value_or(""), .profile = *profile};
  if (options.name.empty()) options.name = free_name(call.server);
  options.seed = static_cast<std::uint64_t>(call.body.int_at("seed").value_or(0));
  if (const auto* clients = call.body.find("clients")) {
    for (const auto& client : *clients->as_array()) options.clients.push_back(client_from_json(client));
  }
  if (const auto* users = call.body.find("users")) {
    for (const auto& user : *users->as_array()) options.users.push_back(user_from_json(user));
  }
  auto realm = call.server.create_realm(std::move(options));
  if (realm) return view_of(**realm);
  const auto& error = realm.error();
  const int status = error.code == "realm.exists" ? 409 : error.code == "realm.limit" ? 503 : 422;
  return refuse_call(status, error.code, error.message, error.code == "realm.limit" ? "" : "/name");
}

ControlAnswer list(const ControlCall& call) {
  Json all = Json::array();
  for (const auto& name : call.server.realms()) {
    if (const auto realm = call.server.find_realm(name)) all.push_back(view_of(*realm));
  }
  return Json::object({{"realms", std::move(all)}});
}

ControlAnswer show(const ControlCall& call) { return view_of(*call.realm); }

ControlAnswer reset(const ControlCall& call) {
  call.realm->reset();
  return Json();
}

// What was asked for and never happened is told here: nobody can ask later.
ControlAnswer drop(const ControlCall& call) {
  Json unused = Json::array();
  for (const auto& state : call.realm->faults()) {
    if (state.fired > 0) continue;
    const auto& rule = state.rule;
    unused.push_back(Json(!rule.fault.empty() ? rule.fault : rule.then.empty() ? rule.name : rule.then.front().fault));
  }
  call.server.drop_realm(call.segments.front());
  return Json::object({{"unused_faults", std::move(unused)}});
}

std::string create_schema() {
  return R"({"type": "object", "additionalProperties": false, "properties": {
    "name": {"type": "string"},
    "provider": {"type": "string"},
    "variant": {"type": "string"},
    "profile": {"type": "object"},
    "seed": {"type": "integer", "minimum": 0},
    "clients": {"type": "array", "items": )" + client_schema() + R"(},
    "users": {"type": "array", "items": )" + user_schema() + "}}}";
}

}  // namespace

void register_realms(ControlRoutes& routes) {
  routes.add({"GET", "/_mock/realms", "listRealms", "All realms", {}, {}, 200, list});
  routes.add({"POST", "/_mock/realms", "createRealm", "Create a realm from a provider or a profile", create_schema(),
              {}, 201, create});
  routes.add({"GET", "/_mock/realms/{realm}", "showRealm", "One realm", {}, {}, 200, show});
  routes.add({"DELETE", "/_mock/realms/{realm}", "dropRealm", "Drop it and tell which faults never struck", {}, {},
              200, drop});
  routes.add({"POST", "/_mock/realms/{realm}/reset", "resetRealm", "Forget grants, journal and faults", {}, {}, 204,
              reset});
}

}  // namespace mockoauth::server
