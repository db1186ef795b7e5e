#include "protocol/keys.hpp"

#include <mimir/codec/jws.hpp>
#include <mockoauth/embedded/mockoauth-fixtures.hpp>

namespace mockoauth::server {

using mimir::codec::Json;
using mimir::codec::JwsAlgorithm;
using mimir::codec::Key;
using mimir::codec::KeySet;

namespace {

constexpr std::pair<std::string_view, JwsAlgorithm> kFiles[] = {
    {"rs256", JwsAlgorithm::RS256}, {"es256", JwsAlgorithm::ES256}, {"ed25519", JwsAlgorithm::EdDSA}};

KeySet load() {
  KeySet set;
  for (const auto& [kid, algorithm] : kFiles) {
    const std::string path = "keys/" + std::string(kid) + ".pem";
    for (const auto& file : fixtures::embedded_fixtures()) {
      if (file.path != path) continue;
      auto key = Key::from_pem(file.content, std::string(kid), algorithm);
      if (key) {
        set.keys.push_back(std::move(*key));
      } else {
        ++set.ignored;
      }
    }
  }
  return set;
}

}  // namespace

const KeySet& signing_keys() {
  static const KeySet keys = load();
  return keys;
}

mimir::codec::Result<std::string> sign_jwt(const Json& claims, std::string_view algorithm, std::string_view typ) {
  const auto wanted = mimir::codec::parse_jws_algorithm(algorithm);
  if (!wanted) return mimir::codec::fail("jwt.algorithm", "no such algorithm: " + std::string(algorithm));
  for (const auto& key : signing_keys().keys) {
    if (!key.fits(*wanted)) continue;
    const Json header = Json::object({{"alg", algorithm}, {"typ", typ}, {"kid", key.kid()}});
    return mimir::codec::jws_sign(header, claims.dump(), key);
  }
  return mimir::codec::fail("jwt.key", "there is no key for " + std::string(algorithm));
}

}  // namespace mockoauth::server
