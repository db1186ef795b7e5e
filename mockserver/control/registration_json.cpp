#include "control/registration_json.hpp"

namespace mockoauth::server {

using mimir::codec::Json;

const std::string& client_schema() {
  static const std::string schema = R"({
    "type": "object", "title": "client", "required": ["client_id"], "additionalProperties": false,
    "properties": {
      "client_id": {"type": "string", "minLength": 1},
      "client_secret": {"type": "string"},
      "redirect_uris": {"type": "array", "items": {"type": "string"}},
      "scopes": {"type": "array", "items": {"type": "string"}},
      "token_endpoint_auth_method": {"type": "string"},
      "grant_types": {"type": "array", "items": {"type": "string"}},
      "response_types": {"type": "array", "items": {"type": "string"}},
      "post_logout_redirect_uris": {"type": "array", "items": {"type": "string"}},
      "jwks": {"type": "object"},
      "jwks_uri": {"type": "string"},
      "dpop_bound_access_tokens": {"type": "boolean"},
      "require_pushed_authorization_requests": {"type": "boolean"}
    }})";
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
      "claims": {"type": "object"}
    }})";
  return schema;
}

ClientRegistration client_from_json(const Json& json) {
  const auto text = [&](std::string_view name) { return json.string_at(name).value_or(""); };
  const auto* jwks = json.find("jwks");
  return {.client_id = text("client_id"),
          .client_secret = text("client_secret"),
          .redirect_uris = texts_at(json, "redirect_uris"),
          .scopes = texts_at(json, "scopes"),
          .token_endpoint_auth_method = text("token_endpoint_auth_method"),
          .grant_types = texts_at(json, "grant_types"),
          .response_types = texts_at(json, "response_types"),
          .post_logout_redirect_uris = texts_at(json, "post_logout_redirect_uris"),
          .jwks = jwks == nullptr ? Json() : *jwks,
          .jwks_uri = text("jwks_uri"),
          .dpop_bound_access_tokens = json.bool_at("dpop_bound_access_tokens").value_or(false),
          .require_pushed_authorization_requests =
              json.bool_at("require_pushed_authorization_requests").value_or(false)};
}

User user_from_json(const Json& json) {
  const auto text = [&](std::string_view name) { return json.string_at(name).value_or(""); };
  const auto* claims = json.find("claims");
  return {.sub = text("sub"),
          .name = text("name"),
          .email = text("email"),
          .claims = claims == nullptr ? Json() : *claims,
          .entitled = json.bool_at("entitled").value_or(true),
          .password = text("password")};
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
