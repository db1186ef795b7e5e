#include <internal/expected_account.hpp>

#include <internal/account_claims.hpp>
#include <internal/ascii.hpp>
#include <internal/display_text.hpp>

namespace mimir::oauth::internal {
namespace {

constexpr std::size_t kMaxWanted = 100;

Error unexpected(const codec::Json& claims, const std::string& wanted) {
  return {.category = Category::Misconfigured,
          .code = "account.unexpected",
          .message = "The account " + account_shown(claims) + " logged in, and \"" + display_text(wanted, kMaxWanted) +
                     "\" was expected; nothing was replaced.",
          .hint = "Choose the other account at the provider (mimir connect --select-account), or expect this one. A provider "
                  "names e-mail address and user name for the scopes email and profile.",
          .spec = "OIDC Core §2"};
}

/// An address that the provider itself has not verified may be anybody's (OIDC Core §5.1).
bool is_address(const codec::Json& claims, const std::string& wanted) {
  const auto address = claims.string_at("email");
  const auto* verified = claims.find("email_verified");
  const bool is_disowned = verified != nullptr && verified->dump() != "true" && verified->dump() != "\"true\"";
  return address && !is_disowned && equal_ignoring_case(*address, wanted);
}

/// By what a person typed at the provider. Some take a subject for a hint, too.
bool is_hinted(const codec::Json& claims, const std::string& hint) {
  const auto user_name = claims.string_at("preferred_username");
  return claims.string_at("sub") == hint || is_address(claims, hint) || (user_name && equal_ignoring_case(*user_name, hint));
}

}  // namespace

Result<> check_expected_account(const Secret& id_token, const ExpectedAccount& expected) {
  if (expected.subject.empty() && expected.login_hint.empty()) return {};
  const auto claims = claims_of_stored(id_token);
  if (!expected.subject.empty() && claims.string_at("sub") != expected.subject) {
    return fail(unexpected(claims, expected.subject));
  }
  if (!expected.login_hint.empty() && !is_hinted(claims, expected.login_hint)) {
    return fail(unexpected(claims, expected.login_hint));
  }
  return {};
}

}  // namespace mimir::oauth::internal
