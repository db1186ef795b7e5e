#include "internal/aead.hpp"

#include <gtest/gtest.h>

#include <mimir/codec/digest.hpp>

namespace mimir::oauth::internal {
namespace {

std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

// RFC 5869 appendix A.1; its output is longer than one key, whose bytes it begins with.
TEST(Aead, DerivesTheKeyOfRfc5869) {
  const auto key = derive_key(from_hex("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"), from_hex("000102030405060708090a0b0c"),
                              from_hex("f0f1f2f3f4f5f6f7f8f9"));

  ASSERT_TRUE(key);
  EXPECT_EQ(codec::hex_encode(key->expose()), "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf");
}

// Test case 16 of "The Galois/Counter Mode of Operation" (McGrew, Viega), the submission behind NIST SP 800-38D.
TEST(Aead, SealsAsTheReferenceDoes) {
  const codec::Secret key(from_hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"));
  const auto nonce = from_hex("cafebabefacedbaddecaf888");
  const auto associated = from_hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
  const auto plain = from_hex(
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba"
      "637b39");

  const auto sealed = aead_seal(key, nonce, associated, plain);

  ASSERT_TRUE(sealed);
  EXPECT_EQ(codec::hex_encode(*sealed),
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abc"
            "c9f66276fc6ece0f4e1768cddf8853bb2d551b");
  EXPECT_EQ(aead_open(key, nonce, associated, *sealed)->expose(), plain);
  EXPECT_FALSE(aead_open(key, nonce, "other", *sealed));
  EXPECT_FALSE(aead_open(key, nonce, associated, sealed->substr(1)));
}

TEST(Aead, AnEmptyTextIsStillAuthenticated) {
  const codec::Secret key(std::string(32, 'k'));
  const std::string nonce(12, 'n');
  auto sealed = aead_seal(key, nonce, "", "");

  ASSERT_TRUE(sealed);
  EXPECT_EQ(aead_open(key, nonce, "", *sealed)->expose(), "");
  sealed->back() = static_cast<char>(sealed->back() ^ 1);
  EXPECT_FALSE(aead_open(key, nonce, "", *sealed));
}

TEST(Aead, RefusesKeysAndNoncesOfAnotherSize) {
  const codec::Secret key(std::string(32, 'k'));

  EXPECT_FALSE(aead_seal(codec::Secret("short"), std::string(12, 'n'), "", "text"));
  EXPECT_FALSE(aead_seal(key, "short", "", "text"));
  EXPECT_FALSE(aead_open(key, std::string(12, 'n'), "", "shorter"));
}

}  // namespace
}  // namespace mimir::oauth::internal
