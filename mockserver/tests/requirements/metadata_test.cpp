// What a server tells about itself, and the keys it publishes.
#include <mimir/codec/jws.hpp>
#include <mimir/codec/url.hpp>

#include "tests/requirements/requirement_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

using mimir::codec::Url;

Profile with_path_in_issuer() { return plain_but({{"discovery.issuer", "https://login.example/tenant/v2"}}); }

bool is_secure(const Url& url) { return url.is_https() || url.is_loopback_literal(); }

// Every URL that the document names, with the name of its member.
std::vector<std::pair<std::string, std::string>> urls_of(const Json& document) {
  std::vector<std::pair<std::string, std::string>> urls;
  for (const auto& [name, value] : *document.as_object()) {
    const bool names_url = name.ends_with("_endpoint") || name.ends_with("_uri");
    if (names_url && value.as_string() != nullptr) urls.emplace_back(name, *value.as_string());
  }
  return urls;
}

bool lists(const Json& document, std::string_view name, std::string_view value) {
  const Json* list = document.find(name);
  if (list == nullptr || list->as_array() == nullptr) return false;
  for (const auto& item : *list->as_array()) {
    if (item.as_string() != nullptr && *item.as_string() == value) return true;
  }
  return false;
}

const Json::Array& keys_of(const Json& jwks) {
  static const Json::Array none;
  const Json* keys = jwks.find("keys");
  return keys != nullptr && keys->as_array() != nullptr ? *keys->as_array() : none;
}

REQUIREMENT(as_metadata_json) {
  for (const char* path : {"/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"}) {
    const auto response = server.get(path);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.header("Content-Type"), "application/json");
    EXPECT_TRUE(body_of(response).is_object());
  }
  EXPECT_EQ(server.get("/.well-known/no-such-document").status, 404);
}

REQUIREMENT(as_metadata_issuer_identical) {
  EXPECT_EQ(metadata().string_at("issuer"), "http://127.0.0.1:4321");
  EXPECT_EQ(openid_metadata().string_at("issuer"), "http://127.0.0.1:4321");
}

REQUIREMENT(as_metadata_issuer_form) {
  const auto issuer = Url::parse(text_at(metadata(), "issuer"));
  ASSERT_TRUE(issuer);
  EXPECT_TRUE(is_secure(*issuer));
  EXPECT_EQ(issuer->to_string().find_first_of("?#"), std::string::npos);
}

REQUIREMENT(as_metadata_well_known_path) {
  Engine deeper(with_path_in_issuer());
  const auto document = body_of(deeper.get("/.well-known/oauth-authorization-server/tenant/v2"));
  EXPECT_EQ(document.string_at("issuer"), "http://127.0.0.1:4321/tenant/v2");
  EXPECT_EQ(deeper.get("/.well-known/oauth-authorization-server").status, 404);
}

REQUIREMENT(as_metadata_openid_appended) {
  Engine deeper(with_path_in_issuer());
  const auto document = body_of(deeper.get("/tenant/v2/.well-known/openid-configuration"));
  EXPECT_EQ(document.string_at("issuer"), "http://127.0.0.1:4321/tenant/v2");
}

REQUIREMENT(as_metadata_required_members) {
  const auto document = metadata();
  for (const char* name : {"issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"}) {
    EXPECT_FALSE(text_at(document, name).empty()) << name;
  }
  EXPECT_TRUE(lists(document, "response_types_supported", "code"));
  // OIDC Discovery §3 asks for more.
  EXPECT_TRUE(lists(openid_metadata(), "subject_types_supported", "public"));
  EXPECT_TRUE(lists(openid_metadata(), "id_token_signing_alg_values_supported", "RS256"));
}

REQUIREMENT(as_metadata_no_empty_lists) {
  int lists_seen = 0;
  for (const Json& document : {metadata(), openid_metadata()}) {
    for (const auto& [name, value] : *document.as_object()) {
      if (!value.is_array()) continue;
      ++lists_seen;
      EXPECT_FALSE(value.as_array()->empty()) << name;
    }
  }
  EXPECT_GT(lists_seen, 6);
}

REQUIREMENT(as_metadata_endpoints_tls) {
  const auto urls = urls_of(openid_metadata());
  EXPECT_GE(urls.size(), 5u);
  for (const auto& [name, text] : urls) {
    const auto url = Url::parse(text);
    ASSERT_TRUE(url) << name << " " << text;
    EXPECT_TRUE(is_secure(*url)) << name << " " << text;
    EXPECT_EQ(text.find('#'), std::string::npos) << name << " " << text;
  }
}

REQUIREMENT(as_metadata_pkce_advertised) {
  EXPECT_TRUE(lists(metadata(), "code_challenge_methods_supported", "S256"));
  EXPECT_TRUE(lists(openid_metadata(), "code_challenge_methods_supported", "S256"));
}

REQUIREMENT(as_metadata_iss_advertised) {
  EXPECT_EQ(metadata().bool_at("authorization_response_iss_parameter_supported"), true);
  EXPECT_TRUE(location_of(server.authorize_but({})).one("iss"));

  Engine without(plain_but({{"extensions", Json::array()}}));
  const auto document = body_of(without.get("/.well-known/oauth-authorization-server"));
  EXPECT_NE(document.bool_at("authorization_response_iss_parameter_supported"), true);
  EXPECT_FALSE(location_of(without.authorize_but({})).one("iss"));
}

REQUIREMENT(as_metadata_no_none_algorithm) {
  const auto document = openid_metadata();
  for (const auto& [name, value] : *document.as_object()) {
    if (name.ends_with("_auth_signing_alg_values_supported") || name == "dpop_signing_alg_values_supported") {
      EXPECT_FALSE(lists(document, name, "none")) << name;
    }
  }
  for (const char* symmetric : {"HS256", "HS384", "HS512"}) {
    EXPECT_FALSE(lists(document, "dpop_signing_alg_values_supported", symmetric));
  }
  EXPECT_TRUE(lists(document, "token_endpoint_auth_methods_supported", "client_secret_basic"));
}

REQUIREMENT(as_metadata_truthful) {
  const auto document = openid_metadata();
  for (const auto& [name, text] : urls_of(document)) {
    const auto url = Url::parse(text);
    ASSERT_TRUE(url) << name;
    const auto answer = server.get(url->path());
    EXPECT_NE(answer.status, 404) << name << " " << text;
    EXPECT_LT(answer.status, 500) << name << " " << text;
  }
  const Json* grants = document.find("grant_types_supported");
  ASSERT_NE(grants, nullptr);
  for (const auto& grant : *grants->as_array()) {
    const auto answer = token({{"grant_type", *grant.as_string()}, {"client_id", "app"}});
    EXPECT_NE(text_at(answer, "error"), "unsupported_grant_type") << *grant.as_string();
    EXPECT_LT(answer.status, 500) << *grant.as_string();
  }
  refused(token({{"grant_type", "urn:example:unclaimed"}, {"client_id", "app"}}), 400, "unsupported_grant_type");
}

REQUIREMENT(as_metadata_no_retired_grants) {
  const auto document = openid_metadata();
  EXPECT_FALSE(lists(document, "grant_types_supported", "password"));
  EXPECT_FALSE(lists(document, "grant_types_supported", "implicit"));
  EXPECT_TRUE(lists(document, "grant_types_supported", "authorization_code"));
  for (const auto& type : *document.find("response_types_supported")->as_array()) {
    EXPECT_EQ(type.as_string()->find("token"), std::string::npos) << *type.as_string();
  }
}

REQUIREMENT(as_jwks_shape) {
  const Json jwks = published_keys();
  const auto& keys = keys_of(jwks);
  EXPECT_FALSE(keys.empty());
  for (const auto& key : keys) EXPECT_FALSE(text_at(key, "kty").empty());
}

REQUIREMENT(as_jwks_no_private_members) {
  const Json jwks = published_keys();
  EXPECT_FALSE(keys_of(jwks).empty());
  for (const auto& key : keys_of(jwks)) {
    EXPECT_NE(text_at(key, "kty"), "oct");
    for (const char* name : {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}) EXPECT_EQ(key.find(name), nullptr) << name;
  }
}

REQUIREMENT(as_jwks_key_ids_distinct) {
  const Json jwks = published_keys();
  std::set<std::string> ids;
  for (const auto& key : keys_of(jwks)) EXPECT_TRUE(ids.insert(text_at(key, "kid")).second) << text_at(key, "kid");
  EXPECT_GT(ids.size(), 1u);
  EXPECT_FALSE(ids.contains(""));
}

REQUIREMENT(as_jwks_key_strength) {
  const Json jwks = published_keys();
  int rsa_keys = 0;
  for (const auto& key : keys_of(jwks)) {
    if (text_at(key, "kty") != "RSA") continue;
    ++rsa_keys;
    const auto modulus = mimir::codec::base64url_decode(text_at(key, "n"));
    ASSERT_TRUE(modulus);
    EXPECT_GE(modulus->size(), 256u);
  }
  EXPECT_GT(rsa_keys, 0);
}

REQUIREMENT(as_jwks_rotation_overlap) {
  const auto before = id_token_of(server.login());
  ASSERT_TRUE(server.realm().rotate_keys());
  const auto after = id_token_of(server.login());
  EXPECT_NE(mimir::codec::Jws::parse(before)->header.string_at("kid"),
            mimir::codec::Jws::parse(after)->header.string_at("kid"));
  EXPECT_TRUE(signed_by_server(server, before));
  EXPECT_TRUE(signed_by_server(server, after));

  server.advance(std::chrono::hours(24 * 365));
  EXPECT_FALSE(signed_by_server(server, before));
  EXPECT_TRUE(signed_by_server(server, after));
}

}  // namespace
}  // namespace mockoauth::server::testing
