#include <mockoauth/server/json_config.hpp>

#include <algorithm>
#include <regex>
#include <set>

#include <mimir/codec/jwk.hpp>
#include <mockoauth/document/document.hpp>

#include "control/realm_parts.hpp"

namespace mockoauth::server {

using mimir::codec::Json;

namespace {

const document::Schema& config_schema() {
  static const document::Schema schema(R"({
    "title": "configuration", "type": "object", "additionalProperties": false, "properties": {
      "interactiveLogin": {"type": "boolean"},
      "loginPagePath": {"type": ["string", "null"]},
      "staticAssetsPath": {"type": ["string", "null"]},
      "rotateRefreshToken": {"type": "boolean"},
      "tokenProvider": {"title": "tokenProvider", "type": "object", "additionalProperties": false, "properties": {
        "keyProvider": {"title": "keyProvider", "type": "object", "additionalProperties": false, "properties": {
          "initialKeys": {"type": ["string", "null"]}, "algorithm": {"type": "string"}}},
        "systemTime": {"type": ["string", "null"]}}},
      "httpServer": {"title": "httpServer", "type": ["string", "object"], "additionalProperties": false, "properties": {
        "type": {"enum": ["MockWebServerWrapper", "NettyWrapper"]},
        "ssl": {"title": "ssl", "type": ["object", "null"], "additionalProperties": false, "properties": {
          "keyPassword": {"type": "string"}, "keystoreFile": {"type": ["string", "null"]},
          "keystoreType": {"type": "string"}, "keystorePassword": {"type": "string"}}}}},
      "tokenCallbacks": {"type": "array", "items": {
        "title": "token callback", "type": "object", "additionalProperties": false,
        "required": ["issuerId", "requestMappings"], "properties": {
          "issuerId": {"type": "string", "pattern": "^[A-Za-z0-9._~-]+$"},
          "tokenExpiry": {"type": "integer", "minimum": 1, "maximum": 3153600000},
          "requestMappings": {"type": "array", "items": {
            "title": "request mapping", "type": "object", "additionalProperties": false, "required": ["requestParam"],
            "properties": {
              "requestParam": {"type": "string", "minLength": 1},
              "match": {"type": "string"},
              "claims": {"type": "object"},
              "typeHeader": {"type": "string"}}}}}}}}})");
  return schema;
}

std::string lower_name(const std::string& issuer_id) {
  std::string name;
  for (const char c : issuer_id) {
    const bool is_upper = c >= 'A' && c <= 'Z';
    const bool is_kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    name += is_upper ? static_cast<char>(c - 'A' + 'a') : is_kept ? c : '-';
  }
  return name.substr(0, 48);
}

// What was not lost in lower_name(), so that two issuers never share a realm's name.
std::string name_of_issuer(const std::string& issuer_id) {
  auto name = lower_name(issuer_id);
  if (name == issuer_id && name != "default") return name;
  std::uint32_t hash = 2166136261u;
  for (const unsigned char c : issuer_id) hash = (hash ^ c) * 16777619u;
  return name + "-" + std::to_string(hash);
}

}  // namespace

mimir::codec::Expected<JsonConfig, document::DataFileError> JsonConfig::parse(std::string_view text,
                                                                              const std::string& file) {
  const auto document = document::parse(text, file);
  if (!document) return tl::unexpected(document.error());
  if (auto fits = config_schema().check(*document); !fits) return tl::unexpected(fits.error());
  const Json& root = document->value;
  const auto refuse = [&](const std::string& pointer, std::string why) {
    return tl::unexpected(document->error_at(pointer, std::move(why)));
  };
  JsonConfig config;
  config.rotates_ = root.bool_at("rotateRefreshToken").value_or(false);
  config.asks_people_ = root.bool_at("interactiveLogin").value_or(false);
  for (const char* name : {"loginPagePath", "staticAssetsPath"}) {
    if (root.string_at(name)) config.notes_.push_back(std::string(name) + " is ignored: no files are served here");
  }
  if (const auto* server = root.find("httpServer")) {
    const auto type = server->as_string() != nullptr ? *server->as_string() : server->string_at("type").value_or("NettyWrapper");
    if (type != "NettyWrapper" && type != "MockWebServerWrapper") {
      return refuse("/httpServer", "httpServer is MockWebServerWrapper or NettyWrapper, not " + type.substr(0, 80));
    }
    const auto* ssl = server->find("ssl");
    config.notes_.emplace_back(ssl != nullptr && ssl->is_object()
                                   ? "httpServer.ssl: https is served with --tls, by a CA of this run; a keystore is not read"
                                   : "httpServer is ignored: there is one server here");
  }
  if (const auto* provider = root.find("tokenProvider")) {
    if (const auto time = provider->string_at("systemTime")) {
      config.system_time_ = parse_time(*time);
      if (!config.system_time_) {
        return refuse("/tokenProvider/systemTime", "systemTime is no time of the form 2020-01-21T00:00:00Z");
      }
    }
    const auto* keys = provider->find("keyProvider");
    if (const auto algorithm = keys == nullptr ? std::nullopt : keys->string_at("algorithm")) {
      const auto known = mimir::codec::parse_jws_algorithm(*algorithm);
      if (!known || algorithm->starts_with("HS")) {
        return refuse("/tokenProvider/keyProvider/algorithm", "no key pair signs by " + algorithm->substr(0, 80));
      }
      config.algorithm_ = *algorithm;
    }
    if (keys != nullptr && keys->string_at("initialKeys")) {
      config.notes_.emplace_back("tokenProvider.keyProvider.initialKeys is ignored: the keys of this server sign");
    }
  }
  std::set<std::string> seen;
  const auto* callbacks = root.find("tokenCallbacks");
  for (std::size_t i = 0; callbacks != nullptr && i < callbacks->as_array()->size(); ++i) {
    const auto& callback = (*callbacks->as_array())[i];
    const auto at = "/tokenCallbacks/" + std::to_string(i);
    Issuer issuer{.id = callback.string_at("issuerId").value_or(""),
                  .token_expiry = callback.int_at("tokenExpiry").value_or(3600)};
    if (issuer.id == "r" || issuer.id == "_mock" || issuer.id == ".well-known") {
      return refuse(at + "/issuerId", "the path /" + issuer.id + " is taken here");
    }
    if (!seen.insert(issuer.id).second) return refuse(at + "/issuerId", "there are two callbacks of this issuer");
    std::size_t number = 0;
    for (const auto& mapping : *callback.find("requestMappings")->as_array()) {
      const auto here = at + "/requestMappings/" + std::to_string(number++);
      TokenRule rule{.parameter = mapping.string_at("requestParam").value_or(""),
                     .match = mapping.string_at("match").value_or("*"),
                     .typ = mapping.string_at("typeHeader").value_or("JWT")};
      if (const auto* claims = mapping.find("claims")) rule.claims = *claims;
      try {
        if (rule.match != "*") (void)std::regex(rule.match);
      } catch (const std::regex_error&) {
        return refuse(here + "/match", "match is neither `*` nor a regular expression");
      }
      issuer.rules.push_back(std::move(rule));
    }
    config.issuers_.push_back(std::move(issuer));
  }
  return config;
}

std::vector<std::string> JsonConfig::issuers() const {
  std::vector<std::string> ids;
  for (const auto& issuer : issuers_) ids.push_back(issuer.id);
  return ids;
}

// As little is asked of clients as there.
Profile JsonConfig::profile_of(const std::string& issuer_id, std::int64_t token_expiry) const {
  const auto texts = [](std::initializer_list<const char*> list) {
    Json out = Json::array();
    for (const char* text : list) out.push_back(Json(text));
    return out;
  };
  const Json knobs = Json::object(
      {{"discovery.documents", texts({"openid-configuration", "oauth-authorization-server"})},
       {"endpoints", Json::object({{"end_session", "{origin}/endsession"}})},
       {"extensions", texts({"client_credentials", "jwt_bearer", "token_exchange", "end_session"})},
       {"client.auth", texts({"none", "client_secret_basic", "client_secret_post", "private_key_jwt"})},
       {"introspection.style", "rfc7662"},
       {"access.format", "jwt"},
       {"access.ttl_s", token_expiry},
       {"access.alg", algorithm_},
       {"id_token.alg", algorithm_},
       {"refresh.rotation", rotates_ ? "always" : "never"},
       {"redirect.match", "wildcard"},
       {"redirect.http", "any"},
       {"redirect.at_token", "ignored"},
       {"authorize.response_modes", texts({"query", "fragment", "form_post"})},
       {"pkce.methods", texts({"S256", "plain"})},
       {"scope.unknown", "grant"}});
  const Json profile = Json::object({{"id", "json-config"},
                                     {"title", "Issuer " + issuer_id + " of a JSON_CONFIG"},
                                     {"sources", texts({"the configuration file"})},
                                     {"knobs", knobs}});
  return *Profile::parse(profile.dump(), "JSON_CONFIG");  // Only the number is not ours, and the schema has judged it.
}

RealmOptions JsonConfig::realm_of(const std::string& issuer_id) const {
  const auto issuer = std::find_if(issuers_.begin(), issuers_.end(), [&](const auto& one) { return one.id == issuer_id; });
  RealmOptions options{.name = name_of_issuer(issuer_id),
                       .profile = profile_of(issuer_id, issuer == issuers_.end() ? 3600 : issuer->token_expiry)};
  options.path = "/" + issuer_id;
  options.takes_any_client = true;
  options.takes_any_user = true;
  options.takes_any_code = true;
  options.stands_at = system_time_;
  options.login_by_form = asks_people_;
  if (issuer != issuers_.end()) options.token_rules = issuer->rules;
  options.token_rules.push_back({.typ = "JWT"});  // What no mapping fits has that server's type, too.
  return options;
}

}  // namespace mockoauth::server
