#include "protocol/sign_jwt.hpp"

#include <algorithm>

#include <mimir/codec/base64url.hpp>
#include <mimir/codec/jws.hpp>

#include "protocol/fixture_keys.hpp"
#include "protocol/strike.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;
using mimir::codec::JwsAlgorithm;
using mimir::codec::Key;
using mimir::codec::Result;

// One that no client can have: a test key that the realm does not publish, or a new one where it publishes them all.
Result<Key> unpublished_key(Call& call, JwsAlgorithm algorithm) {
  const auto states = call.realm.keys.states(call.now);
  for (auto i = count_fixture_keys(algorithm); i > 0; --i) {
    const auto kid = kid_of(algorithm, i - 1);
    const bool known = std::any_of(states.begin(), states.end(), [&](const auto& state) { return state.kid == kid; });
    if (known) continue;
    if (auto key = fixture_key(algorithm, i - 1)) return std::move(*key);
  }
  return Key::generate(algorithm);
}

Result<std::string> sign_with_public_key(const std::string& header, const std::string& payload, const Key& key) {
  const auto pem = key.public_pem();
  if (!pem) return tl::unexpected(pem.error());
  const auto secret = Key::from_secret(*pem);
  if (!secret) return tl::unexpected(secret.error());
  return mimir::codec::jws_sign_raw(header, payload, JwsAlgorithm::HS256, *secret);
}

Result<std::string> with_broken_signature(Result<std::string> jwt) {
  if (!jwt) return jwt;
  const auto dot = jwt->rfind('.') + 1;
  auto signature = mimir::codec::base64url_decode(std::string_view(*jwt).substr(dot));
  if (!signature || signature->empty()) return jwt;
  signature->back() = static_cast<char>(signature->back() ^ 1);
  return jwt->substr(0, dot) + mimir::codec::base64url_encode(*signature);
}

void shift_times(Json& claims, std::chrono::seconds by) {
  if (by.count() == 0) return;
  for (const char* name : {"iat", "nbf", "exp", "auth_time"}) {
    if (const auto time = claims.int_at(name)) claims.set(name, Json(*time + by.count()));
  }
}

Result<std::string> sign_as_told(Call& call, const SigningJwt& jwt, const Key& key) {
  const auto header = jwt.header.dump();
  const auto payload = jwt.claims.dump();
  const auto algorithm = *mimir::codec::parse_jws_algorithm(jwt.algorithm);  // The ring has found a key for it.
  using Signature = SigningJwt::Signature;
  switch (jwt.signature) {
    case Signature::Right: break;
    case Signature::None:
      return mimir::codec::base64url_encode(header) + "." + mimir::codec::base64url_encode(payload) + ".";
    case Signature::Broken: return with_broken_signature(mimir::codec::jws_sign_raw(header, payload, algorithm, key));
    case Signature::PublicKeyAsSecret: return sign_with_public_key(header, payload, key);
    case Signature::OtherKey: {
      const auto other = unpublished_key(call, algorithm);
      if (!other) return tl::unexpected(other.error());
      return mimir::codec::jws_sign_raw(header, payload, algorithm, *other);
    }
  }
  return mimir::codec::jws_sign_raw(header, payload, algorithm, key);
}

}  // namespace

Result<std::string> sign_jwt(Call& call, std::string_view use, Json claims, std::string_view algorithm,
                             std::string_view typ, std::string_view client_secret) {
  shift_times(claims, call.skew);
  if (!call.realm.faults.has_rules_at(Phase::BeforeSigning)) return call.realm.keys.sign(claims, algorithm, typ, client_secret);
  const auto key = call.realm.keys.signer(algorithm, client_secret);
  if (!key) return tl::unexpected(key.error());
  SigningJwt jwt{.use = std::string(use),
                 .algorithm = std::string(algorithm),
                 .header = KeyRing::header_for(algorithm, typ, *key),
                 .claims = std::move(claims)};
  call.signing = &jwt;
  strike(call, Phase::BeforeSigning);
  call.signing = nullptr;
  return sign_as_told(call, jwt, *key);
}

}  // namespace mockoauth::server
