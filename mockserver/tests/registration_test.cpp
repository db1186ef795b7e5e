// Dynamic registration beyond the rows of requirements/registration_test.cpp: what is registered works at once.
#include "tests/client_certificate.hpp"
#include "tests/registering.hpp"

namespace mockoauth::server::testing {
namespace {

using mimir::codec::JwsAlgorithm;
using mimir::codec::Key;

constexpr const char* kAssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

Json client_credentials_by(std::string_view method) {
  return Json::object({{"token_endpoint_auth_method", method}, {"grant_types", Json::array({"client_credentials"})}});
}

/// Asks for a token without a user, authenticated as `headers` and `more` say.
HttpResponse ask_as(Engine& server, const Registered& client, std::initializer_list<Parameters::Pair> more,
                 const Headers& headers = {}, const std::string& certificate = {}) {
  Parameters form{{"grant_type", "client_credentials"}, {"scope", "api.read"}, {"client_id", client.id}};
  for (const auto& [name, value] : more) form.set(name, value);
  HttpRequest request{.method = "POST", .target = "/token", .headers = headers, .body = form.encode()};
  request.headers.emplace_back("Content-Type", kFormType);
  request.client_certificate = certificate;
  return server.realm().handle(request);
}

std::string assertion(Engine& server, const Registered& client, const Key& key, const char* algorithm) {
  const Json header = Json::object({{"alg", algorithm}, {"typ", "JWT"}});
  const Json claims = Json::object({{"iss", Json(client.id)}, {"sub", Json(client.id)}, {"jti", "j1"},
                                    {"aud", Json(server.realm().issuer())}, {"exp", 1'800'000'300}});
  return mimir::codec::jws_sign(header, claims.dump(), key).value_or("");
}

void works(const HttpResponse& response) {
  EXPECT_EQ(response.status, 200) << response.body;
  EXPECT_FALSE(text_at(response, "access_token").empty()) << response.body;
}

TEST(RegisteredClient, AuthenticatesByEitherFormOfItsSecretAndNoOther) {
  Engine server;
  const Registered by_header(server, client_credentials_by("client_secret_basic"));
  works(ask_as(server, by_header, {}, basic(by_header.id, by_header.secret)));
  expect_error(ask_as(server, by_header, {{"client_secret", by_header.secret}}), 401, "invalid_client",
               "registered for");
  const Registered by_body(server, client_credentials_by("client_secret_post"));
  works(ask_as(server, by_body, {{"client_secret", by_body.secret}}));
  expect_error(ask_as(server, by_body, {}, basic(by_body.id, by_body.secret)), 401, "invalid_client", "registered for");
}

TEST(RegisteredClient, AuthenticatesByAnAssertionWithItsSecret) {
  Engine server;
  const Registered client(server, client_credentials_by("client_secret_jwt"));
  const auto key = *Key::from_secret(client.secret);
  works(ask_as(server, client, {{"client_assertion_type", kAssertionType},
                             {"client_assertion", assertion(server, client, key, "HS256")}}));
}

TEST(RegisteredClient, AuthenticatesByAnAssertionWithItsKey) {
  Engine server;
  const auto key = *Key::generate(JwsAlgorithm::ES256, "k1");
  auto metadata = client_credentials_by("private_key_jwt");
  metadata.set("jwks", Json::object({{"keys", Json::array({*key.public_jwk()})}}));
  const Registered client(server, metadata);
  EXPECT_TRUE(client.secret.empty());
  works(ask_as(server, client, {{"client_assertion_type", kAssertionType},
                             {"client_assertion", assertion(server, client, key, "ES256")}}));
}

TEST(RegisteredClient, AuthenticatesByItsCertificate) {
  Engine server;
  auto by_subject = client_credentials_by("tls_client_auth");
  by_subject.set("tls_client_auth_subject_dn", "CN=client-one");
  const Registered named(server, by_subject);
  works(ask_as(server, named, {}, {}, certificate_der()));
  expect_error(ask_as(server, named, {}), 401, "invalid_client");

  auto by_itself = client_credentials_by("self_signed_tls_client_auth");
  const auto jwk = Json::object({{"kty", "EC"}, {"x5c", Json::array({kCertificate})}});
  by_itself.set("jwks", Json::object({{"keys", Json::array({jwk})}}));
  const Registered shown(server, by_itself);
  works(ask_as(server, shown, {}, {}, certificate_der()));
  expect_error(ask_as(server, shown, {}), 401, "invalid_client");
}

TEST(RegisteredClient, GetsNoMoreThanItRegistered) {
  Engine server;
  const Registered client(server, native_client_but("scope", "api.read"));
  const auto id = client.id;
  EXPECT_EQ(location_of(server.authorize_but({{"client_id", id}})).one("error"), "invalid_scope");
  const auto tokens = server.redeem_but(server.code({{"client_id", id}, {"scope", "api.read"}}), {{"client_id", id}});
  works(tokens);
  EXPECT_EQ(body_of(tokens).find("refresh_token"), nullptr);  // Only the grant type authorization_code is registered.
  expect_error(ask_as(server, client, {}), 400, "unauthorized_client");

  auto machine = client_credentials_by("client_secret_basic");
  machine.set("redirect_uris", Json::array({std::string(kRedirect)}));
  const Registered backend(server, machine);
  EXPECT_EQ(location_of(server.authorize_but({{"client_id", backend.id}})).one("error"), "unauthorized_client");
}

TEST(RegisteredClient, RefreshesWhereItRegisteredForIt) {
  Engine server;
  const auto grants = Json::array({"authorization_code", "refresh_token"});
  const Registered client(server, native_client_but("grant_types", grants));
  const auto tokens = server.redeem_but(server.code({{"client_id", client.id}}), {{"client_id", client.id}});
  works(server.refresh(text_at(tokens, "refresh_token"), {{"client_id", client.id}}));
}

TEST(RegisteredClient, LosesItsSecretWhenItBecomesPublicAndGetsOneWhenItDoesNot) {
  Engine server;
  Registered client(server);
  auto update = native_client_but("token_endpoint_auth_method", "client_secret_basic");
  update.set("client_id", Json(client.id));
  const auto secret = text_at(client.update(update), "client_secret");
  EXPECT_GE(secret.size(), 43u);
  const auto code = server.code({{"client_id", client.id}});
  expect_error(server.redeem_but(code, {{"client_id", client.id}}), 401, "invalid_client");
  works(server.redeem_but(code, {{"client_id", ""}}, basic(client.id, secret)));

  update.set("token_endpoint_auth_method", "none");
  EXPECT_EQ(body_of(client.update(update)).find("client_secret"), nullptr);
  works(server.redeem_but(server.code({{"client_id", client.id}}), {{"client_id", client.id}}));
}

TEST(RegisteredClient, IsReplacedAsAWhole) {
  Engine server;
  Registered client(server, native_client_but("client_name", "Old"));
  auto update = native_client_but("redirect_uris", Json::array({"com.example.app:/callback"}));
  update.set("client_id", Json(client.id));
  const auto answer = client.update(update);
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(body_of(answer).find("client_name"), nullptr);  // RFC 7592 §2.2: left out is deleted.
  EXPECT_EQ(server.authorize_but({{"client_id", client.id}}).status, 400);
  server.code({{"client_id", client.id}, {"redirect_uri", "com.example.app:/callback"}});
  // Bad metadata changes nothing.
  update.set("grant_types", "authorization_code");
  expect_error(client.update(update), 400, "invalid_client_metadata");
  server.code({{"client_id", client.id}, {"redirect_uri", "com.example.app:/callback"}});
}

TEST(Registration, EndsAtTheRealmsLimitAndBeginsAgainAfterAReset) {
  Engine server(Profile::plain(), 7, [](RealmOptions& options) { options.max_clients = 2; });
  Registered first(server);
  const Registered second(server);
  const auto full = register_client(server, native_client());
  expect_error(full, 429, "temporarily_unavailable", "registered clients");
  EXPECT_EQ(first.end().status, 204);
  EXPECT_EQ(register_client(server, native_client()).status, 201);

  server.realm().reset();
  expect_error(server.refresh("any", {{"client_id", second.id}}), 401, "invalid_client");
  EXPECT_EQ(register_client(server, native_client()).status, 201);
  server.code();  // Whom the realm was made with is still there.
}

TEST(Registration, KeepsNoPromiseThatTheProfileDoesNotKnow) {
  Engine server(plain_but({{"extensions", Json::array()}}));
  const auto body = Registered(server, native_client_but("dpop_bound_access_tokens", true)).body;
  EXPECT_EQ(body.find("dpop_bound_access_tokens"), nullptr);
  Engine with_dpop;
  const Registered bound(with_dpop, native_client_but("dpop_bound_access_tokens", true));
  EXPECT_EQ(bound.body.bool_at("dpop_bound_access_tokens"), true);
  const auto code = with_dpop.code({{"client_id", bound.id}});
  EXPECT_EQ(with_dpop.redeem_but(code, {{"client_id", bound.id}}).status, 400);
}

TEST(Registration, RefusesKeysThatAreNotPublic) {
  Engine server;
  for (const char* name : {"d", "k"}) {
    auto jwk = *Key::generate(JwsAlgorithm::ES256, "k1")->public_jwk();
    jwk.set(name, "c2VjcmV0");
    const auto metadata = native_client_but("jwks", Json::object({{"keys", Json::array({jwk})}}));
    expect_error(register_client(server, metadata), 400, "invalid_client_metadata", "not public");
  }
}

TEST(Registration, NeedsExactlyOneSubjectOfACertificate) {
  Engine server;
  auto metadata = client_credentials_by("tls_client_auth");
  expect_error(register_client(server, metadata), 400, "invalid_client_metadata", "exactly one");
  metadata.set("tls_client_auth_san_dns", "client.example");
  EXPECT_EQ(register_client(server, metadata).status, 201);
  metadata.set("tls_client_auth_san_ip", "192.0.2.1");
  expect_error(register_client(server, metadata), 400, "invalid_client_metadata", "exactly one");
}

TEST(Registration, IsThereOnlyWhereTheProfileHasIt) {
  Engine server(plain_but({{"client.registration", "static"}}));
  EXPECT_EQ(register_client(server, native_client()).status, 404);
  EXPECT_EQ(body_of(server.get("/.well-known/oauth-authorization-server")).find("registration_endpoint"), nullptr);
}

/// Somebody whom the realm trusts to tell what software is.
class Publisher {
 public:
  static constexpr const char* kIssuer = "https://publisher.example";

  void trust(RealmOptions& options) const {
    options.trusted_issuers.push_back({kIssuer, Json::object({{"keys", Json::array({*key_.public_jwk()})}})});
  }
  std::string statement(const char* issuer = kIssuer) const {
    return sign_by(key_, Json::object({{"iss", issuer}, {"software_id", "4NRB1"}, {"client_name", "Approved"}}), "JWT");
  }

 private:
  Key key_ = *Key::generate(JwsAlgorithm::ES256, "p1");
};

TEST(SoftwareStatement, OverrulesWhatTheClientSays) {
  const Publisher publisher;
  Engine server(Profile::plain(), 7, [&](RealmOptions& options) { publisher.trust(options); });
  auto metadata = native_client_but("client_name", "Mine");
  const auto statement = publisher.statement();
  metadata.set("software_statement", Json(statement));
  const auto body = Registered(server, metadata).body;
  EXPECT_EQ(text_at(body, "client_name"), "Approved");
  EXPECT_EQ(text_at(body, "software_id"), "4NRB1");
  EXPECT_EQ(text_at(body, "software_statement"), statement);
}

TEST(SoftwareStatement, IsRefusedFromStrangersAndWhenForged) {
  const Publisher publisher;
  const Publisher forger;
  Engine server(Profile::plain(), 7, [&](RealmOptions& options) { publisher.trust(options); });
  const auto with = [](const std::string& statement) {
    return native_client_but("software_statement", Json(statement));
  };
  expect_error(register_client(server, with(publisher.statement("https://stranger.example"))), 400,
               "unapproved_software_statement", "not trusted");
  expect_error(register_client(server, with(forger.statement())), 400, "invalid_software_statement");
  expect_error(register_client(server, with("not a jwt")), 400, "invalid_software_statement");
  EXPECT_EQ(register_client(server, with(publisher.statement())).status, 201);
}

TEST(SoftwareStatement, IsNoMemberWhereNobodyIsTrusted) {
  Engine server;
  const auto body = Registered(server, native_client_but("software_statement", "not a jwt")).body;
  EXPECT_EQ(body.find("software_statement"), nullptr);
}

}  // namespace
}  // namespace mockoauth::server::testing
