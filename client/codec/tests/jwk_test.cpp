#include <mimir/codec/jwk.hpp>

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <mimir/codec/base64url.hpp>

#include "rfc_vectors.hpp"

namespace mimir::codec {
namespace {

Json json_of(std::string_view text) { return Json::parse(text).value(); }

using Changes = std::initializer_list<Json::Member>;

/// A copy of `jwk` with some members replaced; null takes one away.
Json with(std::string_view jwk, Changes changes) {
  Json changed = json_of(jwk);
  for (const auto& [name, value] : changes) {
    if (value.is_null()) {
      changed.erase(name);
    } else {
      changed.set(name, value);
    }
  }
  return changed;
}

/// The member's bytes with the last one changed.
std::string altered(std::string_view jwk, std::string_view name) {
  std::string bytes = base64url_decode(json_of(jwk).string_at(name).value()).value();
  bytes.back() = static_cast<char>(bytes.back() ^ 2);
  return base64url_encode(bytes);
}

std::string encoded(std::size_t length, char byte) { return base64url_encode(std::string(length, byte)); }

TEST(JwsAlgorithmName, IsKnownInBothDirections) {
  for (const char* name : {"HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256",
                           "ES384", "ES512", "EdDSA"}) {
    const auto algorithm = parse_jws_algorithm(name);
    ASSERT_TRUE(algorithm.has_value()) << name;
    EXPECT_EQ(to_string(*algorithm), name);
  }
  for (const char* name : {"none", "None", "NONE", "", "rs256", "RS256 ", "HS1", "ES256K", "RSA-OAEP", "A128KW",
                           "dir"}) {
    EXPECT_FALSE(parse_jws_algorithm(name).has_value()) << name;
  }
}

TEST(Jwk, SaysWhatItIs) {
  const Key key = Key::from_jwk(json_of(vectors::kRfc7638Key)).value();

  EXPECT_EQ(key.kty(), "RSA");
  EXPECT_EQ(key.kid(), "2011-04-29");
  EXPECT_EQ(key.use(), "");
  EXPECT_EQ(key.algorithm(), JwsAlgorithm::RS256);
  EXPECT_FALSE(key.is_private());
}

TEST(Jwk, FitsItsTypeAndCurveOnly) {
  using enum JwsAlgorithm;
  const std::vector<JwsAlgorithm> all{HS256, HS384, HS512, RS256, RS384, RS512, PS256,
                                      PS384, PS512, ES256, ES384, ES512, EdDSA};
  const auto fitting = [&all](const Json& jwk) {
    std::vector<JwsAlgorithm> result;
    const Key key = Key::from_jwk(jwk).value();
    for (const JwsAlgorithm algorithm : all) {
      if (key.fits(algorithm)) result.push_back(algorithm);
    }
    return result;
  };
  using List = std::vector<JwsAlgorithm>;

  EXPECT_EQ(fitting(json_of(vectors::kRfc7515A2Key)), (List{RS256, RS384, RS512, PS256, PS384, PS512}));
  EXPECT_EQ(fitting(json_of(vectors::kRfc7515A3Key)), (List{ES256}));
  EXPECT_EQ(fitting(json_of(vectors::kRfc7515A4Key)), (List{ES512}));
  EXPECT_EQ(fitting(json_of(vectors::kRfc8037Key)), (List{EdDSA}));
  EXPECT_EQ(fitting(json_of(vectors::kRfc7515A1Key)), (List{HS256, HS384, HS512}));
  EXPECT_EQ(fitting(json_of(vectors::kRfc7638Key)), (List{RS256}));  // States RS256.
  // RFC 7518 §3.2: not shorter than the digest.
  EXPECT_EQ(fitting(with(vectors::kRfc7515A1Key, {{"k", encoded(32, 'k')}})), (List{HS256}));
  EXPECT_EQ(fitting(with(vectors::kRfc7515A1Key, {{"k", encoded(48, 'k')}})), (List{HS256, HS384}));
  // RFC 7517 §4.2, §4.3.
  EXPECT_EQ(fitting(with(vectors::kRfc7515A3Key, {{"use", "enc"}})), List{});
  EXPECT_EQ(fitting(with(vectors::kRfc7515A3Key, {{"key_ops", Json::array({"deriveKey"})}})), List{});
  EXPECT_EQ(fitting(with(vectors::kRfc7515A3Key, {{"key_ops", Json::array({"verify", "x"})}, {"use", "sig"}})),
      (List{ES256}));
}

struct KeyRefusal {
  std::string name;
  Json jwk;
  std::string code;
};

void expect_key_refusals(const std::vector<KeyRefusal>& refusals) {
  for (const KeyRefusal& refusal : refusals) {
    SCOPED_TRACE(refusal.name);
    const auto key = Key::from_jwk(refusal.jwk);
    ASSERT_FALSE(key.has_value());
    EXPECT_EQ(key.error().code, refusal.code) << key.error().message;
    EXPECT_FALSE(key.error().message.empty());
  }
}

TEST(Jwk, RefusesWhatIsNoKey) {
  expect_key_refusals({
      {"array", Json::array(), "jwk.type"},
      {"string", Json("RSA"), "jwk.type"},
      {"null", Json(), "jwk.type"},
      {"empty", Json::object(), "jwk.missing"},
      {"kty is a number", Json::object({{"kty", 1}}), "jwk.type"},
      {"kty is unknown", Json::object({{"kty", "rsa"}}), "jwk.unsupported"},
      {"kty is empty", Json::object({{"kty", ""}}), "jwk.missing"},
      {"kid is a number", with(vectors::kRfc7638Key, {{"kid", 7}}), "jwk.type"},
      {"use is an array", with(vectors::kRfc7638Key, {{"use", Json::array()}}), "jwk.type"},
      {"key_ops is a string", with(vectors::kRfc7638Key, {{"key_ops", "verify"}}), "jwk.type"},
      {"alg is a number", with(vectors::kRfc7638Key, {{"alg", 256}}), "jwk.type"},
      {"alg is none", with(vectors::kRfc7638Key, {{"alg", "none"}}), "jwk.unsupported"},
      {"alg encrypts", with(vectors::kRfc7638Key, {{"alg", "RSA-OAEP"}}), "jwk.unsupported"},
      {"alg is for another type", with(vectors::kRfc7638Key, {{"alg", "ES256"}}), "jwk.algorithm"},
      {"alg is HMAC on RSA", with(vectors::kRfc7638Key, {{"alg", "HS256"}}), "jwk.algorithm"},
      {"alg is for another curve", with(vectors::kRfc7515A3Key, {{"alg", "ES512"}}), "jwk.algorithm"},
  });
}

TEST(Jwk, RefusesBadRsaKeys) {
  const auto changed = [](Changes changes) { return with(vectors::kRfc7515A2Key, changes); };
  const auto public_key = [](Changes changes) { return with(vectors::kRfc7638Key, changes); };
  const std::string even = altered(vectors::kRfc7638Key, "n");
  std::string even_bytes = base64url_decode(even).value();
  even_bytes.back() = static_cast<char>(even_bytes.back() & 0xFE);
  const Json other = json_of(vectors::kRfc7520RsaKey);
  expect_key_refusals({
      {"no n", public_key({{"n", {}}}), "jwk.missing"},
      {"no e", public_key({{"e", {}}}), "jwk.missing"},
      {"n is a number", public_key({{"n", 65537}}), "jwk.type"},
      {"e is a number", public_key({{"e", 65537}}), "jwk.type"},
      {"n is empty", public_key({{"n", ""}}), "jwk.length"},
      {"e is empty", public_key({{"e", ""}}), "jwk.length"},
      {"n is padded", public_key({{"n", "AQAB="}}), "jwk.encoding"},
      {"n is base64", public_key({{"n", "+/+/"}}), "jwk.encoding"},
      {"n is even", public_key({{"n", base64url_encode(even_bytes)}}), "jwk.rsa"},
      {"n is zero", public_key({{"n", encoded(256, '\0')}}), "jwk.weak"},
      {"1024 bits", public_key({{"n", encoded(128, '\xFF')}}), "jwk.weak"},
      {"2047 bits", public_key({{"n", encoded(256, '\x7F')}}), "jwk.weak"},
      {"2048 bits, most of them zero",
          public_key({{"n", base64url_encode(std::string(128, '\0') + std::string(128, '\xFF'))}}), "jwk.weak"},
      {"16384 bits", public_key({{"n", encoded(2048, '\xFF')}}), "jwk.too_large"},
      {"n is huge", public_key({{"n", encoded(100'000, '\xFF')}}), "jwk.too_large"},
      {"e is one", public_key({{"e", "AQ"}}), "jwk.rsa"},
      {"e is even", public_key({{"e", "Ag"}}), "jwk.rsa"},
      {"e is zero", public_key({{"e", "AA"}}), "jwk.rsa"},
      {"e is as long as n", public_key({{"e", encoded(256, '\xFF')}}), "jwk.rsa"},
      {"d of another key", changed({{"d", *other.find("d")}}), "jwk.mismatch"},
      {"d altered", changed({{"d", altered(vectors::kRfc7515A2Key, "d")}}), "jwk.mismatch"},
      {"p altered", changed({{"p", altered(vectors::kRfc7515A2Key, "p")}}), "jwk.mismatch"},
      {"dp altered", changed({{"dp", altered(vectors::kRfc7515A2Key, "dp")}}), "jwk.mismatch"},
      {"dq altered", changed({{"dq", altered(vectors::kRfc7515A2Key, "dq")}}), "jwk.mismatch"},
      {"qi altered", changed({{"qi", altered(vectors::kRfc7515A2Key, "qi")}}), "jwk.mismatch"},
      {"p is one and q is n", changed({{"p", "AQ"}, {"q", *json_of(vectors::kRfc7515A2Key).find("n")}}),
          "jwk.mismatch"},
      {"p is zero", changed({{"p", "AA"}}), "jwk.mismatch"},
      {"n of another key", changed({{"n", *other.find("n")}}), "jwk.mismatch"},
      {"primes without d", changed({{"d", {}}}), "jwk.missing"},
      {"qi missing", changed({{"qi", {}}}), "jwk.missing"},
      {"three primes", changed({{"oth", Json::array()}}), "jwk.unsupported"},
      {"only d, altered",
       with(vectors::kRfc7515A2Key,
            {{"p", {}}, {"q", {}}, {"dp", {}}, {"dq", {}}, {"qi", {}}, {"d", altered(vectors::kRfc7515A2Key, "d")}}),
       "jwk.mismatch"},
  });
}

// RFC 7518 §6.3.2: the primes may be left out.
TEST(Jwk, TakesAnRsaKeyWithoutPrimes) {
  const Json jwk = with(vectors::kRfc7515A2Key, {{"p", {}}, {"q", {}}, {"dp", {}}, {"dq", {}}, {"qi", {}}});

  EXPECT_TRUE(Key::from_jwk(jwk).value().is_private());
}

TEST(Jwk, RefusesBadEllipticKeys) {
  const auto changed = [](Changes changes) { return with(vectors::kRfc7515A3Key, changes); };
  const Json p521 = json_of(vectors::kRfc7515A4Key);
  const std::string x = base64url_decode(json_of(vectors::kRfc7515A3Key).string_at("x").value()).value();
  expect_key_refusals({
      {"no crv", changed({{"crv", {}}}), "jwk.unsupported"},
      {"crv is a number", changed({{"crv", 256}}), "jwk.type"},
      {"crv is secp256k1", changed({{"crv", "secp256k1"}}), "jwk.unsupported"},
      {"crv in OpenSSL's spelling", changed({{"crv", "prime256v1"}}), "jwk.unsupported"},
      {"crv of another curve", changed({{"crv", "P-384"}}), "jwk.length"},
      {"no x", changed({{"x", {}}}), "jwk.missing"},
      {"no y", changed({{"y", {}}}), "jwk.missing"},
      {"y is true", changed({{"y", true}}), "jwk.type"},
      {"x a byte short", changed({{"x", base64url_encode(x.substr(1))}}), "jwk.length"},
      {"x a zero longer", changed({{"x", base64url_encode(std::string(1, '\0') + x)}}), "jwk.length"},
      {"x of P-521", changed({{"x", *p521.find("x")}}), "jwk.length"},
      {"y off the curve", changed({{"y", altered(vectors::kRfc7515A3Key, "y")}, {"d", {}}}), "jwk.key"},
      {"y off the curve, private", changed({{"y", altered(vectors::kRfc7515A3Key, "y")}}), "jwk.key"},
      {"the point (0, 0)", changed({{"x", encoded(32, '\0')}, {"y", encoded(32, '\0')}, {"d", {}}}), "jwk.key"},
      {"x beyond the field", changed({{"x", encoded(32, '\xFF')}, {"d", {}}}), "jwk.key"},
      {"d altered", changed({{"d", altered(vectors::kRfc7515A3Key, "d")}}), "jwk.mismatch"},
      {"d a byte short", changed({{"d", encoded(31, 'd')}}), "jwk.length"},
      {"d is an object", changed({{"d", Json::object()}}), "jwk.type"},
  });
  for (const char byte : {'\0', '\xFF'}) {
    // Zero and beyond the order: refused when read or when compared, depending on OpenSSL.
    EXPECT_FALSE(Key::from_jwk(changed({{"d", encoded(32, byte)}})).has_value());
  }
}

TEST(Jwk, RefusesBadEdwardsAndSymmetricKeys) {
  const auto changed = [](Changes changes) { return with(vectors::kRfc8037Key, changes); };
  expect_key_refusals({
      {"no crv", changed({{"crv", {}}}), "jwk.unsupported"},
      {"X25519", changed({{"crv", "X25519"}}), "jwk.unsupported"},
      {"Ed448", changed({{"crv", "Ed448"}}), "jwk.unsupported"},
      {"no x", changed({{"x", {}}}), "jwk.missing"},
      {"x too short", changed({{"x", encoded(31, 'x')}, {"d", {}}}), "jwk.length"},
      {"x too long", changed({{"x", encoded(33, 'x')}, {"d", {}}}), "jwk.length"},
      {"d too long", changed({{"d", encoded(64, 'd')}}), "jwk.length"},
      {"d altered", changed({{"d", altered(vectors::kRfc8037Key, "d")}}), "jwk.mismatch"},
      {"x altered", changed({{"x", altered(vectors::kRfc8037Key, "x")}}), "jwk.mismatch"},
      {"no k", Json::object({{"kty", "oct"}}), "jwk.missing"},
      {"k is a number", Json::object({{"kty", "oct"}, {"k", 1}}), "jwk.type"},
      {"k is empty", Json::object({{"kty", "oct"}, {"k", ""}}), "jwk.length"},
      {"k has 248 bits", Json::object({{"kty", "oct"}, {"k", encoded(31, 'k')}}), "jwk.weak"},
      {"k is padded", Json::object({{"kty", "oct"}, {"k", encoded(32, 'k') + "="}}), "jwk.encoding"},
  });
}

TEST(Jwk, NeverPutsKeyMaterialIntoErrors) {
  for (const char* name : {"d", "p", "q", "dp", "dq", "qi"}) {
    const std::string bad = altered(vectors::kRfc7515A2Key, name);
    const auto key = Key::from_jwk(with(vectors::kRfc7515A2Key, {{name, bad}}));
    ASSERT_FALSE(key.has_value());
    EXPECT_EQ(key.error().message.find(bad.substr(0, 8)), std::string::npos);
  }
}

}  // namespace
}  // namespace mimir::codec
