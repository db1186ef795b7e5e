#include "internal/record_codec.hpp"

#include "internal/wipe_json.hpp"

namespace mimir::oauth::internal {
namespace {

using codec::Json;

Json to_json(const std::vector<std::string>& texts) {
  Json array = Json::array();
  for (const auto& text : texts) array.push_back(text);
  return array;
}

Json to_json(TimePoint time) { return static_cast<std::int64_t>(time.time_since_epoch().count()); }

void set_secret(Json& object, std::string_view name, const std::optional<Secret>& secret) {
  if (secret) object.set(name, secret->expose());
}

Json to_json(const OAuthConfig& config) {
  Json json = Json::object();
  json.set("issuer", config.issuer);
  json.set("client_id", config.client_id);
  set_secret(json, "client_secret", config.client_secret);
  json.set("redirect_uri", config.redirect_uri);
  json.set("scopes", to_json(config.scopes));
  Json endpoints = Json::object();
  endpoints.set("authorization", config.endpoints.authorization);
  endpoints.set("token", config.endpoints.token);
  endpoints.set("revocation", config.endpoints.revocation);
  endpoints.set("userinfo", config.endpoints.userinfo);
  endpoints.set("jwks", config.endpoints.jwks);
  if (!config.endpoints.device_authorization.empty()) {
    endpoints.set("device_authorization", config.endpoints.device_authorization);
  }
  if (!config.endpoints.pushed_authorization_request.empty()) {
    endpoints.set("pushed_authorization_request", config.endpoints.pushed_authorization_request);
  }
  json.set("endpoints", std::move(endpoints));
  Json ports = Json::array();
  for (const auto port : config.alternative_ports) ports.push_back(static_cast<int>(port));
  json.set("alternative_ports", std::move(ports));
  if (!config.resources.empty()) json.set("resources", to_json(config.resources));
  if (!config.authorization_parameters.empty()) {
    Json parameters = Json::object();
    for (const auto& [name, value] : config.authorization_parameters) parameters.set(name, value);
    json.set("authorization_parameters", std::move(parameters));
  }
  if (config.dpop_bound_access_tokens) json.set("dpop_bound_access_tokens", true);
  if (config.pushes_authorization) json.set("pushes_authorization", true);
  set_secret(json, "client_key", config.client_key);
  if (!config.client_key_id.empty()) json.set("client_key_id", config.client_key_id);
  return json;
}

Json to_json(const OAuthTokens& tokens) {
  Json json = Json::object();
  json.set("access_token", tokens.access_token.expose());
  json.set("token_type", tokens.token_type);
  set_secret(json, "refresh_token", tokens.refresh_token);
  set_secret(json, "id_token", tokens.id_token);
  set_secret(json, "dpop_key", tokens.dpop_key);
  if (tokens.expires_at) json.set("expires_at", to_json(*tokens.expires_at));
  json.set("obtained_at", to_json(tokens.obtained_at));
  json.set("scopes", to_json(tokens.scopes));
  return json;
}

/// Reads members and remembers whether one was missing or of the wrong type.
class Reader {
 public:
  explicit Reader(const Json* json) : json_(json) {
    if (json_ == nullptr || !json_->is_object()) is_good_ = false;
  }

  [[nodiscard]] bool is_good() const { return is_good_; }
  [[nodiscard]] const Json* at(std::string_view name) const { return is_good_ ? json_->find(name) : nullptr; }
  std::string text(std::string_view name) { return need(is_good_ ? json_->string_at(name) : std::nullopt); }
  std::int64_t integer(std::string_view name) { return need(is_good_ ? json_->int_at(name) : std::nullopt); }
  TimePoint time(std::string_view name) {
    constexpr std::int64_t kFar = 1'000'000'000'000'000;  // milliseconds; beyond it, adding could overflow
    const auto at = integer(name);
    if (at < -kFar || at > kFar) is_good_ = false;
    return TimePoint(std::chrono::milliseconds(is_good_ ? at : 0));
  }
  Secret secret(std::string_view name) {
    const std::string* const value = at(name) != nullptr ? at(name)->as_string() : nullptr;
    if (value == nullptr) is_good_ = false;
    return value == nullptr ? Secret() : Secret(*value);
  }
  std::optional<Secret> optional_secret(std::string_view name) {
    if (at(name) == nullptr) return std::nullopt;
    return secret(name);
  }
  std::vector<std::string> texts(std::string_view name) {
    std::vector<std::string> result;
    for (const auto& item : array(name)) {
      if (const auto* value = item.as_string()) result.push_back(*value);
      is_good_ = is_good_ && item.is_string();
    }
    return result;
  }
  std::vector<std::pair<std::string, std::string>> named_texts(std::string_view name) {
    std::vector<std::pair<std::string, std::string>> result;
    const Json::Object* const members = at(name) != nullptr ? at(name)->as_object() : nullptr;
    if (members == nullptr) is_good_ = false;
    for (std::size_t i = 0; members != nullptr && i < members->size(); ++i) {
      const auto& [key, value] = (*members)[i];
      if (const auto* text = value.as_string()) result.emplace_back(key, *text);
      is_good_ = is_good_ && value.is_string();
    }
    return result;
  }
  std::vector<std::uint16_t> ports(std::string_view name) {
    std::vector<std::uint16_t> result;
    for (const auto& item : array(name)) {
      const auto value = item.as_int();
      is_good_ = is_good_ && value && *value >= 0 && *value <= 65535;
      if (is_good_) result.push_back(static_cast<std::uint16_t>(*value));
    }
    return result;
  }

 private:
  template <class T>
  T need(std::optional<T> value) {
    if (!value) is_good_ = false;
    return value.value_or(T{});
  }
  const Json::Array& array(std::string_view name) {
    static const Json::Array kEmpty;
    const Json* const member = at(name);
    const Json::Array* const items = member != nullptr ? member->as_array() : nullptr;
    if (items == nullptr) is_good_ = false;
    return items == nullptr ? kEmpty : *items;
  }

  const Json* json_;
  bool is_good_ = true;
};

std::optional<StoredLogin> read(const Json& json) {
  Reader record(&json);
  Reader config(record.at("config"));
  Reader endpoints(config.at("endpoints"));
  Reader tokens(record.at("tokens"));
  StoredLogin login{
      .config = {.issuer = config.text("issuer"),
                 .client_id = config.text("client_id"),
                 .client_secret = config.optional_secret("client_secret"),
                 .redirect_uri = config.text("redirect_uri"),
                 .scopes = config.texts("scopes"),
                 .endpoints = {.authorization = endpoints.text("authorization"),
                               .token = endpoints.text("token"),
                               .revocation = endpoints.text("revocation"),
                               .userinfo = endpoints.text("userinfo"),
                               .jwks = endpoints.text("jwks")},
                 .alternative_ports = config.ports("alternative_ports")},
      .tokens = {.access_token = tokens.secret("access_token"),
                 .token_type = tokens.text("token_type"),
                 .refresh_token = tokens.optional_secret("refresh_token"),
                 .id_token = tokens.optional_secret("id_token"),
                 .obtained_at = tokens.time("obtained_at"),
                 .dpop_key = tokens.optional_secret("dpop_key"),
                 .scopes = tokens.texts("scopes")},
      .generation = static_cast<std::uint64_t>(record.integer("generation"))};
  if (tokens.at("expires_at") != nullptr) login.tokens.expires_at = tokens.time("expires_at");
  if (config.at("resources") != nullptr) login.config.resources = config.texts("resources");
  if (config.at("authorization_parameters") != nullptr) {
    login.config.authorization_parameters = config.named_texts("authorization_parameters");
  }
  login.config.dpop_bound_access_tokens = config.at("dpop_bound_access_tokens") != nullptr;
  login.config.pushes_authorization = config.at("pushes_authorization") != nullptr;
  login.config.client_key = config.optional_secret("client_key");
  if (config.at("client_key_id") != nullptr) login.config.client_key_id = config.text("client_key_id");
  if (endpoints.at("device_authorization") != nullptr) {
    login.config.endpoints.device_authorization = endpoints.text("device_authorization");
  }
  if (endpoints.at("pushed_authorization_request") != nullptr) {
    login.config.endpoints.pushed_authorization_request = endpoints.text("pushed_authorization_request");
  }
  if (!record.is_good() || !config.is_good() || !endpoints.is_good() || !tokens.is_good()) return std::nullopt;
  return login;
}

}  // namespace

bool is_same(const std::optional<Secret>& a, const std::optional<Secret>& b) {
  return a.has_value() == b.has_value() && (!a || a->equals(*b));
}

Secret encode_record(const StoredLogin& login) {
  Json json = Json::object();
  json.set("generation", static_cast<std::int64_t>(login.generation));
  json.set("config", to_json(login.config));
  json.set("tokens", to_json(login.tokens));
  const std::string text = json.dump();
  wipe_json(json);
  Secret secret(text);
  wipe_text(text);
  return secret;
}

std::optional<StoredLogin> decode_record(std::string_view text) {
  auto json = codec::Json::parse(text);
  if (!json) return std::nullopt;
  auto login = read(*json);
  wipe_json(*json);
  return login;
}

bool is_encodable(const StoredLogin& login, std::string_view encoded) {
  const auto back = decode_record(encoded);
  return back && back->tokens.access_token.equals(login.tokens.access_token) &&
         is_same(back->tokens.refresh_token, login.tokens.refresh_token) &&
         is_same(back->tokens.id_token, login.tokens.id_token) &&
         is_same(back->tokens.dpop_key, login.tokens.dpop_key) &&
         is_same(back->config.client_secret, login.config.client_secret);
}

}  // namespace mimir::oauth::internal
