#include <algorithm>
#include <chrono>
#include <cmath>

#include <internal/authorization_request.hpp>
#include <internal/id_token.hpp>
#include <internal/sanitise.hpp>
#include <mimir/codec/base64url.hpp>
#include <mimir/codec/digest.hpp>

namespace mimir::oauth::internal {
namespace {

/// How far two clocks may differ before a token is refused: acceptance is widened by it at both ends.
constexpr double kSkewSeconds = 120;

Error wrong(Category category, std::string claim, std::string what, std::string spec) {
  return {.category = category,
          .code = "id_token." + std::move(claim),
          .message = "The provider's ID Token was rejected: " + std::move(what) + ".",
          .hint = "Nothing was stored. If a new login gives the same result, report it to the provider.",
          .spec = std::move(spec)};
}

Error missing(const std::string& claim) {
  return wrong(Category::ProviderBroken, claim, "\"" + claim + "\" is missing or of the wrong type", "OIDC Core §2");
}

std::optional<double> time_claim(const codec::Json& claims, std::string_view name) {
  const auto* member = claims.find(name);
  const auto value = member ? member->as_double() : std::nullopt;
  return value && std::isfinite(*value) ? value : std::nullopt;
}

/// A token is too old or too new by a clock that is known to be wrong: then it is not the provider that is at fault.
Error wrong_time(std::string claim, std::string what, const std::string& wrong_clock, std::string spec) {
  what += wrong_clock.empty() ? " by this computer's clock, which may be wrong" : ", and " + wrong_clock;
  auto error = wrong(Category::ProviderBroken, std::move(claim), std::move(what), std::move(spec));
  if (wrong_clock.empty()) return error;
  error.category = Category::LocalEnvironment;
  error.hint = "Nothing was stored. Set this computer's clock, then log in again.";
  return error;
}

Result<> check_times(const codec::Json& claims, TimePoint now, const std::string& wrong_clock) {
  const auto seconds = std::chrono::duration<double>(now.time_since_epoch()).count();
  const auto off_by = [&](double claim) {
    const auto minutes = std::abs(claim - seconds) / 60;
    return minutes < 1e6 ? std::to_string(static_cast<long long>(minutes)) + " minutes" : std::string("years");
  };
  const auto exp = time_claim(claims, "exp");
  if (!exp) return fail(missing("exp"));
  if (*exp + kSkewSeconds <= seconds) {
    return fail(wrong_time("exp", "it expired " + off_by(*exp) + " ago", wrong_clock, "OIDC Core §3.1.3.7 (9)"));
  }
  const auto iat = time_claim(claims, "iat");
  if (!iat) return fail(missing("iat"));
  if (*iat - kSkewSeconds > seconds) {
    return fail(wrong_time("iat", "it was issued " + off_by(*iat) + " in the future", wrong_clock, "OIDC Core §3.1.3.7 (10)"));
  }
  if (claims.find("nbf")) {
    const auto nbf = time_claim(claims, "nbf");
    if (!nbf) return fail(missing("nbf"));
    if (*nbf - kSkewSeconds > seconds) {
      return fail(wrong_time("nbf", "it is not valid before " + off_by(*nbf) + " from now", wrong_clock, "RFC 7519 §4.1.5"));
    }
  }
  return {};
}

Result<> check_audience(const codec::Json& claims, const std::string& client_id) {
  const auto* aud = claims.find("aud");
  if (!aud) return fail(missing("aud"));
  std::vector<std::string> audiences;
  if (const auto* one = aud->as_string()) {
    audiences.push_back(*one);
  } else if (const auto* list = aud->as_array()) {
    for (const auto& item : *list) {
      if (!item.is_string()) return fail(missing("aud"));
      audiences.push_back(*item.as_string());
    }
  }
  // Every other audience is one this client does not trust.
  const bool only_us = !audiences.empty() && std::all_of(audiences.begin(), audiences.end(),
                                                         [&](const auto& audience) { return audience == client_id; });
  if (!only_us) {
    return fail(wrong(Category::AttackSuspected, "aud", "it is not meant for this client alone",
                      "OIDC Core §3.1.3.7 (3)"));
  }
  if (const auto* azp = claims.find("azp"); azp && (!azp->is_string() || *azp->as_string() != client_id)) {
    return fail(wrong(Category::AttackSuspected, "azp", "it was issued to another client", "OIDC Core §3.1.3.7 (5)"));
  }
  return {};
}

Result<> check_nonce(const codec::Json& claims, const Secret* nonce) {
  if (!nonce) return {};
  const auto found = claims.string_at("nonce");
  if (found && codec::constant_time_equal(*found, nonce->expose())) return {};
  return fail(wrong(Category::AttackSuspected, "nonce",
                    found ? "its nonce belongs to another login" : "it has no nonce although one was sent",
                    "OIDC Core §3.1.3.7 (11)"));
}

/// A provider may pass over max_age and acr_values; whoever asked must then not go on as if it had not.
Result<> check_authentication(const codec::Json& claims, const AskedIdentity& asked, TimePoint now) {
  if (asked.max_age) {
    const auto auth_time = time_claim(claims, "auth_time");
    if (!auth_time) return fail(missing("auth_time"));
    const auto oldest = std::chrono::duration<double>(now.time_since_epoch() - *asked.max_age).count() - kSkewSeconds;
    if (*auth_time < oldest) {
      return fail(wrong(Category::ProviderBroken, "auth_time",
                        "the user logged in longer ago than the " + std::to_string(asked.max_age->count()) +
                            " seconds that were asked for",
                        "OIDC Core §3.1.3.7 (13)"));
    }
  }
  if (asked.acr_values.empty()) return {};
  const auto acr = claims.string_at("acr");
  if (acr && std::ranges::find(asked.acr_values, *acr) != asked.acr_values.end()) return {};
  return fail(wrong(Category::ProviderBroken, "acr",
                    "the user logged in " + (acr ? "by \"" + sanitise(*acr, 100) + "\"" : std::string("in a way it does not name")) +
                        " and not by one of \"" + sanitise(join_scopes(asked.acr_values), 200) + "\"",
                    "OIDC Core §3.1.3.7 (12)"));
}

std::string left_half_of_hash(codec::JwsAlgorithm algorithm, std::string_view bytes) {
  const auto name = codec::to_string(algorithm);
  auto digest = name.ends_with("256")   ? codec::sha256(bytes)
                : name.ends_with("384") ? codec::sha384(bytes)
                                        : codec::sha512(bytes);  // Ed25519 signs with SHA-512 (RFC 8032 §5.1)
  digest.resize(digest.size() / 2);
  return codec::base64url_encode(digest);
}

Result<> check_at_hash(const codec::Json& claims, codec::JwsAlgorithm algorithm, const Secret* access_token) {
  const auto* member = claims.find("at_hash");
  if (!member || !access_token) return {};
  const auto* text = member->as_string();
  if (text && codec::constant_time_equal(*text, left_half_of_hash(algorithm, access_token->expose()))) return {};
  return fail(wrong(Category::AttackSuspected, "at_hash", "it belongs to another access token", "OIDC Core §3.1.3.8"));
}

}  // namespace

Result<> check_id_token_claims(const codec::Json& claims, codec::JwsAlgorithm algorithm,
                               const IdTokenExpectation& expected) {
  const auto iss = claims.string_at("iss");
  if (!iss) return fail(missing("iss"));
  if (*iss != expected.issuer) {
    return fail(wrong(Category::AttackSuspected, "iss",
                      "it was issued by \"" + sanitise(*iss, 200) + "\", not by \"" + sanitise(expected.issuer, 200) +
                          "\"",
                      "OIDC Core §3.1.3.7 (2)"));
  }
  const auto sub = claims.string_at("sub");
  if (!sub || sub->empty() || sub->size() > 255) return fail(missing("sub"));
  if (expected.subject && *expected.subject != *sub) {
    return fail(wrong(Category::AttackSuspected, "sub", "it belongs to another user than the login", "OIDC Core §12.2"));
  }
  return check_audience(claims, expected.client_id)
      .and_then([&] { return check_times(claims, expected.now, expected.wrong_clock); })
      .and_then([&] { return check_nonce(claims, expected.asked.nonce); })
      .and_then([&] { return check_authentication(claims, expected.asked, expected.now); })
      .and_then([&] { return check_at_hash(claims, algorithm, expected.access_token); });
}

}  // namespace mimir::oauth::internal
