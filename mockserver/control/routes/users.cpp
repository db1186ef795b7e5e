// Users of a realm while it runs. Which of them sits at the login page: see person.cpp.
#include "control/registration_json.hpp"
#include "control/route.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

ControlAnswer list_users(const ControlCall& call) {
  Json all = Json::array();
  for (const auto& user : call.realm->users()) all.push_back(user_to_json(user));
  return Json::object({{"users", std::move(all)}});
}

ControlAnswer show_user(const ControlCall& call) {
  for (const auto& user : call.realm->users()) {
    if (user.sub == call.segments[1]) return user_to_json(user);
  }
  return refuse_call(404, "user.unknown", "there is no user `" + call.segments[1].substr(0, 80) + "`");
}

ControlAnswer add_user(const ControlCall& call) {
  call.realm->put_user(user_from_json(call.body));
  return Json();
}

ControlAnswer replace_user(const ControlCall& call) {
  const auto sub = call.body.string_at("sub").value_or("");
  if (sub == call.segments[1]) return add_user(call);
  return refuse_call(422, "user.sub", "sub is `" + sub.substr(0, 80) + "`, but the path names `" +
                                          call.segments[1].substr(0, 80) + "`", "/sub");
}

ControlAnswer remove_user(const ControlCall& call) {
  const auto removed = call.realm->remove_user(call.segments[1]);
  if (removed) return Json();
  return refuse_call(removed.error().code == "user.last" ? 409 : 404, removed.error().code, removed.error().message);
}

}  // namespace

void register_users(ControlRoutes& routes) {
  const std::string at = "/_mock/realms/{realm}/users";
  const std::string one = at + "/{sub}";
  routes.add({.method = "GET",
              .path = at,
              .id = "listUsers",
              .summary = "Users",
              .handle = list_users,
              .answer = R"({"type": "object", "required": ["users"], "properties": {"users": {"type": "array",
                "items": )" +
                        user_schema() + "}}}"});
  routes.add({.method = "POST",
              .path = at,
              .id = "addUser",
              .summary = "Add a user, or replace the one of its sub",
              .body = user_schema(),
              .status = 204,
              .handle = add_user});
  routes.add({.method = "GET",
              .path = one,
              .id = "showUser",
              .summary = "One user",
              .handle = show_user,
              .answer = user_schema()});
  routes.add({.method = "PUT",
              .path = one,
              .id = "replaceUser",
              .summary = "Add a user, or replace it",
              .body = user_schema(),
              .status = 204,
              .handle = replace_user});
  routes.add({.method = "DELETE",
              .path = one,
              .id = "removeUser",
              .summary = "From now on they do not sign in",
              .status = 204,
              .handle = remove_user});
}

}  // namespace mockoauth::server
