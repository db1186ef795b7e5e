#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mimir::oauth {

/// What a provider says of the user who is logged in (OIDC Core §5.3.2). Only whose it is has been checked; what it says is
/// the provider's word. A value; holds no token.
struct UserInfo {
  std::string subject;  ///< `sub`, byte for byte that of the ID Token: to compare with, not to show.
  /// The other claims that are a text, a number or a truth value, at most 64, in the provider's order. Names and values are
  /// UTF-8 fit to be shown: no controls, nothing that hides or turns the direction of writing, at most 200 bytes and `...`.
  /// Not for names of files and not for commands, whatever is in them.
  std::vector<std::pair<std::string, std::string>> claims = {};

  /// A claim of this name, for example `email` (OIDC Core §5.1); empty when there is none.
  [[nodiscard]] std::string_view claim(std::string_view name) const;
};

}  // namespace mimir::oauth
