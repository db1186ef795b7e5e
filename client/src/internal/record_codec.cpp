#include "internal/record_codec.hpp"

#include "internal/record_reader.hpp"
#include "internal/wipe_json.hpp"

namespace mimir::oauth::internal {
namespace {

using codec::Json;

constexpr std::int64_t kRecordVersion = 1;  // what has none is of the first

Json to_json(const std::vector<std::string>& texts) {
  Json array = Json::array();
  for (const auto& text : texts) array.push_back(text);
  return array;
}

Json to_json(const std::vector<std::pair<std::string, std::string>>& named) {
  Json object = Json::object();
  for (const auto& [name, value] : named) object.set(name, value);
  return object;
}

Json to_json(TimePoint time) { return static_cast<std::int64_t>(time.time_since_epoch().count()); }

void set_secret(Json& object, std::string_view name, const std::optional<Secret>& secret) {
  if (secret) object.set(name, secret->expose());
}

/// Only what departs from the standards.
Json to_json(const ProviderDialect& dialect) {
  Json json = Json::object();
  const auto set_text = [&](std::string_view name, const std::string& text) {
    if (!text.empty()) json.set(name, text);
  };
  set_text("client_secret_method", dialect.client_secret_method);
  set_text("scope_separator", dialect.scope_separator);
  set_text("granted_scope_separator", dialect.granted_scope_separator);
  if (dialect.json_requests) json.set("json_requests", true);
  if (dialect.state_in_token_request) json.set("state_in_token_request", true);
  if (dialect.redirect_uri_in_refresh) json.set("redirect_uri_in_refresh", true);
  if (dialect.bearer_when_silent) json.set("bearer_when_silent", true);
  if (!dialect.request_headers.empty()) json.set("request_headers", to_json(dialect.request_headers));
  if (!dialect.error_synonyms.empty()) json.set("error_synonyms", to_json(dialect.error_synonyms));
  if (!dialect.parameter_names.empty()) json.set("parameter_names", to_json(dialect.parameter_names));
  return json;
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
  if (!config.endpoints.registration.empty()) endpoints.set("registration", config.endpoints.registration);
  json.set("endpoints", std::move(endpoints));
  Json ports = Json::array();
  for (const auto port : config.alternative_ports) ports.push_back(static_cast<int>(port));
  json.set("alternative_ports", std::move(ports));
  if (!config.resources.empty()) json.set("resources", to_json(config.resources));
  if (!config.authorization_parameters.empty()) {
    json.set("authorization_parameters", to_json(config.authorization_parameters));
  }
  if (auto dialect = to_json(config.dialect); !dialect.as_object()->empty()) json.set("dialect", std::move(dialect));
  if (config.max_age) json.set("max_age", static_cast<std::int64_t>(config.max_age->count()));
  if (!config.acr_values.empty()) json.set("acr_values", to_json(config.acr_values));
  if (config.dpop_bound_access_tokens) json.set("dpop_bound_access_tokens", true);
  if (config.pushes_authorization) json.set("pushes_authorization", true);
  set_secret(json, "client_key", config.client_key);
  if (!config.client_key_id.empty()) json.set("client_key_id", config.client_key_id);
  if (!config.token_endpoint_auth_method.empty()) {
    json.set("token_endpoint_auth_method", config.token_endpoint_auth_method);
  }
  if (!config.required_claims.empty()) json.set("required_claims", to_json(config.required_claims));
  if (!config.account.subject.empty()) json.set("expected_subject", config.account.subject);
  if (!config.account.login_hint.empty()) json.set("login_hint", config.account.login_hint);
  if (config.registration) {  // not the initial access token: it is good for one registration, which is done
    json.set("registration", Json::object({{"client_name", config.registration->client_name}}));
  }
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

Json to_json(const RegisteredClient& client) {
  Json json = Json::object();
  json.set("registered_at", to_json(client.registered_at));
  if (client.secret_expires_at) json.set("secret_expires_at", to_json(*client.secret_expires_at));
  json.set("management_uri", client.management_uri);
  set_secret(json, "management_token", client.management_token);
  json.set("asked_scopes", to_json(client.asked_scopes));
  json.set("metadata", client.metadata);
  if (client.proven) json.set("proven", true);
  if (client.refused) json.set("refused", true);
  if (client.replaces_refused) json.set("replaces_refused", true);
  return json;
}

RegisteredClient read_registered(RecordReader& json) {
  RegisteredClient client{.registered_at = json.time("registered_at"),
                          .management_uri = json.text("management_uri"),
                          .management_token = json.optional_secret("management_token"),
                          .asked_scopes = json.texts("asked_scopes"),
                          .metadata = json.text("metadata"),
                          .proven = json.at("proven") != nullptr,
                          .refused = json.at("refused") != nullptr,
                          .replaces_refused = json.at("replaces_refused") != nullptr};
  if (json.at("secret_expires_at") != nullptr) client.secret_expires_at = json.time("secret_expires_at");
  return client;
}

/// Members that older records lack.
void read_later_settings(RecordReader& config, RecordReader& endpoints, OAuthConfig& into) {
  if (config.at("resources") != nullptr) into.resources = config.texts("resources");
  if (config.at("authorization_parameters") != nullptr) {
    into.authorization_parameters = config.named_texts("authorization_parameters");
  }
  if (config.at("max_age") != nullptr) into.max_age = std::chrono::seconds(config.integer("max_age"));
  if (config.at("acr_values") != nullptr) into.acr_values = config.texts("acr_values");
  into.dpop_bound_access_tokens = config.at("dpop_bound_access_tokens") != nullptr;
  into.pushes_authorization = config.at("pushes_authorization") != nullptr;
  into.client_key = config.optional_secret("client_key");
  if (config.at("client_key_id") != nullptr) into.client_key_id = config.text("client_key_id");
  if (config.at("token_endpoint_auth_method") != nullptr) {
    into.token_endpoint_auth_method = config.text("token_endpoint_auth_method");
  }
  if (config.at("required_claims") != nullptr) into.required_claims = config.named_texts("required_claims");
  if (config.at("expected_subject") != nullptr) into.account.subject = config.text("expected_subject");
  if (config.at("login_hint") != nullptr) into.account.login_hint = config.text("login_hint");
  if (const auto* registration = config.at("registration")) {
    into.registration = RegistrationRequest{.client_name = registration->string_at("client_name").value_or("")};
  }
  if (endpoints.at("device_authorization") != nullptr) {
    into.endpoints.device_authorization = endpoints.text("device_authorization");
  }
  if (endpoints.at("pushed_authorization_request") != nullptr) {
    into.endpoints.pushed_authorization_request = endpoints.text("pushed_authorization_request");
  }
  if (endpoints.at("registration") != nullptr) into.endpoints.registration = endpoints.text("registration");
}

ProviderDialect read_dialect(RecordReader& json) {
  const auto text = [&](std::string_view name) { return json.at(name) != nullptr ? json.text(name) : std::string(); };
  ProviderDialect dialect{.client_secret_method = text("client_secret_method"),
                          .scope_separator = text("scope_separator"),
                          .granted_scope_separator = text("granted_scope_separator"),
                          .json_requests = json.at("json_requests") != nullptr,
                          .state_in_token_request = json.at("state_in_token_request") != nullptr,
                          .redirect_uri_in_refresh = json.at("redirect_uri_in_refresh") != nullptr,
                          .bearer_when_silent = json.at("bearer_when_silent") != nullptr};
  if (json.at("request_headers") != nullptr) dialect.request_headers = json.named_texts("request_headers");
  if (json.at("error_synonyms") != nullptr) dialect.error_synonyms = json.named_texts("error_synonyms");
  if (json.at("parameter_names") != nullptr) dialect.parameter_names = json.named_texts("parameter_names");
  return dialect;
}

std::optional<StoredLogin> read(const Json& json) {

  RecordReader record(&json);
  RecordReader config(record.at("config"));
  RecordReader endpoints(config.at("endpoints"));
  RecordReader tokens(record.at("tokens"));
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
  read_later_settings(config, endpoints, login.config);
  if (config.at("dialect") != nullptr) {
    RecordReader dialect(config.at("dialect"));
    login.config.dialect = read_dialect(dialect);
    if (!dialect.is_good()) return std::nullopt;
  }
  if (record.at("registered") != nullptr) {
    RecordReader registered(record.at("registered"));
    login.registered = read_registered(registered);
    if (!registered.is_good()) return std::nullopt;
  }
  if (!record.is_good() || !config.is_good() || !endpoints.is_good() || !tokens.is_good()) return std::nullopt;
  return login;
}

std::optional<Secret> management_token(const StoredLogin& login) {
  if (!login.registered || !login.registered->management_token) return std::nullopt;
  return login.registered->management_token->clone();
}

}  // namespace

bool is_same(const std::optional<Secret>& a, const std::optional<Secret>& b) {
  return a.has_value() == b.has_value() && (!a || a->equals(*b));
}

Secret encode_record(const StoredLogin& login) {
  Json json = Json::object();
  json.set("version", kRecordVersion);
  json.set("generation", static_cast<std::int64_t>(login.generation));
  json.set("config", to_json(login.config));
  json.set("tokens", to_json(login.tokens));
  if (login.registered) json.set("registered", to_json(*login.registered));
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

bool is_of_newer_version(std::string_view text) {
  auto json = codec::Json::parse(text);
  if (!json) return false;
  const bool is_newer = json->int_at("version").value_or(kRecordVersion) > kRecordVersion;
  wipe_json(*json);
  return is_newer;
}

bool is_encodable(const StoredLogin& login, std::string_view encoded) {
  const auto back = decode_record(encoded);
  return back && back->tokens.access_token.equals(login.tokens.access_token) &&
         is_same(back->tokens.refresh_token, login.tokens.refresh_token) &&
         is_same(back->tokens.id_token, login.tokens.id_token) &&
         is_same(back->tokens.dpop_key, login.tokens.dpop_key) &&
         is_same(back->config.client_secret, login.config.client_secret) &&
         is_same(management_token(*back), management_token(login));
}

}  // namespace mimir::oauth::internal
