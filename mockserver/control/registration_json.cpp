#include "control/registration_json.hpp"

#include <mimir/codec/jwk.hpp>

#include "protocol/registries.hpp"

namespace mockoauth::server {

using mimir::codec::Json;

namespace {

std::string quoted_auth_methods() {
  std::string list = "\"none\"";
  for (const auto& method : registries().client_auth_methods.all()) list += ", \"" + method.name + "\"";
  return list;
}

}  // namespace

const std::string& client_schema() {
  static const std::string schema = [] {
    const std::string texts = R"({"type": "array", "items": {"type": "string"}})";
    // A scheme and a colon, no fragment (RFC 6749 §3.1.2): any other text could never match.
    const std::string uris = R"({"type": "array", "items": {"title": "URI", "type": "string",
      "pattern": "^[A-Za-z][A-Za-z0-9+.-]*:[^# ]*$"}})";
    return R"({"type": "object", "title": "client", "required": ["client_id"], "additionalProperties": false,
      "properties": {"client_id": {"type": "string", "minLength": 1}, "client_secret": {"type": "string"},
      "redirect_uris": )" + uris + R"(, "scopes": )" + texts +
           R"(, "token_endpoint_auth_method": {"enum": [)" + quoted_auth_methods() +
           R"(]}, "grant_types": )" + texts + R"(, "response_types": )" + texts +
           R"(, "post_logout_redirect_uris": )" + uris +
           R"(, "jwks": {"type": "object"}, "jwks_uri": {"type": "string"},
      "tls_client_auth_subject_dn": {"type": "string"},
      "dpop_bound_access_tokens": {"type": "boolean"},
      "tls_client_certificate_bound_access_tokens": {"type": "boolean"},
      "require_pushed_authorization_requests": {"type": "boolean"},
      "require_signed_request_object": {"type": "boolean"}, "server_of": )" + texts + "}}";
  }();
  return schema;
}

const std::string& user_schema() {
  static const std::string schema = R"({
    "type": "object", "title": "user", "required": ["sub"], "additionalProperties": false,
    "properties": {
      "sub": {"type": "string", "minLength": 1},
      "name": {"type": "string"},
      "email": {"type": "string"},
      "password": {"type": "string"},
      "entitled": {"type": "boolean"},
      "strongest_acr": {"type": "string"},
      "claims": {"type": "object"}
    }})";
  return schema;
}

mimir::codec::Expected<ClientRegistration, Problem> client_from_json(const Json& json, const std::string& pointer) {
  const auto text = [&](std::string_view name) { return json.string_at(name).value_or(""); };
  const auto flag = [&](std::string_view name) { return json.bool_at(name).value_or(false); };
  const auto* jwks = json.find("jwks");
  if (jwks != nullptr && json.find("jwks_uri") != nullptr) {
    return refuse_call(422, "client.keys", "jwks and jwks_uri came together (RFC 7591 §2)", pointer + "/jwks_uri");
  }
  if (const auto keys = mimir::codec::KeySet::from_jwks(jwks == nullptr ? Json() : *jwks); jwks != nullptr && !keys) {
    return refuse_call(422, "client.keys", "the keys cannot be read: " + keys.error().message, pointer + "/jwks");
  }
  ClientRegistration client;
  client.client_id = text("client_id");
  client.client_secret = text("client_secret");
  client.redirect_uris = texts_at(json, "redirect_uris");
  client.scopes = texts_at(json, "scopes");
  client.token_endpoint_auth_method = text("token_endpoint_auth_method");
  client.grant_types = texts_at(json, "grant_types");
  client.response_types = texts_at(json, "response_types");
  client.post_logout_redirect_uris = texts_at(json, "post_logout_redirect_uris");
  client.jwks = jwks == nullptr ? Json() : *jwks;
  client.jwks_uri = text("jwks_uri");
  client.tls_client_auth_subject_dn = text("tls_client_auth_subject_dn");
  client.dpop_bound_access_tokens = flag("dpop_bound_access_tokens");
  client.tls_client_certificate_bound_access_tokens = flag("tls_client_certificate_bound_access_tokens");
  client.require_pushed_authorization_requests = flag("require_pushed_authorization_requests");
  client.require_signed_request_object = flag("require_signed_request_object");
  client.server_of = texts_at(json, "server_of");
  return client;
}

Json client_to_json(const ClientRegistration& client) {
  Json json = Json::object({{"client_id", client.client_id}});
  const auto text = [&](const char* name, const std::string& value) {
    if (!value.empty()) json.set(name, value);
  };
  const auto list = [&](const char* name, const std::vector<std::string>& values) {
    if (!values.empty()) json.set(name, texts_to_json(values));
  };
  const auto flag = [&](const char* name, bool value) {
    if (value) json.set(name, true);
  };
  text("client_secret", client.client_secret);
  list("redirect_uris", client.redirect_uris);
  list("scopes", client.scopes);
  text("token_endpoint_auth_method", client.token_endpoint_auth_method);
  list("grant_types", client.grant_types);
  list("response_types", client.response_types);
  list("post_logout_redirect_uris", client.post_logout_redirect_uris);
  if (!client.jwks.is_null()) json.set("jwks", client.jwks);
  text("jwks_uri", client.jwks_uri);
  text("tls_client_auth_subject_dn", client.tls_client_auth_subject_dn);
  flag("dpop_bound_access_tokens", client.dpop_bound_access_tokens);
  flag("tls_client_certificate_bound_access_tokens", client.tls_client_certificate_bound_access_tokens);
  flag("require_pushed_authorization_requests", client.require_pushed_authorization_requests);
  flag("require_signed_request_object", client.require_signed_request_object);
  list("server_of", client.server_of);
  return json;
}

User user_from_json(const Json& json) {
  const auto text = [&](std::string_view name) { return json.string_at(name).value_or(""); };
  const auto* claims = json.find("claims");
  User user;
  user.sub = text("sub");
  user.name = text("name");
  user.email = text("email");
  user.claims = claims == nullptr ? Json() : *claims;
  user.strongest_acr = text("strongest_acr");
  user.entitled = json.bool_at("entitled").value_or(true);
  user.password = text("password");
  return user;
}

Json user_to_json(const User& user) {
  Json json = Json::object({{"sub", user.sub}});
  for (const auto& [name, value] : {std::pair<const char*, const std::string*>{"name", &user.name},
                                    {"email", &user.email},
                                    {"password", &user.password},
                                    {"strongest_acr", &user.strongest_acr}}) {
    if (!value->empty()) json.set(name, *value);
  }
  json.set("entitled", user.entitled);
  if (!user.claims.is_null()) json.set("claims", user.claims);
  return json;
}

std::vector<std::string> texts_at(const Json& json, std::string_view name) {
  std::vector<std::string> texts;
  const auto* list = json.find(name);
  if (list == nullptr || !list->is_array()) return texts;
  for (const auto& item : *list->as_array()) {
    if (const auto* text = item.as_string()) texts.push_back(*text);
  }
  return texts;
}

Json texts_to_json(const std::vector<std::string>& texts) {
  Json list = Json::array();
  for (const auto& text : texts) list.push_back(Json(text));
  return list;
}

}  // namespace mockoauth::server
