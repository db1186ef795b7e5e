// Keys made here and sets of keys; reading single keys is in jwk_test.cpp.
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <mimir/codec/jwk.hpp>

#include "rfc_vectors.hpp"

namespace mimir::codec {
namespace {

Json key_json(std::string_view text) { return Json::parse(text).value(); }

TEST(Key, GeneratesOneForEveryAlgorithm) {
  using enum JwsAlgorithm;
  for (const JwsAlgorithm algorithm : {HS256, HS384, HS512, RS256, ES256, ES384, ES512, EdDSA}) {
    SCOPED_TRACE(to_string(algorithm));
    const Key key = Key::generate(algorithm, "new").value();
    EXPECT_TRUE(key.is_private());
    EXPECT_TRUE(key.fits(algorithm));
    EXPECT_EQ(key.kid(), "new");
    EXPECT_EQ(key.algorithm(), algorithm);
    EXPECT_NE(key.thumbprint().value(), Key::generate(algorithm).value().thumbprint().value());
  }
}

TEST(Key, NeverShowsASymmetricKey) {
  const Key key = Key::from_secret(std::string(64, 's'), "shared").value();

  EXPECT_EQ(key.public_jwk().error().code, "jwk.symmetric");
  EXPECT_EQ((KeySet{{key}, 0}.public_jwks()), Json::object({{"keys", Json::array()}}));
  EXPECT_EQ(Key::from_secret("").error().code, "jwk.weak");
}

TEST(Key, ServesManyThreadsAtOnce) {
  const Key key = Key::from_jwk(key_json(vectors::kRfc7515A3Key)).value();
  const std::string expected = key.thumbprint().value();
  std::vector<std::thread> threads;
  std::vector<std::string> results(4);
  for (std::string& result : results) {
    threads.emplace_back([key, &result] {
      for (int i = 0; i < 50; ++i) result = key.thumbprint().value();
    });
  }
  for (std::thread& thread : threads) thread.join();

  for (const std::string& result : results) EXPECT_EQ(result, expected);
}

// RFC 7517 §5: what is not understood is left out, not fatal.
TEST(KeySet, LeavesOutWhatItCannotRead) {
  const Json jwks = Json::object({{"keys", Json::array({key_json(vectors::kRfc7638Key), Json::object({{"kty", "new"}}),
                                                        Json("x"), key_json(vectors::kRfc8037Key)})},
                                  {"extra", true}});

  const KeySet set = KeySet::from_jwks(jwks).value();

  EXPECT_EQ(set.keys.size(), 2U);
  EXPECT_EQ(set.ignored, 2U);
  ASSERT_NE(set.find("2011-04-29"), nullptr);
  EXPECT_EQ(set.find("2011-04-29")->kty(), "RSA");
  EXPECT_EQ(set.find("unknown"), nullptr);
}

TEST(KeySet, PublishesNothingPrivate) {
  const Json keys = Json::array({key_json(vectors::kRfc7520RsaKey), key_json(vectors::kRfc7520EcKey),
                                 key_json(vectors::kRfc7520OctetKey), key_json(vectors::kRfc8037Key)});
  const KeySet set = KeySet::from_jwks(Json::object({{"keys", keys}})).value();
  ASSERT_EQ(set.keys.size(), 4U);

  const Json published = set.public_jwks();

  EXPECT_EQ(published.find("keys")->as_array()->size(), 3U);
  for (const char* name : {"\"d\"", "\"p\"", "\"q\"", "\"dp\"", "\"dq\"", "\"qi\"", "\"k\""}) {
    EXPECT_EQ(published.dump().find(name), std::string::npos) << name;
  }
}

TEST(KeySet, RefusesWhatIsNoSet) {
  for (const char* text : {"[]", "{}", "null", "{\"keys\":{}}", "{\"keys\":null}", "{\"Keys\":[]}"}) {
    EXPECT_EQ(KeySet::from_jwks(key_json(text)).error().code, "jwks.keys") << text;
  }
  EXPECT_TRUE(KeySet::from_jwks(key_json("{\"keys\":[]}")).has_value());
}

}  // namespace
}  // namespace mimir::codec
