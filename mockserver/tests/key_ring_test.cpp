// Signing keys: several at once, rotated, retired, unpublished (OIDC Core §10.1.1, RFC 7517).
#include <set>
#include <thread>

#include <mockoauth/server/key_ring.hpp>

#include "protocol/fixture_keys.hpp"
#include "tests/engine_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

using mimir::codec::Jws;
using mimir::codec::JwsAlgorithm;
using mimir::codec::KeySet;

constexpr TimePoint kNow{1'800'000'000'000ms};
constexpr JwsAlgorithm kAsymmetric[] = {JwsAlgorithm::RS256, JwsAlgorithm::RS384, JwsAlgorithm::RS512,
                                        JwsAlgorithm::PS256, JwsAlgorithm::PS384, JwsAlgorithm::PS512,
                                        JwsAlgorithm::ES256, JwsAlgorithm::ES384, JwsAlgorithm::ES512,
                                        JwsAlgorithm::EdDSA};

Json claims() { return Json::object({{"sub", "ada"}}); }

// As a client does it: with nothing but the published set.
bool verifies(const std::string& jwks, const std::string& jwt) {
  const auto set = KeySet::from_jwks(*Json::parse(jwks));
  const auto jws = Jws::parse(jwt);
  const auto* key = set && jws ? set->find(jws->header.string_at("kid").value_or("")) : nullptr;
  if (key == nullptr || !key->algorithm()) return false;
  const JwsAlgorithm allowed[] = {*key->algorithm()};
  return mimir::codec::jws_verify(*jws, *key, allowed).has_value();
}

std::string signed_by(KeyRing& ring, JwsAlgorithm algorithm) {
  const auto jwt = ring.sign(claims(), to_string(algorithm), "JWT");
  EXPECT_TRUE(jwt) << to_string(algorithm);
  return jwt.value_or("");
}

std::set<std::string> kids(const std::string& jwks) {
  std::set<std::string> all;
  const auto json = Json::parse(jwks);
  for (const auto& key : *json->find("keys")->as_array()) all.insert(key.string_at("kid").value_or(""));
  return all;
}

TEST(KeyRing, SignsByEveryAlgorithmOfAKeyPair) {
  KeyRing ring;
  for (const auto algorithm : kAsymmetric) {
    const auto jwt = signed_by(ring, algorithm);
    EXPECT_TRUE(verifies(ring.jwks(kNow), jwt)) << to_string(algorithm);
    EXPECT_EQ(Jws::parse(jwt)->header.string_at("alg"), to_string(algorithm));
    EXPECT_TRUE(ring.verifies(*Jws::parse(jwt), kNow));
  }
  EXPECT_EQ(kids(ring.jwks(kNow)).size(), std::size(kAsymmetric));
}

TEST(KeyRing, SymmetricAlgorithmsTakeTheClientSecret) {
  KeyRing ring;
  const std::string secret(64, 's');
  const auto key = mimir::codec::Key::from_secret(secret);
  for (const auto algorithm : {JwsAlgorithm::HS256, JwsAlgorithm::HS384, JwsAlgorithm::HS512}) {
    const auto jwt = ring.sign(claims(), to_string(algorithm), "JWT", secret);
    ASSERT_TRUE(jwt);
    const JwsAlgorithm allowed[] = {algorithm};
    EXPECT_TRUE(mimir::codec::jws_verify(*Jws::parse(*jwt), *key, allowed));
    EXPECT_EQ(ring.sign(claims(), to_string(algorithm), "JWT").error().code, "key.missing");
    EXPECT_FALSE(ring.sign(claims(), to_string(algorithm), "JWT", "short"));
    EXPECT_EQ(ring.rotate(algorithm, kNow).error().code, "key.algorithm");
  }
  EXPECT_EQ(ring.jwks(kNow).find("oct"), std::string::npos);
  EXPECT_EQ(ring.sign(claims(), "none", "JWT").error().code, "key.algorithm");
}

TEST(KeyRing, TheAlgorithmOfTheProfileIsPublishedFromTheStart) {
  KeyRing ring(0, {JwsAlgorithm::PS384, JwsAlgorithm::HS256, JwsAlgorithm::RS256});
  EXPECT_EQ(kids(ring.jwks(kNow)), (std::set<std::string>{"rs256", "es256", "ed25519", "ps384"}));
}

TEST(KeyRing, TheSeedChoosesTheKeys) {
  KeyRing none(0);
  KeyRing one(1);
  KeyRing again(1);
  EXPECT_EQ(one.jwks(kNow), again.jwks(kNow));
  EXPECT_NE(none.jwks(kNow), one.jwks(kNow));
  EXPECT_TRUE(kids(one.jwks(kNow)).contains("es256-2"));
  EXPECT_EQ(one.rotate(JwsAlgorithm::ES256, kNow), "es256-3");
  EXPECT_EQ(one.rotate(JwsAlgorithm::ES256, kNow), "es256");
}

TEST(KeyRing, MakesKeysWhenThePublishedOnesAreUsedUp) {
  KeyRing ring;
  std::set<std::string> seen;
  for (int i = 0; i < 6; ++i) {
    const auto jwt = signed_by(ring, JwsAlgorithm::ES256);
    EXPECT_TRUE(verifies(ring.jwks(kNow), jwt)) << i;
    EXPECT_TRUE(seen.insert(Jws::parse(jwt)->header.string_at("kid").value_or("")).second) << i;
    ASSERT_TRUE(ring.rotate(JwsAlgorithm::ES256, kNow));
  }
  EXPECT_EQ(kids(ring.jwks(kNow)).size(), 9u);  // RS256 and EdDSA beside seven of ES256.
}

TEST(KeyRing, RetiredKeysLeaveTheSetAndMayGoOnSigning) {
  KeyRing ring;
  ASSERT_TRUE(ring.retire("rs256", kNow));
  const auto jwt = signed_by(ring, JwsAlgorithm::RS256);
  EXPECT_EQ(Jws::parse(jwt)->header.string_at("kid"), "rs256");
  EXPECT_FALSE(verifies(ring.jwks(kNow), jwt));
  EXPECT_FALSE(ring.verifies(*Jws::parse(jwt), kNow));
  ASSERT_TRUE(ring.promote("rs256"));
  EXPECT_TRUE(verifies(ring.jwks(kNow), jwt));
  EXPECT_EQ(ring.retire("nobody", kNow).error().code, "key.kid");
  EXPECT_EQ(ring.promote("nobody").error().code, "key.kid");
}

TEST(KeyRing, AnAddedKeyIsPublishedBeforeItSigns) {
  KeyRing ring;
  const auto key = fixture_key(JwsAlgorithm::ES256, 2);
  ASSERT_TRUE(key);
  ASSERT_TRUE(ring.add(*key));
  EXPECT_EQ(ring.add(*key).error().code, "key.kid");
  EXPECT_TRUE(kids(ring.jwks(kNow)).contains("es256-3"));
  EXPECT_EQ(Jws::parse(signed_by(ring, JwsAlgorithm::ES256))->header.string_at("kid"), "es256");
  ASSERT_TRUE(ring.promote("es256-3"));
  EXPECT_EQ(Jws::parse(signed_by(ring, JwsAlgorithm::ES256))->header.string_at("kid"), "es256-3");
  EXPECT_TRUE(kids(ring.jwks(kNow)).contains("es256"));
  const auto public_only = mimir::codec::Key::from_jwk(*fixture_key(JwsAlgorithm::EdDSA, 1)->public_jwk());
  EXPECT_EQ(ring.add(*public_only).error().code, "key.algorithm");
}

TEST(KeyRing, WhatIsPublishedOfATestKeyIsItsPublicPart) {
  for (const auto algorithm : kAsymmetric) {
    for (std::size_t index = 0; index < count_fixture_keys(algorithm); ++index) {
      const auto published = public_fixture_jwk(algorithm, index);
      const auto key = fixture_key(algorithm, index);
      ASSERT_TRUE(published && key) << kid_of(algorithm, index);
      EXPECT_EQ(published->dump(), key->public_jwk()->dump()) << kid_of(algorithm, index);
    }
    EXPECT_FALSE(public_fixture_jwk(algorithm, count_fixture_keys(algorithm)));
  }
}

TEST(KeyRingThreads, SignsWhileItIsRotated) {
  KeyRing ring;
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 100; ++i) {
        const auto jwt = ring.sign(claims(), "ES256", "JWT");
        ASSERT_TRUE(jwt);
        EXPECT_TRUE(verifies(ring.jwks(kNow), *jwt));
      }
    });
  }
  for (int i = 0; i < 20; ++i) { EXPECT_TRUE(ring.rotate(JwsAlgorithm::ES256, kNow)); }
  for (auto& thread : threads) thread.join();
}

TEST(AsJwksRotationOverlap, OldVerificationKeysStayForAWhile) {
  Engine engine;
  const auto before = text_at(engine.login(), "id_token");
  const auto old_set = engine.get("/jwks").body;

  const auto fresh = engine.realm().rotate_keys();

  ASSERT_TRUE(fresh);
  EXPECT_EQ(fresh->size(), 3u);
  const auto after = text_at(engine.login(), "id_token");
  EXPECT_NE(Jws::parse(before)->header.string_at("kid"), Jws::parse(after)->header.string_at("kid"));
  EXPECT_FALSE(verifies(old_set, after)) << "a client has to read the set again";
  EXPECT_TRUE(verifies(engine.get("/jwks").body, before));
  EXPECT_TRUE(verifies(engine.get("/jwks").body, after));
  engine.advance(23h);
  EXPECT_TRUE(verifies(engine.get("/jwks").body, before));
  engine.advance(2h);
  EXPECT_FALSE(verifies(engine.get("/jwks").body, before));
  EXPECT_TRUE(verifies(engine.get("/jwks").body, after));
}

TEST(AsJwksKeyIdsDistinct, AfterManyRotations) {
  Engine engine(plain_but({{"id_token.alg", "PS256"}}));
  ASSERT_TRUE(engine.realm().rotate_keys());
  ASSERT_TRUE(engine.realm().rotate_keys());
  const auto response = engine.get("/jwks");
  EXPECT_EQ(kids(response.body).size(), body_of(response).find("keys")->as_array()->size());
  EXPECT_EQ(kids(response.body).size(), 12u);
  EXPECT_EQ(response.header("Cache-Control"), "public, max-age=3600");
}

TEST(KeyRingSource, GivesTheKeysInsteadOfThePublishedOnes) {
  std::vector<std::pair<JwsAlgorithm, std::size_t>> asked;
  KeyRing ring(0, {}, [&](JwsAlgorithm algorithm, std::size_t rank) {
    asked.emplace_back(algorithm, rank);
    return mimir::codec::Key::generate(algorithm, "own-" + std::string(to_string(algorithm)) + std::to_string(rank));
  });
  EXPECT_TRUE(asked.empty()) << "nobody needed a key yet";

  EXPECT_EQ(kids(ring.jwks(kNow)), (std::set<std::string>{"own-RS2560", "own-ES2560", "own-EdDSA0"}));
  EXPECT_TRUE(verifies(ring.jwks(kNow), signed_by(ring, JwsAlgorithm::RS256)));
  EXPECT_EQ(ring.rotate(JwsAlgorithm::ES256, kNow), "own-ES2561");
  EXPECT_TRUE(verifies(ring.jwks(kNow), signed_by(ring, JwsAlgorithm::ES256)));
  EXPECT_EQ(asked.size(), 4u);
}

TEST(KeyRingSource, WhatIsNoSigningKeyIsNotTaken) {
  const auto secret = [](JwsAlgorithm, std::size_t) { return mimir::codec::Key::from_secret("no key pair", "x"); };
  KeyRing symmetric(0, {}, secret);
  EXPECT_EQ(symmetric.sign(claims(), "RS256", "JWT").error().code, "key.algorithm");

  const auto same_kid = [](JwsAlgorithm algorithm, std::size_t) {
    return mimir::codec::Key::generate(algorithm, "always-this");
  };
  KeyRing repeating(0, {}, same_kid);
  EXPECT_EQ(kids(repeating.jwks(kNow)).size(), 1u);
  EXPECT_EQ(repeating.rotate(JwsAlgorithm::RS256, kNow).error().code, "key.kid");

  const auto failing = [](JwsAlgorithm, std::size_t) -> mimir::codec::Result<mimir::codec::Key> {
    return mimir::codec::fail("random.unavailable", "no randomness");
  };
  KeyRing none(0, {}, failing);
  EXPECT_EQ(none.sign(claims(), "ES256", "JWT").error().code, "random.unavailable");
  EXPECT_TRUE(kids(none.jwks(kNow)).empty());
}

}  // namespace
}  // namespace mockoauth::server::testing
