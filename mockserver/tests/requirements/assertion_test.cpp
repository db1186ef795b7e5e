// Clients that authenticate by a JWT, RFC 7523.
#include <mimir/codec/jwk.hpp>
#include <mimir/codec/jws.hpp>

#include "tests/requirements/requirement_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

using mimir::codec::JwsAlgorithm;
using mimir::codec::Key;

/// A confidential client with a key of its own.
class KeyClient {
 public:
  explicit KeyClient(Engine& server) : server_(server), key_(*Key::generate(JwsAlgorithm::ES256, "k1")) {
    server.realm().add_client({.client_id = "keyed", .token_endpoint_auth_method = "private_key_jwt",
                               .jwks = Json::object({{"keys", Json::array({*key_.public_jwk()})}})});
  }

  /// Claims that are right, each time with another jti.
  Json claims() {
    const std::int64_t now = 1'800'000'000;
    return Json::object({{"iss", "keyed"}, {"sub", "keyed"}, {"aud", Json(server_.realm().issuer())},
                         {"exp", Json(now + 60)}, {"iat", Json(now)}, {"jti", Json(std::to_string(++number_))}});
  }
  Json claims_but(std::string_view name, Json value) {
    auto changed = claims();
    changed.set(name, std::move(value));
    return changed;
  }

  HttpResponse send(const std::string& assertion) {
    return server_.post("/token", {{"grant_type", "client_credentials"}, {"scope", "api.read"},
                                   {"client_assertion", assertion},
                                   {"client_assertion_type",
                                    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}});
  }
  HttpResponse ask(const Json& claims) {
    return send(*mimir::codec::jws_sign(Json::object({{"alg", "ES256"}, {"kid", "k1"}}), claims.dump(), key_));
  }

 private:
  Engine& server_;
  Key key_;
  int number_ = 0;
};

REQUIREMENT(token_assertion_audience) {
  KeyClient client(server);
  refused(client.ask(client.claims_but("aud", "https://other.example")), 401, "invalid_client");
  granted(client.ask(client.claims()));
}

REQUIREMENT(token_assertion_audience_strict) {
  KeyClient client(server);
  const auto issuer = server.realm().issuer();
  refused(client.ask(client.claims_but("aud", Json::array({Json(issuer)}))), 401, "invalid_client");
  refused(client.ask(client.claims_but("aud", Json(issuer + "/token"))), 401, "invalid_client");
  granted(client.ask(client.claims()));
}

REQUIREMENT(token_assertion_expired) {
  KeyClient client(server);
  refused(client.ask(client.claims_but("exp", 1'800'000'000)), 401, "invalid_client");
  refused(client.ask(client.claims_but("nbf", 1'800'003'600)), 401, "invalid_client");
  refused(client.ask(client.claims_but("exp", 1e300)), 401, "invalid_client");
  granted(client.ask(client.claims()));
}

REQUIREMENT(token_assertion_subject) {
  KeyClient client(server);
  for (const char* name : {"sub", "iss"}) {
    refused(client.ask(client.claims_but(name, "web")), 401, "invalid_client");
    auto without = client.claims();
    without.erase(name);
    refused(client.ask(without), 401, "invalid_client");
  }
  granted(client.ask(client.claims()));
}

REQUIREMENT(token_assertion_signature) {
  KeyClient client(server);
  const auto other = *Key::generate(JwsAlgorithm::ES256, "k1");
  refused(client.send(*mimir::codec::jws_sign(Json::object({{"alg", "ES256"}, {"kid", "k1"}}),
                                              client.claims().dump(), other)), 401, "invalid_client");
  const auto none = mimir::codec::base64url_encode(R"({"alg":"none"})") + "." +
                    mimir::codec::base64url_encode(client.claims().dump()) + ".";
  refused(client.send(none), 401, "invalid_client");
  granted(client.ask(client.claims()));
}

REQUIREMENT(token_assertion_replayed) {
  KeyClient client(server);
  const auto claims = client.claims();
  granted(client.ask(claims));
  refused(client.ask(claims), 401, "invalid_client");
  granted(client.ask(client.claims()));
}

REQUIREMENT(token_secret_guessing_limited) {
  const Parameters form = {{"grant_type", "client_credentials"}, {"scope", "api.read"}};
  for (int i = 0; i < 10; ++i) refused(token(form, basic("web", "wrong")), 401, "invalid_client");
  const auto limited = token(form, basic("web", kWebSecret));
  EXPECT_EQ(limited.status, 429);
  EXPECT_EQ(limited.header("Retry-After"), "6");
  server.advance(6s);
  granted(token(form, basic("web", kWebSecret)));
}

REQUIREMENT(token_client_credentials_public_refused) {
  refused(token({{"grant_type", "client_credentials"}, {"client_id", "app"}}), 400, "unauthorized_client");
  granted(token({{"grant_type", "client_credentials"}}, basic("web", kWebSecret)));
}

REQUIREMENT(token_client_credentials_no_refresh) {
  const auto answer = token({{"grant_type", "client_credentials"}}, basic("web", kWebSecret));
  granted(answer);
  EXPECT_EQ(body_of(answer).find(kRefresh), nullptr);
  EXPECT_EQ(body_of(answer).find("id_token"), nullptr);
}

REQUIREMENT(token_grant_not_allowed) {
  server.realm().add_client({.client_id = "narrow", .client_secret = "s", .grant_types = {"authorization_code"}});
  refused(token({{"grant_type", "client_credentials"}}, basic("narrow", "s")), 400, "unauthorized_client");
  granted(token({{"grant_type", "client_credentials"}}, basic("web", kWebSecret)));
}

REQUIREMENT(refresh_grant_needs_issue) {
  server.realm().add_client({.client_id = "app", .redirect_uris = {std::string(kRedirect)},
                             .grant_types = {"authorization_code"}});
  EXPECT_EQ(server.login().find(kRefresh), nullptr);
  server.realm().add_client({.client_id = "app", .redirect_uris = {std::string(kRedirect)},
                             .grant_types = {"authorization_code", "refresh_token"}});
  EXPECT_NE(server.login().find(kRefresh), nullptr);
}

}  // namespace
}  // namespace mockoauth::server::testing
