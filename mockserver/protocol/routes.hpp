#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/endpoint.hpp"
#include <mockoauth/server/profile.hpp>

namespace mockoauth::server {

/// Which endpoint answers which path of one realm, as its profile has it. Immutable.
class Routes {
 public:
  /// @param issuer_path path of the issuer below the realm, without a closing slash.
  Routes(const Profile& profile, const std::string& issuer_path);

  [[nodiscard]] const Endpoint* find(std::string_view path) const;
  /// Path by the endpoint's name; empty when the profile does not serve it.
  [[nodiscard]] std::string path_of(std::string_view name) const;
  /// Every served endpoint once, with its path, in the order of registration.
  [[nodiscard]] const std::vector<std::pair<const Endpoint*, std::string>>& served() const { return served_; }

 private:
  std::map<std::string, const Endpoint*, std::less<>> by_path_;
  std::vector<std::pair<const Endpoint*, std::string>> served_;
};

/// Methods the endpoint takes, HEAD added where GET is.
[[nodiscard]] std::vector<std::string> methods_of(const Endpoint& endpoint, const Profile& profile);

/// `{name}` of the profile's `params` replaced; the rest of a URL template after scheme and host.
[[nodiscard]] std::string path_of_template(const Profile& profile, std::string_view url_template);

}  // namespace mockoauth::server
