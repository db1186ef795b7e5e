#pragma once

#include <string>
#include <vector>

#include <mockoauth/server/realm.hpp>

namespace mockoauth::server::testing {

/// What a developer picks after reading the provider's documentation.
[[nodiscard]] std::string chosen_authentication(const Profile& profile);
/// The redirect_uri to send, and the one that was registered for it; they differ where the profile lets them.
struct ChosenRedirect {
  std::string sent;
  std::string registered;
};
[[nodiscard]] ChosenRedirect chosen_redirect(const Profile& profile);
[[nodiscard]] std::string chosen_scope(const Profile& profile);
/// The rule of `authorize.required` or `token.params` with this name, as `name=value`; empty: no value is told.
[[nodiscard]] std::string demanded_value(const Profile& profile, const std::string& name);

[[nodiscard]] RealmOptions realm_for(const Profile& served, const Profile& spoken, const std::string& scope);
/// As RealmOptions has them: that of the issuer, then the others.
[[nodiscard]] std::string origin_url(std::size_t index);

}  // namespace mockoauth::server::testing
