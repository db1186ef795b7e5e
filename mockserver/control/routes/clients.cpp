// Clients of a realm while it runs.
#include "control/registration_json.hpp"
#include "control/route.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

tl::unexpected<Problem> unknown_client(const std::string& client_id) {
  return refuse_call(404, "client.unknown", "there is no client `" + client_id.substr(0, 80) + "`");
}

ControlAnswer list_clients(const ControlCall& call) {
  Json all = Json::array();
  for (const auto& client : call.realm->clients()) all.push_back(client_to_json(client));
  return Json::object({{"clients", std::move(all)}});
}

ControlAnswer show_client(const ControlCall& call) {
  const auto client = call.realm->find_client(call.segments[1]);
  if (!client) return unknown_client(call.segments[1]);
  return client_to_json(*client);
}

ControlAnswer put_client(const ControlCall& call, const Json& described) {
  auto client = client_from_json(described, "");
  if (!client) return tl::unexpected(client.error());
  call.realm->add_client(std::move(*client));
  return Json();
}

ControlAnswer add_client(const ControlCall& call) { return put_client(call, call.body); }

ControlAnswer replace_client(const ControlCall& call) {
  const auto named = call.body.string_at("client_id");
  if (named != call.segments[1]) {
    return refuse_call(422, "client.id", "client_id is `" + named.value_or("").substr(0, 80) +
                                             "`, but the path names `" + call.segments[1].substr(0, 80) + "`", "/client_id");
  }
  return put_client(call, call.body);
}

// RFC 7396: null takes a member away, what is not named stays.
ControlAnswer change_client(const ControlCall& call) {
  const auto known = call.realm->find_client(call.segments[1]);
  if (!known) return unknown_client(call.segments[1]);
  Json described = client_to_json(*known);
  for (const auto& [name, value] : *call.body.as_object()) {
    value.is_null() ? (void)described.erase(name) : (void)described.set(name, value);
  }
  return put_client(call, described);
}

ControlAnswer remove_client(const ControlCall& call) {
  if (call.realm->remove_client(call.segments[1])) return Json();
  return unknown_client(call.segments[1]);
}

// The members of a client but its id, each of which may also be null.
std::string change_schema() {
  auto schema = *Json::parse(client_schema());
  schema.erase("required");
  schema.find("properties")->erase("client_id");
  schema.set("minProperties", 1);
  for (auto& [name, member] : *schema.find("properties")->as_object()) {
    if (auto* choices = member.find("enum")) choices->push_back(Json());
    if (const auto type = member.string_at("type")) member.set("type", Json::array({Json(*type), Json("null")}));
  }
  return schema.dump();
}

}  // namespace

void register_clients(ControlRoutes& routes) {
  const std::string at = "/_mock/realms/{realm}/clients";
  const std::string one = at + "/{client_id}";
  routes.add({.method = "GET",
              .path = at,
              .id = "listClients",
              .summary = "Clients, those that registered themselves (RFC 7591) too",
              .handle = list_clients,
              .answer = R"({"type": "object", "required": ["clients"], "properties": {"clients": {"type": "array",
                "items": )" +
                        client_schema() + "}}}"});
  routes.add({.method = "POST",
              .path = at,
              .id = "addClient",
              .summary = "Register a client, or replace the one of its id",
              .body = client_schema(),
              .status = 204,
              .handle = add_client});
  routes.add({.method = "GET",
              .path = one,
              .id = "showClient",
              .summary = "One client",
              .handle = show_client,
              .answer = client_schema()});
  routes.add({.method = "PUT",
              .path = one,
              .id = "replaceClient",
              .summary = "Register a client, or replace it",
              .body = client_schema(),
              .status = 204,
              .handle = replace_client});
  routes.add({.method = "PATCH",
              .path = one,
              .id = "changeClient",
              .summary = "Change what is named, take away what is null",
              .body = change_schema(),
              .status = 204,
              .handle = change_client});
  routes.add({.method = "DELETE",
              .path = one,
              .id = "removeClient",
              .summary = "From now on it is unknown",
              .status = 204,
              .handle = remove_client});
}

}  // namespace mockoauth::server
