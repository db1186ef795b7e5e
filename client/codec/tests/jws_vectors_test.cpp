// What the RFCs print, this code must read, verify and, where the algorithm is deterministic, write.
#include <array>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <mimir/codec/base64url.hpp>
#include <mimir/codec/jws.hpp>

#include "rfc_vectors.hpp"

namespace mimir::codec {
namespace {

Key vector_key(std::string_view jwk) { return Key::from_jwk(Json::parse(jwk).value()).value(); }

struct Vector {
  std::string_view name;
  std::string_view key;
  std::string_view jws;
  JwsAlgorithm algorithm;
  bool is_deterministic;
};

constexpr std::array kVectors{
    Vector{"RFC 7515 A.1", vectors::kRfc7515A1Key, vectors::kRfc7515A1Jws, JwsAlgorithm::HS256, true},
    Vector{"RFC 7515 A.2", vectors::kRfc7515A2Key, vectors::kRfc7515A2Jws, JwsAlgorithm::RS256, true},
    Vector{"RFC 7515 A.3", vectors::kRfc7515A3Key, vectors::kRfc7515A3Jws, JwsAlgorithm::ES256, false},
    Vector{"RFC 7515 A.4", vectors::kRfc7515A4Key, vectors::kRfc7515A4Jws, JwsAlgorithm::ES512, false},
    Vector{"RFC 7520 4.1", vectors::kRfc7520RsaKey, vectors::kRfc7520Section41Jws, JwsAlgorithm::RS256, true},
    Vector{"RFC 7520 4.2", vectors::kRfc7520RsaKey, vectors::kRfc7520Section42Jws, JwsAlgorithm::PS384, false},
    Vector{"RFC 7520 4.3", vectors::kRfc7520EcKey, vectors::kRfc7520Section43Jws, JwsAlgorithm::ES512, false},
    Vector{"RFC 7520 4.4", vectors::kRfc7520OctetKey, vectors::kRfc7520Section44Jws, JwsAlgorithm::HS256, true},
    Vector{"RFC 8037 A.4", vectors::kRfc8037Key, vectors::kRfc8037Jws, JwsAlgorithm::EdDSA, true},
};

TEST(JwsVectors, VerifyWithTheirKeys) {
  for (const Vector& vector : kVectors) {
    SCOPED_TRACE(vector.name);
    const Jws jws = Jws::parse(vector.jws).value();
    const Key key = vector_key(vector.key);
    const std::array allowed{vector.algorithm};

    EXPECT_TRUE(key.is_private());
    EXPECT_TRUE(jws_verify(jws, key, allowed).has_value());
    if (const auto jwk = key.public_jwk()) {
      const Key public_key = Key::from_jwk(*jwk).value();
      EXPECT_FALSE(public_key.is_private());
      EXPECT_TRUE(jws_verify(jws, public_key, allowed).has_value());
    }
  }
}

TEST(JwsVectors, AreWhatDeterministicAlgorithmsWrite) {
  for (const Vector& vector : kVectors) {
    if (!vector.is_deterministic) continue;
    SCOPED_TRACE(vector.name);
    const std::string header = base64url_decode(vector.jws.substr(0, vector.jws.find('.'))).value();

    const auto written = jws_sign_raw(header, Jws::parse(vector.jws).value().payload, vector.algorithm,
        vector_key(vector.key));

    EXPECT_EQ(written.value(), vector.jws);
  }
}

TEST(JwsVectors, FailAfterAnyChangeOfABit) {
  for (const Vector& vector : kVectors) {
    SCOPED_TRACE(vector.name);
    const Jws good = Jws::parse(vector.jws).value();
    const Key key = vector_key(vector.key);
    const std::array allowed{vector.algorithm};

    for (const std::size_t position : {std::size_t{0}, good.signature.size() / 2, good.signature.size() - 1}) {
      Jws bad = good;
      bad.signature[position] = static_cast<char>(bad.signature[position] ^ 1);
      EXPECT_EQ(jws_verify(bad, key, allowed).error().code, "jws.signature") << position;
    }
    Jws bad = good;
    bad.signing_input.back() = static_cast<char>(bad.signing_input.back() ^ 1);
    EXPECT_EQ(jws_verify(bad, key, allowed).error().code, "jws.signature");
  }
}

// RFC 7515 A.5 is refused whatever is allowed: `none` cannot even be named.
TEST(JwsVectors, LeaveTheUnsecuredOneUnverified) {
  const Jws jws = Jws::parse(vectors::kRfc7515A5Jws).value();
  const std::array all{JwsAlgorithm::HS256, JwsAlgorithm::RS256, JwsAlgorithm::ES256, JwsAlgorithm::EdDSA};

  EXPECT_TRUE(jws.signature.empty());
  for (const std::string_view key : {vectors::kRfc7515A1Key, vectors::kRfc7515A2Key, vectors::kRfc8037Key}) {
    EXPECT_EQ(jws_verify(jws, vector_key(key), all).error().code, "jws.algorithm");
  }
}

TEST(JwkThumbprint, KeepsTheExampleOfRfc7638) {
  EXPECT_EQ(vector_key(vectors::kRfc7638Key).thumbprint().value(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
}

TEST(JwkThumbprint, KeepsTheExampleOfRfc8037) {
  EXPECT_EQ(vector_key(vectors::kRfc8037Key).thumbprint().value(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

// RFC 7638 §3.2.1: the private part takes no part in it.
TEST(JwkThumbprint, IsThatOfThePublicKey) {
  for (const Vector& vector : kVectors) {
    const Key key = vector_key(vector.key);
    if (const auto jwk = key.public_jwk()) {
      EXPECT_EQ(Key::from_jwk(*jwk).value().thumbprint().value(), key.thumbprint().value());
    }
  }
}

TEST(Jwk, WritesThePublicMembersItRead) {
  for (const Vector& vector : kVectors) {
    const Json jwk = Json::parse(vector.key).value();
    const auto written = vector_key(vector.key).public_jwk();
    if (!written) continue;
    SCOPED_TRACE(vector.name);
    for (const auto& [name, value] : *written->as_object()) {
      ASSERT_NE(jwk.find(name), nullptr) << name;
      EXPECT_EQ(value, *jwk.find(name)) << name;
    }
    for (const char* name : {"d", "p", "q", "dp", "dq", "qi", "k"}) EXPECT_EQ(written->find(name), nullptr) << name;
  }
}

}  // namespace
}  // namespace mimir::codec
