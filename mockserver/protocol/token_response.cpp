#include "protocol/token_response.hpp"

#include "protocol/text.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

void add_expires_in(Json& body, const Profile& profile, std::chrono::seconds ttl) {
  const auto form = profile.text("response.expires_in");
  const auto seconds = static_cast<std::int64_t>(ttl.count());
  if (form == "absent") return;
  if (form == "null") {
    body.set("expires_in", Json());
  } else if (seconds == 0) {
    if (form == "zero_is_never") body.set("expires_in", Json(seconds));
  } else if (form == "string") {
    body.set("expires_in", Json(std::to_string(seconds)));
  } else {
    body.set("expires_in", Json(seconds));
  }
}

// The scopes as the answer tells them.
std::vector<std::string> told_scopes(const Profile& profile, std::vector<std::string> scopes) {
  std::erase_if(scopes, [&](const auto& scope) { return profile.lists("response.scope_omits", scope); });
  return scopes;
}

void add_scope(Json& body, const Profile& profile, const TokenAnswer& answer) {
  const auto form = profile.text("response.scope");
  if (form == "absent") return;
  if (form == "null") {
    body.set("scope", Json());
  } else if (form == "array") {
    Json list = Json::array();
    for (const auto& scope : told_scopes(profile, answer.scopes)) list.push_back(Json(scope));
    body.set("scope", std::move(list));
  } else if (form != "if_changed" || answer.login.got_other_scopes || answer.scopes != answer.login.scopes) {
    body.set("scope", Json(join(told_scopes(profile, answer.scopes), form == "comma" ? "," : " ")));
  }
}

void add_absolute_expiry(Json& body, const Profile& profile, TimePoint now, std::chrono::seconds ttl) {
  const auto* members = profile.knob("response.absolute_expiry").as_object();
  if (members == nullptr) return;
  const auto end = now + ttl;
  const auto end_ms = static_cast<std::int64_t>(end.time_since_epoch().count());
  for (const auto& [name, kind] : *members) {
    const std::string form = kind.as_string() != nullptr ? *kind.as_string() : std::string();
    if (form == "unix_s") body.set(name, Json(unix_seconds(end)));
    if (form == "unix_ms") body.set(name, Json(end_ms));
    if (form == "unix_ms_string") body.set(name, Json(std::to_string(end_ms)));
    if (form == "iso8601") body.set(name, Json(mimir::codec::format_iso8601(end)));
    if (form == "created_s") body.set(name, Json(unix_seconds(now)));
  }
}

std::string camel(std::string_view snake) {
  std::string out;
  bool raise = false;
  for (const char c : snake) {
    if (c == '_') {
      raise = true;
      continue;
    }
    out += raise && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    raise = false;
  }
  return out;
}

Json wrap(Json body, std::string path) {
  while (!path.empty()) {
    const auto dot = path.rfind('.');
    const auto name = dot == std::string::npos ? path : path.substr(dot + 1);
    path = dot == std::string::npos ? std::string() : path.substr(0, dot);
    body = Json::object({{name, std::move(body)}});
  }
  return body;
}

}  // namespace

std::string spelt(const Profile& profile, const std::string& name) {
  if (const auto own = profile.knob("client.names").string_at(name)) return *own;
  return profile.text("response.keys") == "camel" ? camel(name) : name;
}

Json token_response(const Call& call, const TokenAnswer& answer, const std::string& access_token,
                    std::chrono::seconds ttl,
                    const std::string& id_token) {
  const auto& profile = call.profile();
  Json body = Json::object({{"access_token", Json(access_token)}});
  const auto type = call.binding.jkt.empty() ? profile.text("response.token_type") : "DPoP";  // RFC 9449 §5
  if (type != "absent") body.set("token_type", Json(type));
  if (!answer.issued_token_type.empty()) body.set("issued_token_type", Json(answer.issued_token_type));
  add_expires_in(body, profile, ttl);
  if (!answer.refresh_token.empty()) body.set("refresh_token", Json(answer.refresh_token));
  add_scope(body, profile, answer);
  if (!id_token.empty()) body.set("id_token", Json(id_token));
  const auto& details = answer.login.authorization_details;
  if (!details.is_null()) body.set("authorization_details", details);  // RFC 9396 §7
  if (answer.is_refresh) {
    for (const auto& name : profile.list("response.refresh_omits")) body.erase(name);
  }
  if (profile.text("response.keys") == "camel") {
    Json renamed = Json::object();
    for (const auto& [name, value] : *body.as_object()) renamed.set(camel(name), value);
    body = std::move(renamed);
  }
  add_absolute_expiry(body, profile, call.told_now(), ttl);
  const auto extra = placeholders_for(call, answer.login, answer.scopes).expand(profile.knob("response.extra"));
  if (extra && extra->is_object() && !extra->as_object()->empty()) {
    const auto omitted = answer.is_refresh ? profile.list("response.refresh_omits") : std::vector<std::string>();
    for (const auto& [name, value] : *extra->as_object()) {
      if (!contains(omitted, name)) body.set(name, value);
    }
  }
  return wrap(std::move(body), profile.text("response.envelope"));
}

}  // namespace mockoauth::server
