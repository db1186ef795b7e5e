#include <mimir/codec/jws.hpp>

#include <array>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <mimir/codec/base64url.hpp>

#include "rfc_vectors.hpp"

namespace mimir::codec {
namespace {

using enum JwsAlgorithm;
using namespace std::string_literals;

constexpr std::array kAll{HS256, HS384, HS512, RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA};

Key key_of(std::string_view jwk) { return Key::from_jwk(Json::parse(jwk).value()).value(); }

/// A key that fits the algorithm.
Key key_for(JwsAlgorithm algorithm) {
  const std::string name(to_string(algorithm));
  if (name[0] == 'H') return key_of(vectors::kRfc7515A1Key);
  if (name[0] == 'R' || name[0] == 'P') return key_of(vectors::kRfc7515A2Key);
  return Key::generate(algorithm).value();
}

Json header_of(std::string_view algorithm) { return Json::object({{"alg", algorithm}}); }

std::string encoded(std::string_view header) { return base64url_encode(header); }

TEST(Jws, VerifiesWhatItSigned) {
  for (const JwsAlgorithm algorithm : kAll) {
    SCOPED_TRACE(to_string(algorithm));
    const Key key = key_for(algorithm);
    const std::string payload = "any bytes \0\xFF"s;

    const Jws jws = Jws::parse(jws_sign(header_of(to_string(algorithm)), payload, key).value()).value();

    EXPECT_EQ(jws.payload, payload);
    EXPECT_EQ(jws.header, header_of(to_string(algorithm)));
    EXPECT_TRUE(jws_verify(jws, key, kAll).has_value());
  }
}

TEST(Jws, CarriesAnEmptyPayload) {
  const Key key = key_for(HS256);
  const std::string compact = jws_sign(header_of("HS256"), "", key).value();

  EXPECT_NE(compact.find(".."), std::string::npos);
  EXPECT_TRUE(jws_verify(Jws::parse(compact).value(), key, kAll).has_value());
}

// RFC 7518 §3.4: each half has the curve's width, leading zeros included, so the length never varies.
TEST(Jws, WritesEcdsaSignaturesOfFixedLength) {
  const std::array<std::pair<JwsAlgorithm, std::size_t>, 3> widths{{{ES256, 64}, {ES384, 96}, {ES512, 132}}};
  for (const auto& [algorithm, width] : widths) {
    const Key key = key_for(algorithm);
    for (int i = 0; i < 64; ++i) {
      const Jws jws = Jws::parse(jws_sign(header_of(to_string(algorithm)), std::to_string(i), key).value()).value();
      ASSERT_EQ(jws.signature.size(), width);
      ASSERT_TRUE(jws_verify(jws, key, kAll).has_value());
    }
  }
}

TEST(Jws, RefusesSignaturesOfAnotherLength) {
  for (const JwsAlgorithm algorithm : {HS256, RS256, PS256, ES256, ES384, ES512, EdDSA}) {
    SCOPED_TRACE(to_string(algorithm));
    const Key key = key_for(algorithm);
    const Jws good = Jws::parse(jws_sign(header_of(to_string(algorithm)), "payload", key).value()).value();
    const std::size_t half = good.signature.size() / 2;
    for (const std::string& signature :
         {std::string(), good.signature.substr(1), good.signature.substr(0, good.signature.size() - 1),
             good.signature + '\0',
          '\0' + good.signature, good.signature.substr(0, half), good.signature + good.signature,
          std::string(good.signature.size(), '\0'), std::string(good.signature.size(), '\xFF'),
              std::string(100'000, 's')}) {
      Jws bad = good;
      bad.signature = signature;
      EXPECT_EQ(jws_verify(bad, key, kAll).error().code, "jws.signature") << signature.size();
    }
  }
}

// What OpenSSL writes by itself is DER; a verifier that took both forms would take two texts for one token.
TEST(Jws, RefusesEcdsaSignaturesInDer) {
  const Key key = key_for(ES256);
  Jws jws = Jws::parse(jws_sign(header_of("ES256"), "payload", key).value()).value();

  jws.signature = "\x30\x44\x02\x20" + jws.signature.substr(0, 32) + "\x02\x20" + jws.signature.substr(32);

  EXPECT_EQ(jws_verify(jws, key, kAll).error().code, "jws.signature");
}

TEST(Jws, RefusesAnotherKeyOfTheSameKind) {
  for (const JwsAlgorithm algorithm : {HS256, ES256, ES384, ES512, EdDSA}) {
    const Key signer = Key::generate(algorithm).value();
    const Jws jws = Jws::parse(jws_sign(header_of(to_string(algorithm)), "x", signer).value()).value();

    EXPECT_EQ(jws_verify(jws, Key::generate(algorithm).value(), kAll).error().code, "jws.signature")
        << to_string(algorithm);
  }
  const Jws jws = Jws::parse(vectors::kRfc7515A2Jws).value();
  EXPECT_EQ(jws_verify(jws, key_of(vectors::kRfc7638Key), kAll).error().code, "jws.signature");
}

// RFC 8725 §3.1: the header says what was used, never what is allowed.
TEST(Jws, RefusesAlgorithmsOutsideTheList) {
  const Key key = key_for(RS256);
  const Jws jws = Jws::parse(jws_sign(header_of("RS256"), "x", key).value()).value();

  EXPECT_EQ(jws_verify(jws, key, std::array{PS256, RS512}).error().code, "jws.algorithm_not_allowed");
  EXPECT_EQ(jws_verify(jws, key, {}).error().code, "jws.algorithm_not_allowed");
  EXPECT_TRUE(jws_verify(jws, key, std::array{PS256, RS256}).has_value());
}

TEST(Jws, RefusesAKeyThatDoesNotFitTheAlgorithm) {
  const std::vector<std::pair<JwsAlgorithm, std::string_view>> pairs{
      {HS256, vectors::kRfc7515A2Key}, {HS256, vectors::kRfc7515A3Key}, {RS256, vectors::kRfc7515A1Key},
      {ES256, vectors::kRfc7515A4Key}, {ES512, vectors::kRfc7515A3Key}, {EdDSA, vectors::kRfc7515A3Key},
      {ES256, vectors::kRfc8037Key},   {PS256, vectors::kRfc7638Key},
  };
  for (const auto& [algorithm, jwk] : pairs) {
    const Key key = key_of(jwk);
    const Jws jws = Jws::parse(encoded(header_of(to_string(algorithm)).dump()) + ".eA.eA").value();

    EXPECT_EQ(jws_verify(jws, key, kAll).error().code, "jws.key_mismatch") << to_string(algorithm);
    EXPECT_EQ(jws_sign(header_of(to_string(algorithm)), "x", key).error().code, "jws.key_mismatch")
        << to_string(algorithm);
  }
}

// RFC 7518 §3.2.
TEST(Jws, RefusesASharedSecretShorterThanTheDigest) {
  const Key key = Key::from_secret(std::string(31, 's')).value();

  EXPECT_EQ(jws_sign(header_of("HS256"), "x", key).error().code, "jws.key_mismatch");
  const Jws jws = Jws::parse(jws_sign_raw(R"({"alg":"HS256"})", "x", HS256, key).value()).value();
  EXPECT_EQ(jws_verify(jws, key, kAll).error().code, "jws.key_mismatch");
}

TEST(Jws, RefusesEveryCriticalExtension) {
  const Key key = key_for(HS256);
  for (const char* header : {R"({"alg":"HS256","crit":["exp"],"exp":1})",
      R"({"alg":"HS256","crit":["b64"],"b64":false})",
                             R"({"alg":"HS256","crit":[]})", R"({"alg":"HS256","crit":null})"}) {
    const Jws jws = Jws::parse(jws_sign_raw(header, "x", HS256, key).value()).value();
    EXPECT_EQ(jws_verify(jws, key, kAll).error().code, "jws.crit") << header;
  }
}

TEST(Jws, RefusesHeadersWithoutASupportedAlgorithm) {
  const Key key = key_for(HS256);
  for (const char* header : {R"({})", R"({"alg":null})", R"({"alg":256})", R"({"alg":["HS256"]})", R"({"alg":""})",
      R"({"alg":"none"})",
                             R"({"alg":"None"})", R"({"alg":"nOnE"})", R"({"alg":"hs256"})", R"({"alg":"HS256 "})",
                             R"({"alg":"HS256\u0000"})", R"({"ALG":"HS256"})", R"({"alg":"A128KW"})"}) {
    const Jws jws = Jws::parse(jws_sign_raw(header, "x", HS256, key).value()).value();
    EXPECT_EQ(jws_verify(jws, key, kAll).error().code, "jws.algorithm") << header;
    EXPECT_EQ(jws_sign(jws.header, "x", key).error().code, "jws.algorithm") << header;
  }
}

TEST(Jws, SignsOnlyWithAPrivateKey) {
  for (const std::string_view jwk : {vectors::kRfc7515A2Key, vectors::kRfc7515A3Key, vectors::kRfc8037Key}) {
    const Key public_key = Key::from_jwk(key_of(jwk).public_jwk().value()).value();
    const JwsAlgorithm algorithm = public_key.kty() == "RSA" ? RS256 : public_key.kty() == "EC" ? ES256 : EdDSA;

    EXPECT_EQ(jws_sign(header_of(to_string(algorithm)), "x", public_key).error().code, "jws.not_private");
  }
}

TEST(Jws, SignsRawHeadersAsTheyAre) {
  const Key key = key_for(ES256);
  const std::string header = "{\"alg\" : \"none\",\r\n\"x\":1}";

  const std::string compact = jws_sign_raw(header, "x", ES256, key).value();

  EXPECT_EQ(compact.substr(0, compact.find('.')), encoded(header));
  EXPECT_EQ(jws_sign_raw(header, "x", RS256, key).error().code, "jws.key_mismatch");
}

TEST(JwsParse, RefusesHostileTexts) {
  struct JwsRefusal {
    std::string text;
    std::string code;
    std::size_t offset = Error::kNoOffset;
  };
  const std::string h = encoded(R"({"alg":"HS256"})");  // Twenty characters.
  const std::vector<JwsRefusal> refusals{
      {"", "jws.parts"}, {"a", "jws.parts"}, {h, "jws.parts"}, {h + ".eA", "jws.parts"}, {"..", "jws.header"},
      {h + ".eA.eA.eA", "jws.parts", h.size() + 6}, {h + ".eA.eA.", "jws.parts", h.size() + 6},
      {h + ".eA.eA.eA.eA", "jws.parts", h.size() + 6},  // A JWE has five parts.
      {std::string(60'000, '.'), "jws.parts", 2}, {std::string(100'000, '.'), "jws.too_large"},
      {std::string(64 * 1024 + 1, 'A'), "jws.too_large"},
      {h + "=.eA.eA", "jws.header", h.size()}, {h + ".eA==.eA", "jws.payload", h.size() + 3},
      {h + ".eA.eA==", "jws.signature_encoding", h.size() + 6},
      {h + ".e A.eA", "jws.payload", h.size() + 2}, {h + ".eA.eA\n", "jws.signature_encoding", h.size() + 6},
      {" " + h + ".eA.eA", "jws.header", 0}, {h + ".+/.eA", "jws.payload", h.size() + 1},
      {h + ".eB.eA", "jws.payload"}, {h + ".e.eA", "jws.payload"}, {h + ".eA.e\0A"s, "jws.signature_encoding"},
      {"Bearer " + h + ".eA.eA", "jws.header", 6},
      {encoded("") + ".eA.eA", "jws.header"}, {encoded("x") + ".eA.eA", "jws.header"},
      {encoded("[]") + ".eA.eA", "jws.header"},
      {encoded("\"alg\"") + ".eA.eA", "jws.header"}, {encoded("null") + ".eA.eA", "jws.header"},
      {encoded(R"({"alg":"HS256","alg":"none"})") + ".eA.eA", "jws.header"},
      {encoded(R"({"alg":"HS256","\u0061lg":"none"})") + ".eA.eA", "jws.header"},
      {encoded(R"({"alg":"HS256"}{})") + ".eA.eA", "jws.header"},
      {encoded("{\"alg\":\"HS256\"}\0"s) + ".eA.eA", "jws.header"},
      {encoded("\xEF\xBB\xBF{}") + ".eA.eA", "jws.header"}, {encoded("{\"alg\":\"\xFF\"}") + ".eA.eA", "jws.header"},
      {encoded("{\"a\":" + std::string(1000, '[') + "}") + ".eA.eA", "jws.header"},
  };
  for (const JwsRefusal& refusal : refusals) {
    SCOPED_TRACE(refusal.text.substr(0, 60));
    const auto jws = Jws::parse(refusal.text);
    ASSERT_FALSE(jws.has_value());
    EXPECT_EQ(jws.error().code, refusal.code) << jws.error().message;
    if (refusal.offset != Error::kNoOffset) {
      EXPECT_EQ(jws.error().offset, refusal.offset);
    }
  }
}

TEST(JwsParse, StopsAtTheThirdDotHoweverManyFollow) {
  EXPECT_EQ(Jws::parse(std::string(100'000, '.'), 100'000).error().offset, 2U);
}

TEST(JwsParse, KeepsTheSigningInputAsReceived) {
  // Another spelling of the same header, which writing it anew would lose.
  const std::string header = encoded("{ \"alg\":\"HS256\" }");

  EXPECT_EQ(Jws::parse(header + ".eA.eA").value().signing_input, header + ".eA");
}

TEST(JwsParse, TakesWhatIsJustWithinTheLimit) {
  const std::string text = encoded("{}") + ".eA.eA";

  EXPECT_TRUE(Jws::parse(text, text.size()).has_value());
  EXPECT_EQ(Jws::parse(text, text.size() - 1).error().code, "jws.too_large");
}

TEST(Jws, SignsAndVerifiesWithOneKeyInManyThreads) {
  const Key key = key_for(ES256);
  std::vector<std::thread> threads;
  std::array<int, 4> verified{};
  for (int& count : verified) {
    threads.emplace_back([key, &count] {
      for (int i = 0; i < 25; ++i) {
        const auto compact = jws_sign(header_of("ES256"), std::to_string(i), key);
        count += compact && jws_verify(Jws::parse(*compact).value(), key, kAll).has_value() ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();

  EXPECT_EQ(verified, (std::array<int, 4>{25, 25, 25, 25}));
}

}  // namespace
}  // namespace mimir::codec
