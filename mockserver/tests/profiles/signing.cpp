#include "tests/profiles/signing.hpp"

#include <mimir/codec/jws.hpp>

#include "protocol/fixture_keys.hpp"

namespace mockoauth::server::testing {
namespace {

using mimir::codec::JwsAlgorithm;

constexpr std::int64_t kNow = 1'800'000'000;

}  // namespace

HttpResponse by_assertion(ProfileClient& client, bool for_issuer) {
  const std::string secret = "a secret of more than thirty-two bytes";
  client.realm().add_client({.client_id = "signer",
                             .client_secret = secret,
                             .redirect_uris = {client.redirect_uri},
                             .token_endpoint_auth_method = "client_secret_jwt"});
  client.client_id = "signer";
  client.authenticates_by = "none";
  const auto code = client.code();
  const auto key = mimir::codec::Key::from_secret(secret);
  const Json claims = Json::object({{"iss", "signer"},
                                    {"sub", "signer"},
                                    {"aud", for_issuer ? client.realm().issuer() : client.token_url()},
                                    {"jti", "j1"},
                                    {"iat", Json(kNow)},
                                    {"exp", Json(kNow + 60)}});
  const auto jwt = key ? mimir::codec::jws_sign(Json::object({{"alg", "HS256"}}), claims.dump(), *key)
                       : mimir::codec::Result<std::string>(tl::unexpect, key.error());
  return client.redeem(code, {{"client_secret", ""},
                              {"client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
                              {"client_assertion", jwt.value_or("none")}});
}

HttpResponse with_proof(ProfileClient& client) {
  const auto code = client.code();
  const auto key = fixture_key(JwsAlgorithm::ES256, 1);
  if (!key) return {};
  const Json header = Json::object({{"typ", "dpop+jwt"}, {"alg", "ES256"}, {"jwk", key->public_jwk().value_or(Json())}});
  const Json claims = Json::object({{"jti", "p1"}, {"htm", "POST"}, {"htu", client.token_url()}, {"iat", Json(kNow)}});
  client.more_headers = {{"DPoP", mimir::codec::jws_sign(header, claims.dump(), *key).value_or("none")}};
  return client.redeem(code);
}

}  // namespace mockoauth::server::testing
