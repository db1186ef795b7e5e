// Request objects: authorization requests that nobody can alter.
#include <mimir/codec/jws.hpp>

#include "tests/requirements/requirement_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

using mimir::codec::JwsAlgorithm;
using mimir::codec::Key;

/// A client that signs what it asks.
class Signer {
 public:
  explicit Signer(Engine& server) : server_(server) {
    ClientRegistration client{.client_id = "signer", .redirect_uris = {"http://127.0.0.1/callback"}};
    client.jwks = Json::object({{"keys", Json::array({*key_.public_jwk()})}});
    client.require_signed_request_object = true;
    server.realm().add_client(client);
  }

  Json claims() const {
    Json claims = Json::object({{"iss", "signer"}, {"aud", Json(server_.realm().issuer())}, {"exp", 1'800'000'300}});
    const auto request = Engine::authorization_request();
    for (const auto& [name, value] : request.pairs()) claims.set(name, Json(value));
    claims.set("client_id", "signer");
    return claims;
  }

  std::string sign(const Json& claims) const { return sign_with(key_, claims); }
  static std::string sign_with(const Key& key, const Json& claims) {
    const Json header = Json::object({{"alg", "ES256"}, {"typ", "oauth-authz-req+jwt"}, {"kid", "k1"}});
    return mimir::codec::jws_sign(header, claims.dump(), key).value_or("");
  }

  HttpResponse ask(const std::string& object, std::initializer_list<Parameters::Pair> more = {}) {
    Parameters request{{"client_id", "signer"}, {"redirect_uri", std::string(kRedirect)}, {"request", object}};
    for (const auto& [name, value] : more) request.set(name, value);
    return server_.authorize(request);
  }

 private:
  Engine& server_;
  Key key_ = *Key::generate(JwsAlgorithm::ES256, "k1");
};

REQUIREMENT(jar_outside_parameters_ignored) {
  Signer signer(server);
  auto claims = signer.claims();
  claims.set("scope", "api.read");
  const auto answer = signer.ask(signer.sign(claims), {{"scope", "api.write"}, {"state", "outside"}});
  got_code(answer);
  EXPECT_EQ(location_of(answer).one("state"), "xyz");
  const auto tokens = server.redeem_but(location_of(answer).one("code").value_or(""), {{"client_id", "signer"}});
  granted(tokens);
  EXPECT_EQ(text_at(tokens, "scope"), "api.read");
}

REQUIREMENT(jar_client_id_mismatch) {
  Signer signer(server);
  auto claims = signer.claims();
  claims.set("client_id", "app");
  redirected_with(signer.ask(signer.sign(claims)), "invalid_request_object");
  got_code(signer.ask(signer.sign(signer.claims())));
}

REQUIREMENT(jar_signature) {
  Signer signer(server);
  const auto stranger = *Key::generate(JwsAlgorithm::ES256, "k1");
  redirected_with(signer.ask(Signer::sign_with(stranger, signer.claims())), "invalid_request_object");

  const auto none = mimir::codec::base64url_encode(R"({"alg":"none","typ":"oauth-authz-req+jwt"})") + "." +
                    mimir::codec::base64url_encode(signer.claims().dump()) + ".";
  redirected_with(signer.ask(none), "invalid_request_object");
  got_code(signer.ask(signer.sign(signer.claims())));
}

REQUIREMENT(jar_both_forms) {
  Signer signer(server);
  const auto object = signer.sign(signer.claims());
  const auto pushed = server.post("/par", {{"client_id", "signer"}, {"request", object}});
  EXPECT_EQ(pushed.status, 201) << pushed.body;
  const auto uri = text_at(pushed, "request_uri");
  redirected_with(signer.ask(object, {{"request_uri", uri}}), "invalid_request");
  got_code(signer.ask(object));
  got_code(server.authorize({{"client_id", "signer"}, {"request_uri", uri}}));
}

REQUIREMENT(jar_expired) {
  Signer signer(server);
  const auto object = signer.sign(signer.claims());
  server.advance(299s);
  got_code(signer.ask(object));
  server.advance(1s);
  redirected_with(signer.ask(object), "invalid_request_object");
}

}  // namespace
}  // namespace mockoauth::server::testing
