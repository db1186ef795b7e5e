// A second opinion: what we sign the `openssl` command verifies, what it signs we verify. The conversion between JOSE's
// signatures and DER is written once more here, so that a mistake in ours cannot cancel out.
#include <array>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <mimir/codec/base64url.hpp>
#include <mimir/codec/digest.hpp>
#include <mimir/codec/jws.hpp>

#include "openssl_command.hpp"

namespace mimir::codec {
namespace {

using testing::run_openssl;
using testing::TemporaryFolder;

/// One number of an ECDSA-Sig-Value: no leading zeros, but one where the first bit would make it negative.
std::string der_integer(std::string_view bytes) {
  while (bytes.size() > 1 && bytes[0] == '\0') bytes.remove_prefix(1);
  std::string content = (static_cast<unsigned char>(bytes[0]) & 0x80U) != 0 ? std::string(1, '\0') : std::string();
  content += bytes;
  return std::string("\x02") + static_cast<char>(content.size()) + content;
}

std::string raw_to_der(std::string_view raw) {
  const std::string content = der_integer(raw.substr(0, raw.size() / 2)) + der_integer(raw.substr(raw.size() / 2));
  const std::string long_form = content.size() > 127 ? "\x81" : "";
  return "\x30" + long_form + static_cast<char>(content.size()) + content;
}

std::string der_to_raw(std::string_view der, std::size_t width) {
  std::size_t position = static_cast<unsigned char>(der[1]) == 0x81 ? 3 : 2;
  std::string raw;
  for (int i = 0; i < 2; ++i) {
    const std::size_t length = static_cast<unsigned char>(der[position + 1]);
    std::string number(der.substr(position + 2, length));
    position += 2 + length;
    if (number.size() > width) number.erase(0, number.size() - width);
    raw += std::string(width - number.size(), '\0') + number;
  }
  return raw;
}

struct Case {
  JwsAlgorithm algorithm;
  std::vector<std::string> generate;  ///< Arguments of `openssl genpkey`.
  std::string digest;                 ///< Empty: `pkeyutl -rawin`, for EdDSA.
  bool is_pss = false;
  std::size_t width = 0;  ///< Of a half of an ECDSA signature.
};

const std::vector<std::string> kRsa{"-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"};

std::vector<std::string> curve(const std::string& name) {
  return {"-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:" + name};
}

class OpensslInterop : public ::testing::Test {
 protected:
  void expect_agreement(const Case& test) {
    std::vector<std::string> generate{"genpkey", "-out", folder_.path("key.pem")};
    generate.insert(generate.end(), test.generate.begin(), test.generate.end());
    ASSERT_EQ(run_openssl(folder_, generate).status, 0);
    ASSERT_EQ(run_openssl(folder_,
        {"pkey", "-in", folder_.path("key.pem"), "-pubout", "-out", folder_.path("pub.pem")}).status, 0);
    const Key key = Key::from_pem(folder_.read("key.pem"), "k", test.algorithm).value();
    const Key public_key = Key::from_pem(folder_.read("pub.pem")).value();
    EXPECT_TRUE(key.is_private());
    EXPECT_FALSE(public_key.is_private());
    EXPECT_EQ(key.thumbprint().value(), public_key.thumbprint().value());

    openssl_verifies_ours(test, key);
    we_verify_openssls(test, public_key);
  }

 private:
  void openssl_verifies_ours(const Case& test, const Key& key) {
    const Json header = Json::object({{"alg", to_string(test.algorithm)}, {"kid", "k"}});
    const Jws jws = Jws::parse(jws_sign(header, "{\"sub\":\"ada\"}", key).value()).value();
    const std::string signature = test.width == 0 ? jws.signature : raw_to_der(jws.signature);
    const std::string signature_file = folder_.write("ours.sig", signature);

    EXPECT_EQ(run_openssl(folder_,
        verify_arguments(test, folder_.write("input", jws.signing_input), signature_file)).status, 0);
    EXPECT_NE(run_openssl(folder_,
        verify_arguments(test, folder_.write("other", jws.signing_input + "x"), signature_file)).status, 0);
  }

  void we_verify_openssls(const Case& test, const Key& public_key) {
    const std::string input =
        base64url_encode("{\"alg\":\"" + std::string(to_string(test.algorithm)) + "\"}") + "." +
            base64url_encode("payload");
    ASSERT_EQ(run_openssl(folder_, sign_arguments(test, folder_.write("theirs", input))).status, 0);
    std::string signature = folder_.read("theirs.sig");
    if (test.width != 0) signature = der_to_raw(signature, test.width);
    const std::array allowed{test.algorithm};

    const auto verified = [&] {
      return jws_verify(Jws::parse(input + "." + base64url_encode(signature)).value(), public_key, allowed).has_value();
    };

    EXPECT_TRUE(verified());
    signature[signature.size() / 2] = static_cast<char>(signature[signature.size() / 2] ^ 0x10);
    EXPECT_FALSE(verified());
  }

  std::vector<std::string> verify_arguments(const Case& test, const std::string& input, const std::string& signature) {
    if (test.digest.empty()) {
      return {"pkeyutl", "-verify", "-pubin", "-inkey", folder_.path("pub.pem"), "-rawin", "-in", input, "-sigfile",
          signature};
    }
    return with_padding(test, {"dgst", test.digest, "-verify", folder_.path("pub.pem"), "-signature", signature},
        input);
  }

  std::vector<std::string> sign_arguments(const Case& test, const std::string& input) {
    const std::string output = folder_.path("theirs.sig");
    if (test.digest.empty()) {
      return {"pkeyutl", "-sign", "-inkey", folder_.path("key.pem"), "-rawin", "-in", input, "-out", output};
    }
    return with_padding(test, {"dgst", test.digest, "-sign", folder_.path("key.pem"), "-out", output}, input);
  }

  /// RFC 7518 §3.5: the salt is as long as the digest.
  static std::vector<std::string> with_padding(const Case& test, std::vector<std::string> arguments,
                                               const std::string& input) {
    if (test.is_pss) {
      for (const char* option : {"rsa_padding_mode:pss", "rsa_pss_saltlen:digest"}) {
        arguments.insert(arguments.end(), {"-sigopt", option});
      }
    }
    arguments.push_back(input);
    return arguments;
  }

  TemporaryFolder folder_;
};

TEST_F(OpensslInterop, Rs256) { expect_agreement({JwsAlgorithm::RS256, kRsa, "-sha256"}); }
TEST_F(OpensslInterop, Rs512) { expect_agreement({JwsAlgorithm::RS512, kRsa, "-sha512"}); }
TEST_F(OpensslInterop, Ps256) { expect_agreement({JwsAlgorithm::PS256, kRsa, "-sha256", true}); }
TEST_F(OpensslInterop, Ps384) { expect_agreement({JwsAlgorithm::PS384, kRsa, "-sha384", true}); }
TEST_F(OpensslInterop, Es256) { expect_agreement({JwsAlgorithm::ES256, curve("P-256"), "-sha256", false, 32}); }
TEST_F(OpensslInterop, Es384) { expect_agreement({JwsAlgorithm::ES384, curve("P-384"), "-sha384", false, 48}); }
TEST_F(OpensslInterop, Es512) { expect_agreement({JwsAlgorithm::ES512, curve("P-521"), "-sha512", false, 66}); }
TEST_F(OpensslInterop, EdDsa) { expect_agreement({JwsAlgorithm::EdDSA, {"-algorithm", "ED25519"}, ""}); }

TEST(OpensslDigest, AgreesOnEveryLengthAroundABlock) {
  const TemporaryFolder folder;
  SCOPED_TRACE("openssl dgst -r");
  for (const std::size_t length : {std::size_t{0}, std::size_t{55}, std::size_t{64}, std::size_t{127},
      std::size_t{100'000}}) {
    std::string bytes;
    for (std::size_t i = 0; i < length; ++i) bytes.push_back(static_cast<char>(i * 7));
    const std::string file = folder.write("bytes", bytes);
    const auto digest_of = [&](const std::string& name) {
      const std::string output = run_openssl(folder, {"dgst", name, "-r", file}).output;
      return output.substr(0, output.find(' '));
    };

    EXPECT_EQ(hex_encode(sha256(bytes)), digest_of("-sha256")) << length;
    EXPECT_EQ(hex_encode(sha384(bytes)), digest_of("-sha384")) << length;
    EXPECT_EQ(hex_encode(sha512(bytes)), digest_of("-sha512")) << length;
  }
}

TEST(OpensslDigest, AgreesOnHmacForShortAndLongKeys) {
  const TemporaryFolder folder;
  const std::string file = folder.write("bytes", "message");
  for (const std::size_t length : {std::size_t{1}, std::size_t{63}, std::size_t{64}, std::size_t{65},
      std::size_t{200}}) {
    const std::string key(length, '\x9C');
    const std::string output =
        run_openssl(folder, {"dgst", "-sha256", "-mac", "HMAC", "-macopt", "hexkey:" + hex_encode(key), "-r",
            file}).output;

    EXPECT_EQ(hex_encode(hmac_sha256(key, "message")), output.substr(0, output.find(' '))) << length;
  }
}

}  // namespace
}  // namespace mimir::codec
