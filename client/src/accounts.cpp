#include <mimir/oauth/accounts.hpp>

#include <algorithm>

#include <internal/id_token.hpp>
#include <internal/lifetime.hpp>
#include <internal/record_name.hpp>
#include <internal/same_account.hpp>
#include <internal/sanitise.hpp>

namespace mimir::oauth {
namespace {

/// No login can have this name: it is not one that a command line takes.
constexpr const char* kDefaultNote = "=default";

Error unknown_account(const std::string& name) {
  return {.category = Category::Misconfigured,
          .code = "account.unknown",
          .message = "There is no login named \"" + internal::sanitise(name, 64) + "\".",
          .hint = "See: mimir accounts"};
}

}  // namespace

Result<std::vector<std::string>> login_names(TokenStorage& storage) {
  auto names = storage.providers();
  if (names) std::erase_if(*names, [](const std::string& name) { return internal::is_own_record(name); });
  return names;
}

AccountKey account_key(const StoredLogin& login) {
  AccountKey key{.issuer = login.config.issuer, .client_id = login.config.client_id};
  if (login.tokens.id_token) key.subject = internal::subject_of_stored(*login.tokens.id_token).value_or("");
  return key;
}

Result<std::vector<AccountInfo>> list_accounts(TokenStorage& storage) {
  auto names = login_names(storage);
  if (!names) return fail(std::move(names.error()));
  std::vector<AccountInfo> result;
  for (auto& name : *names) {
    AccountInfo info{.name = std::move(name)};
    auto login = storage.load(info.name);
    if (!login) {
      info.trouble = std::move(login.error());
    } else if (*login) {
      info.key = account_key(**login);
      info.logged_in = internal::holds_login((*login)->tokens);
      info.renewable = (*login)->tokens.refresh_token.has_value();
      info.expires_at = (*login)->tokens.expires_at;
    } else {
      info.trouble = Error{.category = Category::LocalEnvironment,
                           .code = "storage.orphan",
                           .message = "Its entry is there, but nothing is stored.",
                           .hint = "Log in again, or log it out."};
    }
    result.push_back(std::move(info));
  }
  return result;
}

Result<std::string> choose_account(TokenStorage& storage, const std::string& wanted,
                                   const EnvironmentLookup& environment) {
  if (!wanted.empty()) return wanted;
  if (auto name = environment("MIMIR_ACCOUNT").value_or(""); !name.empty()) return name;
  if (auto recorded = default_account(storage); recorded && !recorded->empty()) return recorded;
  auto names = login_names(storage);
  if (!names) return fail(std::move(names.error()));
  if (names->size() == 1) return names->front();
  if (names->empty()) {
    return fail({.category = Category::LoginRequired,
                 .code = "account.none",
                 .message = "There are no logins.",
                 .hint = "Log in first: mimir connect NAME --oauth --issuer URL --client-id ID (or --register)"});
  }
  std::string list;
  for (const auto& name : *names) list += (list.empty() ? "" : ", ") + internal::sanitise(name, 64);
  return fail({.category = Category::Misconfigured,
               .code = "account.ambiguous",
               .message = "Several logins fit: " + list + ".",
               .hint = "Name one, set MIMIR_ACCOUNT, or choose one for good: mimir accounts --default NAME"});
}

Result<> set_default_account(TokenStorage& storage, const std::string& name) {
  const auto names = login_names(storage);
  if (!names) return fail(names.error());
  if (std::ranges::find(*names, name) == names->end()) return fail(unknown_account(name));
  return storage.write_note(kDefaultNote, name);
}

Result<std::string> default_account(TokenStorage& storage) {
  auto name = storage.read_note(kDefaultNote);
  if (!name || name->empty()) return name;
  const auto names = login_names(storage);  // it may have been logged out since
  if (names && std::ranges::find(*names, *name) == names->end()) return std::string();
  return name;
}

Result<> internal::check_same_account(const StoredLogin& before, const StoredLogin& after, const std::string& name) {
  const auto old_key = account_key(before);
  const auto new_key = account_key(after);
  if (old_key.subject.empty() || new_key.subject.empty() || old_key.issuer != new_key.issuer) return {};
  if (old_key.subject == new_key.subject) return {};
  return fail({.category = Category::Misconfigured,
               .code = "account.mismatch",
               .message = "\"" + sanitise(name, 64) + "\" is the login of another account than the one you logged in with; "
                          "nothing was replaced.",
               .hint = "Use another name for this account, or log out of \"" + sanitise(name, 64) + "\" first.",
               .spec = "OIDC Core §2"});
}

}  // namespace mimir::oauth
