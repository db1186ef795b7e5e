#pragma once

#include <optional>
#include <string>
#include <vector>

#include <mimir/oauth/browser.hpp>
#include <mimir/oauth/error.hpp>
#include <mimir/oauth/token_storage.hpp>

namespace mimir::oauth {

/// Whose login it is. The name under which a login is stored is only a label: two logins are of the same account when
/// their keys are equal. A tenant is part of the issuer.
struct AccountKey {
  std::string issuer;
  std::string client_id;
  std::string subject;  ///< `sub` of the stored ID Token (OIDC Core §2); empty when the provider names nobody.

  friend bool operator==(const AccountKey&, const AccountKey&) = default;
};

/// The names under which there are logins, sorted: all records but those that the library keeps for itself, such as its
/// registrations at providers.
Result<std::vector<std::string>> login_names(TokenStorage& storage);

/// Read from the record itself, so that the identity shown is that of the token used (CH-AC-04).
[[nodiscard]] AccountKey account_key(const StoredLogin& login);

/// One login without its secrets.
struct AccountInfo {
  std::string name;
  AccountKey key = {};
  bool logged_in = false;  ///< False: ended, only its configuration is left.
  bool renewable = false;
  std::optional<TimePoint> expires_at = {};
  std::optional<Error> trouble = {};  ///< Why nothing more is known: locked, damaged, from another machine.
};

/// All of them, sorted by name; one that cannot be read does not hide the others (CH-ST-09).
Result<std::vector<AccountInfo>> list_accounts(TokenStorage& storage);

/// Which login is meant: the wanted name, else `$MIMIR_ACCOUNT`, else the recorded default, else the only one there is.
/// `account.ambiguous` (Misconfigured) lists the names when several fit (CH-AC-07); `account.none` (LoginRequired).
Result<std::string> choose_account(TokenStorage& storage, const std::string& wanted,
                                   const EnvironmentLookup& environment);

/// Records the default. `account.unknown` (Misconfigured) when there is no such login.
Result<> set_default_account(TokenStorage& storage, const std::string& name);
/// Empty when none is recorded.
Result<std::string> default_account(TokenStorage& storage);

}  // namespace mimir::oauth
