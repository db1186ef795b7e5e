#include <mimir/codec/pkce.hpp>

#include <algorithm>
#include <array>
#include <string>

#include <gtest/gtest.h>

#include <mimir/codec/testing/mock_random.hpp>

#include "failing_random.hpp"

namespace mimir::codec {
namespace {

// RFC 7636 appendix B.
constexpr std::array<std::uint8_t, 32> kOctets{116, 24, 223, 180, 151, 153, 224, 37,  79,  250, 96,
                                               125, 216, 173, 187, 186, 22,  212, 37,  77,  105, 214,
                                               191, 240, 91,  88,  5,   88,  83,  132, 141, 121};
constexpr std::string_view kVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
constexpr std::string_view kVerifierCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
constexpr std::string_view kChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

TEST(Pkce, KeepsTheChallengeOfRfc7636AppendixB) { EXPECT_EQ(pkce_s256_challenge(kVerifier), kChallenge); }

TEST(Pkce, MakesTheVerifierOfRfc7636AppendixBFromItsOctets) {
  testing::MockRandom random;
  EXPECT_CALL(random, fill).WillOnce([](std::span<std::uint8_t> out) -> Result<> {
    // 43 characters carry two bits more than 32 octets; they are zero in the RFC's text.
    std::fill(std::copy(kOctets.begin(), kOctets.end(), out.begin()), out.end(), std::uint8_t{0});
    return {};
  });

  const PkcePair pair = make_pkce_pair(random, 43).value();

  EXPECT_EQ(pair.verifier.expose(), kVerifier);
  EXPECT_EQ(pair.challenge, kChallenge);
}

TEST(Pkce, MakesVerifiersOfEveryAllowedLength) {
  SeededRandom random(1);
  for (std::size_t length = 43; length <= 128; ++length) {
    const PkcePair pair = make_pkce_pair(random, length).value();
    EXPECT_EQ(pair.verifier.size(), length);
    // RFC 7636 §4.1: unreserved characters only.
    EXPECT_EQ(pair.verifier.expose().find_first_not_of(kVerifierCharacters), std::string_view::npos);
    EXPECT_EQ(pair.challenge, pkce_s256_challenge(pair.verifier.expose()));
    EXPECT_EQ(pair.challenge.size(), 43U);
  }
}

TEST(Pkce, NeverMakesTheSamePairTwice) {
  SystemRandom random;

  EXPECT_FALSE(make_pkce_pair(random).value().verifier.equals(make_pkce_pair(random).value().verifier));
}

TEST(Pkce, RefusesLengthsOutsideTheRange) {
  testing::MockRandom random;
  EXPECT_CALL(random, fill).Times(0);

  for (const std::size_t length : {std::size_t{0}, std::size_t{42}, std::size_t{129}, static_cast<std::size_t>(-1)}) {
    const auto pair = make_pkce_pair(random, length);
    ASSERT_FALSE(pair.has_value());
    EXPECT_EQ(pair.error().code, "pkce.length");
  }
}

// RFC 7636 §7.1: without entropy there is no verifier.
TEST(Pkce, StopsWithoutEntropy) {
  testing::FailingRandom random;

  const auto pair = make_pkce_pair(random);

  ASSERT_FALSE(pair.has_value());
  EXPECT_EQ(pair.error().code, "random.unavailable");
}

}  // namespace
}  // namespace mimir::codec
