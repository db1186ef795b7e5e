#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/ui.h>

#include <mimir/codec/jws.hpp>

#include "openssl_command.hpp"

namespace mimir::codec {
namespace {

using testing::run_openssl;
using testing::TemporaryFolder;

/// `openssl genpkey` with these arguments; the PEM text.
std::string generate(const TemporaryFolder& folder, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"genpkey", "-out", folder.path("generated.pem")});
  EXPECT_EQ(run_openssl(folder, arguments).status, 0);
  return folder.read("generated.pem");
}

TEST(Pem, ReadsEveryFormOfAPrivateKey) {
  const TemporaryFolder folder;
  const std::string rsa = folder.write("rsa.pem",
      generate(folder, {"-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"}));
  const std::string ec = folder.write("ec.pem",
      generate(folder, {"-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"}));
  for (const std::string& file : {rsa, ec}) {
    ASSERT_EQ(run_openssl(folder, {"pkey", "-in", file, "-traditional", "-out", folder.path("old.pem")}).status, 0);
    const Key modern = Key::from_pem(folder.read(file == rsa ? "rsa.pem" : "ec.pem")).value();
    const Key traditional = Key::from_pem(folder.read("old.pem")).value();

    EXPECT_NE(folder.read("old.pem").find(file == rsa ? "BEGIN RSA PRIVATE KEY" : "BEGIN EC PRIVATE KEY"),
        std::string::npos);
    EXPECT_TRUE(traditional.is_private());
    EXPECT_EQ(modern.thumbprint().value(), traditional.thumbprint().value());
  }
}

TEST(Pem, KeepsKidAndAlgorithm) {
  const TemporaryFolder folder;
  const std::string pem = generate(folder, {"-algorithm", "ED25519"});

  const Key key = Key::from_pem(pem, "2026-11", JwsAlgorithm::EdDSA).value();

  EXPECT_EQ(key.kid(), "2026-11");
  EXPECT_EQ(key.algorithm(), JwsAlgorithm::EdDSA);
  EXPECT_EQ(Key::from_pem(pem, "", JwsAlgorithm::ES256).error().code, "jwk.algorithm");
}

TEST(Pem, RefusesKeysThatAreWeakOrOfAnotherKind) {
  const TemporaryFolder folder;
  const auto code_of = [&folder](std::vector<std::string> arguments) {
    return Key::from_pem(generate(folder, std::move(arguments))).error().code;
  };

  EXPECT_EQ(code_of({"-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"}), "jwk.weak");
  EXPECT_EQ(code_of({"-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048"}), "jwk.unsupported");
  EXPECT_EQ(code_of({"-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"}), "jwk.unsupported");
  EXPECT_EQ(code_of({"-algorithm", "X25519"}), "jwk.unsupported");
  EXPECT_EQ(code_of({"-algorithm", "ED448"}), "jwk.unsupported");
}

// A server that starts without a terminal must not hang at a prompt for a passphrase.
TEST(Pem, RefusesAnEncryptedKeyWithoutAsking) {
  const TemporaryFolder folder;
  const std::string pem =
      generate(folder, {"-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-aes-128-cbc", "-pass", "pass:x"});
  ASSERT_NE(pem.find("ENCRYPTED"), std::string::npos);

  // Stands in for the terminal, which a test run may not have.
  static bool was_asked = false;
  UI_METHOD* const terminal = UI_create_method("terminal of the test");
  UI_method_set_opener(terminal, [](UI*) {
    was_asked = true;
    return 0;
  });
  UI_set_default_method(terminal);

  EXPECT_EQ(Key::from_pem(pem).error().code, "pem.key");
  EXPECT_FALSE(was_asked);

  UI_set_default_method(UI_OpenSSL());
  UI_destroy_method(terminal);
}

TEST(Pem, RefusesWhatIsNoKey) {
  const TemporaryFolder folder;
  const std::string good = generate(folder, {"-algorithm", "ED25519"});
  std::string truncated = good.substr(0, good.size() / 2);
  std::string damaged = good;
  damaged[good.find('\n') + 5] = '*';
  for (const std::string& pem : {std::string(), std::string("garbage"), truncated, damaged, std::string(1000, '-'),
                                 std::string("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
                                 std::string("-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n")}) {
    EXPECT_EQ(Key::from_pem(pem).error().code, "pem.key") << pem;
  }
  EXPECT_EQ(Key::from_pem(std::string(64 * 1024 + 1, 'A')).error().code, "pem.too_large");
}

// A TLS connection in the same thread would take what is left in the queue for a failure of its own.
TEST(Pem, LeavesNothingInOpensslsErrorQueue) {
  const Key key = Key::generate(JwsAlgorithm::ES256).value();
  Jws jws = Jws::parse(jws_sign(Json::object({{"alg", "ES256"}}), "x", key).value()).value();
  jws.signature[0] = static_cast<char>(jws.signature[0] ^ 1);

  EXPECT_FALSE(Key::from_pem("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n").has_value());
  EXPECT_EQ(ERR_peek_error(), 0U);
  EXPECT_FALSE(Key::from_jwk(Json::object({{"kty", "EC"}, {"crv", "P-256"}, {"x", std::string(43, 'A')},
                                           {"y", std::string(43, 'A')}})).has_value());
  EXPECT_EQ(ERR_peek_error(), 0U);
  EXPECT_FALSE(jws_verify(jws, key, std::vector{JwsAlgorithm::ES256}).has_value());
  EXPECT_EQ(ERR_peek_error(), 0U);
}

// RFC 8725 §2.1: the attacker signs with HMAC and takes the public key's text, which everybody has, for the secret.
TEST(Pem, DoesNotServeAsAnHmacSecret) {
  const TemporaryFolder folder;
  folder.write("key.pem", generate(folder, {"-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"}));
  ASSERT_EQ(run_openssl(folder, {"pkey", "-in", folder.path("key.pem"), "-pubout", "-out",
      folder.path("pub.pem")}).status, 0);
  const std::string pem = folder.read("pub.pem");
  const Key attackers = Key::from_secret(pem).value();
  const std::string token = jws_sign(Json::object({{"alg", "HS256"}}), "{\"sub\":\"admin\"}", attackers).value();
  const Jws jws = Jws::parse(token).value();
  const Key servers = Key::from_pem(pem).value();

  const std::vector strict{JwsAlgorithm::RS256};
  const std::vector lax{JwsAlgorithm::RS256, JwsAlgorithm::HS256};
  EXPECT_EQ(jws_verify(jws, servers, strict).error().code, "jws.algorithm_not_allowed");
  EXPECT_EQ(jws_verify(jws, servers, lax).error().code, "jws.key_mismatch");
}

TEST(Pem, IsWrittenByteForByteAsOpensslDoes) {
  const TemporaryFolder folder;
  for (const std::vector<std::string>& kind : {std::vector<std::string>{"-algorithm", "ED25519"},
                                               {"-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"}}) {
    const auto pem = generate(folder, kind);
    folder.write("key.pem", pem);
    const auto printed = run_openssl(folder, {"pkey", "-in", folder.path("key.pem"), "-pubout"});
    ASSERT_EQ(printed.status, 0) << printed.errors;
    EXPECT_EQ(Key::from_pem(pem).value().public_pem().value(), printed.output);
    EXPECT_EQ(Key::from_pem(printed.output).value().public_pem().value(), printed.output) << "a public key, too";
  }
  EXPECT_EQ(Key::from_secret("0123456789abcdef0123456789abcdef").value().public_pem().error().code, "jwk.symmetric");
}

}  // namespace
}  // namespace mimir::codec
