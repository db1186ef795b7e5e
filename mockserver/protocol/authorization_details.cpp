#include "protocol/authorization_details.hpp"

#include <algorithm>

#include "protocol/text.hpp"

namespace mockoauth::server {

using mimir::codec::Json;

namespace {

tl::unexpected<Refusal> invalid(std::string detail) {
  return refuse(Condition::AuthorizationDetailsInvalid, "authorization_details " + std::move(detail));
}

bool is_text_list(const Json& value) {
  const auto* items = value.as_array();
  return items != nullptr && !items->empty() &&
         std::all_of(items->begin(), items->end(), [](const Json& item) { return item.is_string(); });
}

// RFC 9396 §2.2: members that mean the same in every type.
Checked<bool> check_common(const std::string& name, const Json& value) {
  if (name == "type") return true;
  if (name == "identifier") {
    if (!value.is_string()) return invalid("has an identifier that is no text");
    return true;
  }
  for (const char* list : {"locations", "actions", "datatypes", "privileges"}) {
    if (name != list) continue;
    if (!is_text_list(value)) return invalid("has a member " + name + " that is no list of texts");
    return true;
  }
  return false;
}

Checked<void> check_members(const AuthorizationDetailsType& type, const Json& detail) {
  for (const auto& [name, value] : *detail.as_object()) {
    const auto common = check_common(name, value);
    if (!common) return tl::unexpected(common.error());
    if (!*common && !contains(type.required, name) && !contains(type.optional, name)) {
      return invalid("of type " + type.type + " has an unknown member " + name.substr(0, 60));
    }
    if (name != "actions" || type.actions.empty()) continue;
    for (const auto& action : *value.as_array()) {
      if (!contains(type.actions, *action.as_string())) {
        return invalid("of type " + type.type + " has an unknown action " + action.as_string()->substr(0, 60));
      }
    }
  }
  for (const auto& name : type.required) {
    if (detail.find(name) == nullptr) return invalid("of type " + type.type + " lacks the member " + name);
  }
  return {};
}

// RFC 9396 §10: a client may have registered fewer types than the server knows.
bool may_ask_for(const ClientRegistration& client, const std::string& type) {
  const Json* registered = client.metadata.find("authorization_details_types");
  if (registered == nullptr || !registered->is_array()) return true;
  const auto& types = *registered->as_array();
  return std::any_of(types.begin(), types.end(), [&](const Json& t) { return t.as_string() && *t.as_string() == type; });
}

}  // namespace

Checked<Json> read_authorization_details(const RealmState& realm, const ClientRegistration& client,
                                         const std::optional<std::string>& text) {
  if (!text || !realm.offers("rar")) return Json();
  auto details = Json::parse(*text);
  if (!details) return invalid("is not JSON: " + details.error().message);
  if (!details->is_array() || details->as_array()->empty()) return invalid("is not an array with elements");
  for (const auto& detail : *details->as_array()) {
    if (!detail.is_object()) return invalid("has an element that is no object");
    const auto name = detail.string_at("type");
    if (!name) return invalid("has an element without type");
    const auto& known = realm.options.authorization_details_types;
    const auto type = std::find_if(known.begin(), known.end(), [&](const auto& t) { return t.type == *name; });
    if (type == known.end() || !may_ask_for(client, *name)) {
      return invalid("has the type " + name->substr(0, 60) + ", which is unknown or not allowed for this client");
    }
    if (auto checked = check_members(*type, detail); !checked) return tl::unexpected(checked.error());
  }
  return *details;
}

Checked<Json> narrow_authorization_details(const Json& granted, const Json& asked) {
  if (asked.is_null()) return granted;
  for (const auto& detail : *asked.as_array()) {
    const auto* known = granted.as_array();
    if (known == nullptr || std::find(known->begin(), known->end(), detail) == known->end()) {
      return refuse(Condition::AuthorizationDetailsInvalid, "authorization_details asks for more than was granted",
                    "RFC 9396 §6.1");
    }
  }
  return asked;
}

}  // namespace mockoauth::server
