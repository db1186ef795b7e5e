#include <chrono>

#include <internal/client_authentication.hpp>
#include <mimir/codec/jws.hpp>

namespace mimir::oauth::internal {
namespace {

/// Long enough for a slow network and a clock that is a little off, short enough to be worthless when found in a log.
constexpr std::chrono::seconds kAssertionLifetime{60};

}  // namespace

Result<Secret> client_assertion(const OAuthConfig& config, codec::JwsAlgorithm algorithm, TimePoint now,
                                Random& random) {
  const auto unusable = [](std::string why) {
    return fail({.category = Category::Misconfigured,
                 .code = "client.key",
                 .message = "The client's private key cannot be used: " + std::move(why) + ".",
                 .hint = "Configure the PEM private key whose public part is registered with the provider.",
                 .spec = "RFC 7523 §3"});
  };
  const auto key = codec::Key::from_pem(config.client_key->expose(), config.client_key_id);
  if (!key) return unusable(key.error().message);
  const auto jti = codec::random_base64url(random, 16);
  if (!jti) return unusable(jti.error().message);
  const std::int64_t seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  auto header = codec::Json::object({{"alg", codec::to_string(algorithm)}, {"typ", "JWT"}});
  if (!config.client_key_id.empty()) header.set("kid", config.client_key_id);
  const auto claims = codec::Json::object({{"iss", config.client_id},
                                           {"sub", config.client_id},
                                           {"aud", config.issuer},
                                           {"jti", *jti},
                                           {"iat", seconds},
                                           {"exp", std::int64_t{seconds + kAssertionLifetime.count()}}});
  auto assertion = codec::jws_sign(header, claims.dump(), *key);
  if (!assertion) return unusable(assertion.error().message);
  Secret secret(*assertion);
  wipe(*assertion);
  return secret;
}

}  // namespace mimir::oauth::internal
