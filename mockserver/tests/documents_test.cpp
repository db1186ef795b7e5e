// What clients publish and the server fetches: metadata documents that a client_id leads to
// (draft-ietf-oauth-client-id-metadata-document-02) and keys at a jwks_uri (RFC 7591 §2).
#include <map>
#include <mutex>

#include "tests/registering.hpp"

namespace mockoauth::server::testing {
namespace {

using mimir::codec::JwsAlgorithm;
using mimir::codec::Key;

constexpr const char* kClient = "https://client.example/app";

/// A web of a few documents, and what was asked of it.
class Web final : public Fetcher {
 public:
  mimir::codec::Result<FetchedDocument> fetch(const std::string& url, const FetchLimits& limits) override {
    const std::lock_guard lock(mutex_);
    asked_.push_back(url);
    most_ = limits.max_bytes;
    const auto found = documents_.find(url);
    if (found == documents_.end()) return mimir::codec::fail("fetch.failed", "client.example: connection refused");
    return found->second;
  }

  void publish(const std::string& url, FetchedDocument document) {
    const std::lock_guard lock(mutex_);
    documents_[url] = std::move(document);
  }
  void publish(const std::string& url, const Json& body) { publish(url, {200, "application/json", body.dump()}); }
  std::vector<std::string> asked() const {
    const std::lock_guard lock(mutex_);
    return asked_;
  }
  std::size_t most() const {
    const std::lock_guard lock(mutex_);
    return most_;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, FetchedDocument> documents_;
  std::vector<std::string> asked_;
  std::size_t most_ = 0;
};

class Documents : public ::testing::Test {
 protected:
  std::shared_ptr<Web> web = std::make_shared<Web>();
  Engine server{Profile::plain(), 7, [this](RealmOptions& options) { options.fetcher = web; }};

  static Json document(const std::string& client_id = kClient) {
    auto metadata = native_client_but("client_name", "An app");
    metadata.set("client_id", Json(client_id));
    metadata.set("grant_types", Json::array({"authorization_code", "refresh_token"}));
    return metadata;
  }
  static Json document_but(std::string_view name, const Json& value) {
    auto changed = document();
    changed.set(name, value);
    return changed;
  }

  HttpResponse authorize(const std::string& client_id = kClient) {
    return server.authorize_but({{"client_id", client_id}});
  }
  void takes(const std::string& client_id = kClient) {
    const auto answer = authorize(client_id);
    EXPECT_TRUE(location_of(answer).one("code")) << client_id << " " << answer.body;
  }
  /// Shown to the person, and the journal says why.
  void refuses(const std::string& client_id, std::string_view why) {
    const auto answer = authorize(client_id);
    EXPECT_EQ(answer.status, 400) << client_id;
    EXPECT_FALSE(answer.header("Location"));
    EXPECT_NE(server.last().reason.find(why), std::string::npos) << server.last().reason;
  }
};

TEST_F(Documents, LetAClientInThatNobodyRegistered) {
  web->publish(kClient, document());
  const auto code = location_of(authorize()).one("code").value_or("");
  const auto tokens = server.redeem_but(code, {{"client_id", kClient}});
  EXPECT_EQ(tokens.status, 200) << tokens.body;
  EXPECT_EQ(server.refresh(text_at(tokens, "refresh_token"), {{"client_id", kClient}}).status, 200);
  EXPECT_EQ(server.get("/userinfo", bearer(text_at(tokens, "access_token"))).status, 200);
  EXPECT_EQ(web->most(), 5u * 1024u);  // §8.7
}

TEST_F(Documents, AreReadAnewForEachRequest) {
  web->publish(kClient, document());
  takes();
  web->publish(kClient, document_but("redirect_uris", Json::array({"com.example.app:/callback"})));
  refuses(kClient, "redirect_mismatch");
  web->publish(kClient, FetchedDocument{404, "application/json", "{}"});
  refuses(kClient, "status 404");
}

TEST_F(Documents, AreTheWordOfTheirOwnUrlOnly) {
  web->publish(kClient, document("https://client.example/other"));
  refuses(kClient, "does not name this very URL");
  web->publish(kClient, document("https://client.example:443/app"));
  refuses(kClient, "does not name this very URL");  // Simple string comparison, §3.
  web->publish(kClient, document_but("client_id", {}));
  refuses(kClient, "does not name this very URL");
}

TEST_F(Documents, HaveToBeAnsweredAtOnceAndAsJson) {
  const auto text = document().dump();
  web->publish(kClient, FetchedDocument{301, "application/json", text});
  refuses(kClient, "status 301");  // §5: no redirect is followed.
  web->publish(kClient, FetchedDocument{200, "text/html", text});
  refuses(kClient, "Content-Type text/html");
  web->publish(kClient, FetchedDocument{200, "", text});
  refuses(kClient, "Content-Type");
  web->publish(kClient, FetchedDocument{200, "application/json", text + "}"});
  refuses(kClient, "holds no JSON");
  web->publish(kClient, FetchedDocument{200, "application/json", "[]"});
  refuses(kClient, "holds no JSON object");
  web->publish(kClient, FetchedDocument{200, "application/json", std::string(6000, ' ') + text});
  refuses(kClient, "more than 5120 bytes");
  web->publish(kClient, FetchedDocument{200, "application/client-metadata+json; charset=utf-8", text});
  takes();
}

TEST_F(Documents, ThatCannotBeHadSayWhy) {
  refuses(kClient, "connection refused");
  expect_error(server.refresh("any", {{"client_id", kClient}}), 401, "invalid_client", "connection refused");
}

TEST_F(Documents, AgreeOnNoSecret) {
  for (const char* method : {"client_secret_basic", "client_secret_post", "client_secret_jwt"}) {
    web->publish(kClient, document_but("token_endpoint_auth_method", method));
    refuses(kClient, "needs a secret");
  }
  for (const char* name : {"client_secret", "client_secret_expires_at"}) {
    web->publish(kClient, document_but(name, "s3cret"));
    refuses(kClient, name);
  }
  auto unnamed = document();
  unnamed.erase("token_endpoint_auth_method");
  web->publish(kClient, unnamed);
  takes();
}

TEST_F(Documents, AreJudgedLikeARegistration) {
  web->publish(kClient, document_but("redirect_uris", Json::array({"http://client.example/cb"})));
  refuses(kClient, "plain http");
  web->publish(kClient, document_but("grant_types", Json::array({"password"})));
  refuses(kClient, "password is not offered");
  auto private_key = *Key::generate(JwsAlgorithm::ES256, "k1")->public_jwk();
  private_key.set("d", "c2VjcmV0");
  web->publish(kClient, document_but("jwks", Json::object({{"keys", Json::array({private_key})}})));
  refuses(kClient, "not public");
}

TEST_F(Documents, AreNotLookedForAtUrlsThatAreNoClientIds) {
  refuses("https://client.example", "without a path");
  refuses("https://client.example/app#x", "fragment");
  refuses("https://client.example/../app", "dot segment");
  refuses("https://client.example/a/./app", "dot segment");
  refuses("https://user@client.example/app", "well-formed");
  refuses("http://client.example/app", "loopback");
  refuses("ftp://client.example/app", "not registered");
  EXPECT_TRUE(web->asked().empty());

  web->publish("http://127.0.0.1:5001/app", document("http://127.0.0.1:5001/app"));
  takes("http://127.0.0.1:5001/app");
}

TEST_F(Documents, AreNotFetchedForWhomIsRegistered) {
  server.realm().add_client({.client_id = kClient, .redirect_uris = {"http://127.0.0.1/callback"}});
  takes();
  EXPECT_TRUE(web->asked().empty());
}

TEST_F(Documents, AreOfferedInTheMetadataWhereTheyAreFetched) {
  const auto offered = [](Engine& engine) {
    const auto document = body_of(engine.get("/.well-known/oauth-authorization-server"));
    return document.bool_at("client_id_metadata_document_supported");
  };
  EXPECT_EQ(offered(server), true);
  Engine without_fetcher;
  EXPECT_EQ(offered(without_fetcher), std::nullopt);
  Engine without_cimd(plain_but({{"extensions", Json::array({"par"})}}), 7,
                      [&](RealmOptions& options) { options.fetcher = web; });
  EXPECT_EQ(offered(without_cimd), std::nullopt);
  EXPECT_EQ(without_cimd.authorize_but({{"client_id", kClient}}).status, 400);
  Engine by_registration(plain_but({{"extensions", Json::array()}, {"client.registration", "cimd"}}), 7,
                         [&](RealmOptions& options) { options.fetcher = web; });
  EXPECT_EQ(offered(by_registration), true);
}

/// A client with a key that it publishes at an address.
struct KeyedClient {
  Key key = *Key::generate(JwsAlgorithm::ES256, "k1");

  Json jwks() const { return Json::object({{"keys", Json::array({*key.public_jwk()})}}); }
  std::string assertion(Engine& server, const std::string& client_id, const std::string& jti) const {
    const Json claims = Json::object({{"iss", Json(client_id)}, {"sub", Json(client_id)}, {"jti", Json(jti)},
                                      {"aud", Json(server.realm().issuer())}, {"exp", 1'800'000'300}});
    return sign_by(key, claims, "JWT");
  }
  HttpResponse ask(Engine& server, const std::string& client_id, const std::string& jti) const {
    return server.post("/token", {{"grant_type", "client_credentials"},
                                  {"scope", "api.read"},
                                  {"client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
                                  {"client_assertion", assertion(server, client_id, jti)}});
  }
};

constexpr const char* kKeys = "https://client.example/jwks";

TEST_F(Documents, HoldTheKeysOfARegisteredClient) {
  const Registered client(server, Json::object({{"token_endpoint_auth_method", "private_key_jwt"},
                                                {"grant_types", Json::array({"client_credentials"})},
                                                {"jwks_uri", kKeys}}));
  const KeyedClient keyed;
  expect_error(keyed.ask(server, client.id, "j1"), 401, "invalid_client", "connection refused");
  web->publish(kKeys, keyed.jwks());
  EXPECT_EQ(keyed.ask(server, client.id, "j2").status, 200);
  // Rotated: the new key counts at once, the old one no longer (OIDC Core §10.1.1).
  const KeyedClient rotated;
  web->publish(kKeys, rotated.jwks());
  EXPECT_EQ(rotated.ask(server, client.id, "j3").status, 200);
  expect_error(keyed.ask(server, client.id, "j4"), 401, "invalid_client");
  EXPECT_EQ(web->most(), 64u * 1024u);
}

TEST_F(Documents, MakeAClientConfidentialByItsKey) {
  const KeyedClient keyed;
  auto metadata = document_but("token_endpoint_auth_method", "private_key_jwt");
  metadata.set("grant_types", Json::array({"client_credentials"}));
  metadata.set("jwks_uri", kKeys);
  web->publish(kClient, metadata);
  web->publish(kKeys, FetchedDocument{200, "application/jwk-set+json", keyed.jwks().dump()});
  EXPECT_EQ(keyed.ask(server, kClient, "j1").status, 200);
  expect_error(server.post("/token", {{"grant_type", "client_credentials"}, {"client_id", kClient}}), 401,
               "invalid_client", "has to authenticate");
}

TEST_F(Documents, OfKeysAreNotFetchedInTheClear) {
  const Registered client(server, Json::object({{"token_endpoint_auth_method", "private_key_jwt"},
                                                {"grant_types", Json::array({"client_credentials"})},
                                                {"jwks_uri", "http://client.example/jwks"}}));
  const KeyedClient keyed;
  expect_error(keyed.ask(server, client.id, "j1"), 401, "invalid_client", "neither an https URL");
  EXPECT_TRUE(web->asked().empty());
}

}  // namespace
}  // namespace mockoauth::server::testing
