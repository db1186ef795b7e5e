#include <internal/id_token.hpp>

#include <algorithm>
#include <array>

#include <internal/ascii.hpp>
#include <internal/sanitise.hpp>

namespace mimir::oauth::internal {
namespace {

using codec::JwsAlgorithm;

constexpr std::array kAsymmetric{JwsAlgorithm::RS256, JwsAlgorithm::RS384, JwsAlgorithm::RS512, JwsAlgorithm::PS256,
                                 JwsAlgorithm::PS384, JwsAlgorithm::PS512, JwsAlgorithm::ES256, JwsAlgorithm::ES384,
                                 JwsAlgorithm::ES512, JwsAlgorithm::EdDSA};
/// Keys tried for a token that names none (OIDC Core §10.1 allows that only with a single key).
constexpr std::size_t kMaxKeysTried = 8;

Error rejected(Category category, std::string code, std::string what, std::string spec) {
  return {.category = category,
          .code = std::move(code),
          .message = "The provider's ID Token was rejected: " + std::move(what) + ".",
          .hint = "Nothing was stored. If a new login gives the same result, report it to the provider.",
          .spec = std::move(spec)};
}

/// A JWT of another kind in place of an ID Token, for example an access token (RFC 8725 §3.11, §3.12).
bool is_other_kind(const codec::Json& header) {
  auto type = header.string_at("typ").value_or("");
  std::transform(type.begin(), type.end(), type.begin(), lower);
  return type.ends_with("+jwt");
}

enum class Verdict { Verified, NoKey, Wrong };

Verdict verify_with(const codec::KeySet& set, const codec::Jws& jws, JwsAlgorithm algorithm) {
  const auto kid = jws.header.string_at("kid");
  const std::array allowed{algorithm};
  std::size_t tried = 0;
  for (const auto& key : set.keys) {
    if (kid && key.kid() != *kid) continue;
    if (key.use() == "enc" || !key.fits(algorithm)) continue;  // RFC 7517 §4.2
    if (++tried > kMaxKeysTried) break;
    if (codec::jws_verify(jws, key, allowed)) return Verdict::Verified;
  }
  return tried == 0 ? Verdict::NoKey : Verdict::Wrong;
}

Result<> check_signature(const codec::Jws& jws, JwsAlgorithm algorithm, const std::string& jwks_uri, KeyCache& cache,
                         const Context& context) {
  auto keys = cache.get(jwks_uri, /*reload=*/false, context);
  if (!keys) return fail(std::move(keys.error()));
  auto verdict = verify_with(*keys->set, jws, algorithm);
  if (verdict == Verdict::NoKey && !keys->just_fetched) {
    keys = cache.get(jwks_uri, /*reload=*/true, context);
    if (!keys) return fail(std::move(keys.error()));
    verdict = verify_with(*keys->set, jws, algorithm);
  }
  if (verdict == Verdict::Verified) return {};
  if (verdict == Verdict::NoKey) {
    return fail(rejected(Category::ProviderBroken, "id_token.key_unknown",
                         "none of the provider's keys fits its key id and algorithm", "OIDC Core §10.1"));
  }
  return fail(rejected(Category::AttackSuspected, "id_token.signature", "its signature is wrong",
                       "OIDC Core §3.1.3.7 (6)"));
}

}  // namespace

std::vector<JwsAlgorithm> accepted_algorithms(const Metadata& metadata) {
  std::vector<JwsAlgorithm> accepted;
  for (const auto algorithm : kAsymmetric) {
    const auto name = codec::to_string(algorithm);
    const auto& listed = metadata.id_token_algorithms;
    if (!listed || std::find(listed->begin(), listed->end(), name) != listed->end()) accepted.push_back(algorithm);
  }
  return accepted;
}

Result<> validate_id_token(const Secret& id_token, const IdTokenExpectation& expected, const Metadata& metadata,
                           KeyCache& keys, const Context& context) {
  const auto jws = codec::Jws::parse(id_token.expose());
  if (!jws) {
    return fail(rejected(Category::ProviderBroken, "id_token.malformed", jws.error().message, "RFC 7519 §7.2"));
  }
  if (is_other_kind(jws->header)) {
    return fail(rejected(Category::AttackSuspected, "id_token.type", "it is a token of another kind", "RFC 8725 §3.11"));
  }
  const auto name = jws->header.string_at("alg").value_or("");
  const auto algorithm = codec::parse_jws_algorithm(name);
  const auto accepted = accepted_algorithms(metadata);
  if (!algorithm || std::find(accepted.begin(), accepted.end(), *algorithm) == accepted.end()) {
    return fail(rejected(Category::AttackSuspected, "id_token.algorithm",
                         "its algorithm \"" + sanitise_code(name) + "\" is not one of those expected",
                         "OIDC Core §3.1.3.7 (7)"));
  }
  if (jws->header.find("crit")) {
    return fail(rejected(Category::ProviderBroken, "id_token.critical", "it demands an extension nobody here knows",
                         "RFC 7515 §4.1.11"));
  }
  if (auto signature = check_signature(*jws, *algorithm, metadata.endpoints.jwks, keys, context); !signature) {
    return signature;
  }
  const auto claims = codec::Json::parse(jws->payload, {.max_bytes = 64 * 1024, .max_depth = 32});
  if (!claims || !claims->is_object()) {
    return fail(rejected(Category::ProviderBroken, "id_token.malformed", "its claims are no JSON object",
                         "RFC 7519 §7.2"));
  }
  return check_id_token_claims(*claims, *algorithm, expected);
}

std::optional<std::string> subject_of_stored(const Secret& id_token) {
  const auto jws = codec::Jws::parse(id_token.expose());
  if (!jws) return std::nullopt;
  const auto claims = codec::Json::parse(jws->payload);
  return claims ? claims->string_at("sub") : std::nullopt;
}

}  // namespace mimir::oauth::internal
