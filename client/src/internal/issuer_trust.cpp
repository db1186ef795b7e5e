#include <internal/issuer_trust.hpp>

#include <algorithm>

#include <internal/display_text.hpp>
#include <internal/provider_definitions.hpp>
#include <mimir/oauth/accounts.hpp>

namespace mimir::oauth::internal {
namespace {

constexpr std::size_t kMaxIssuerShown = 200;

bool is_known_beforehand(const std::string& issuer) {
  return std::ranges::any_of(provider_definition_names(), [&](const std::string& name) {
    const auto definition = find_provider_definition(name, {});
    return definition && definition->oauth.issuer == issuer;
  });
}

Result<bool> has_login_of(const std::string& issuer, TokenStorage& storage) {
  const auto accounts = list_accounts(storage);
  if (!accounts) return fail(accounts.error());
  return std::ranges::any_of(*accounts, [&](const AccountInfo& account) { return account.key.issuer == issuer; });
}

}  // namespace

void StrangeIssuers::add(const std::vector<std::string>& issuers) {
  const std::lock_guard lock(mutex_);
  issuers_.insert(issuers.begin(), issuers.end());
}

void StrangeIssuers::confirm(const std::string& issuer) {
  const std::lock_guard lock(mutex_);
  issuers_.erase(issuer);
}

Result<> StrangeIssuers::check(const std::string& issuer, TokenStorage& storage) const {
  {
    const std::lock_guard lock(mutex_);
    if (!issuers_.contains(issuer)) return {};
  }
  if (is_known_beforehand(issuer)) return {};
  const auto has_login = has_login_of(issuer, storage);
  if (!has_login) return fail(has_login.error());
  if (*has_login) return {};
  return fail({.category = Category::Misconfigured,
               .code = "issuer.unconfirmed",
               .message = "A resource named the issuer " + display_text(issuer, kMaxIssuerShown) +
                          ", and nobody has confirmed that it is the right one to log in at.",
               .hint = "Show it to the user; after a yes call OAuthManager::confirm_issuer.",
               .spec = "RFC 9728 §7.7"});
}

}  // namespace mimir::oauth::internal
