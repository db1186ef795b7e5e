#pragma once

#include "tests/engine_fixture.hpp"

namespace mockoauth::server::testing {

/// A client's key and its proofs (RFC 9449 §4.2). proof() is right in everything; the others break what the test says.
class DpopKey {
 public:
  explicit DpopKey(Engine& server) : server_(server) {}

  Json header() const { return Json::object({{"typ", "dpop+jwt"}, {"alg", "ES256"}, {"jwk", *key_.public_jwk()}}); }
  Json claims(std::string_view method = "POST", const std::string& path = "/token") {
    const auto now = server_.realm().clock().now().time_since_epoch();
    const std::int64_t seconds = std::chrono::duration_cast<std::chrono::seconds>(now).count();
    return Json::object({{"jti", Json("proof " + std::to_string(++proofs_))},
                         {"htm", method},
                         {"htu", Json("http://127.0.0.1:4321" + path)},
                         {"iat", Json(seconds)}});
  }
  Headers sign(const Json& header, const Json& claims) const {
    return {{"DPoP", mimir::codec::jws_sign(header, claims.dump(), key_).value_or("")}};
  }
  Headers proof(std::string_view method = "POST", const std::string& path = "/token") {
    return sign(header(), claims(method, path));
  }
  /// With this claim of another value; null takes it away.
  Headers proof_but(std::string_view claim, const Json& value) {
    auto changed = claims();
    if (value.is_null()) {
      changed.erase(claim);
    } else {
      changed.set(claim, value);
    }
    return sign(header(), changed);
  }
  /// What presents an access token at a resource (RFC 9449 §7.1).
  Headers use(const std::string& token, std::string_view method = "GET", const std::string& path = "/resource") {
    auto with_hash = claims(method, path);
    with_hash.set("ath", Json(hash(token)));
    return present(token, sign(header(), with_hash));
  }
  static Headers present(const std::string& token, Headers proof) {
    proof.emplace_back("Authorization", "DPoP " + token);
    return proof;
  }
  static std::string hash(const std::string& token) {
    return mimir::codec::base64url_encode(mimir::codec::sha256(token));
  }
  std::string thumbprint() const { return key_.thumbprint().value_or(""); }

 private:
  Engine& server_;
  mimir::codec::Key key_ = *mimir::codec::Key::generate(mimir::codec::JwsAlgorithm::ES256);
  int proofs_ = 0;
};

/// A token response of a login whose tokens are bound to the key.
inline Json bound_login(Engine& server, DpopKey& key) {
  const auto answer = server.redeem_but(server.code(), {}, key.proof());
  EXPECT_EQ(answer.status, 200) << answer.body;
  return body_of(answer);
}

/// All challenges of an answer, one a line.
inline std::string challenges_of(const HttpResponse& answer) {
  std::string all;
  for (const auto& [name, value] : answer.headers) {
    if (name == "WWW-Authenticate") all += value + "\n";
  }
  return all;
}

}  // namespace mockoauth::server::testing
