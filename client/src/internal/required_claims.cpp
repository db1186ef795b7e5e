#include <internal/required_claims.hpp>

#include <algorithm>

#include <internal/account_claims.hpp>
#include <internal/display_text.hpp>

namespace mimir::oauth::internal {
namespace {

constexpr std::size_t kMaxShown = 100;

/// A claim as text: `email_verified` is written `true` in a configuration.
std::string text_of(const codec::Json& claim) {
  const auto* text = claim.as_string();
  return text != nullptr ? *text : claim.dump();
}

bool has_value(const codec::Json* claim, const std::string& wanted) {
  if (claim == nullptr) return false;
  const auto* list = claim->as_array();
  if (list == nullptr) return text_of(*claim) == wanted;
  return std::ranges::any_of(*list, [&](const codec::Json& item) { return text_of(item) == wanted; });
}

}  // namespace

Result<> check_required_claims(const Secret& id_token, const OAuthConfig& config) {
  if (config.required_claims.empty()) return {};
  const auto claims = claims_of_stored(id_token);
  for (const auto& [name, wanted] : config.required_claims) {
    const auto* claim = claims.find(name);
    if (has_value(claim, wanted)) continue;
    const auto found = claim != nullptr ? "is \"" + display_text(text_of(*claim), kMaxShown) + "\"" : "is missing";
    return fail({.category = Category::Misconfigured,
                 .code = "id_token.claim_required",
                 .message = "The account " + account_shown(claims) + " is not allowed here: its \"" + display_text(name, 64) +
                            "\" " + found + ", not \"" + display_text(wanted, kMaxShown) + "\".",
                 .hint = "Log in with another account, such as that of your company."});
  }
  return {};
}

}  // namespace mimir::oauth::internal
