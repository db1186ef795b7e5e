#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/endpoint.hpp"
#include <mockoauth/server/profile.hpp>

namespace mockoauth::server {

/// Which endpoint answers which path at which origin of one realm, as its profile has it. Immutable.
class Routes {
 public:
  /// Where an endpoint is served. The path may hold `{name}` for a segment that clients fill in.
  struct Route {
    const Endpoint* endpoint;
    std::size_t origin;  ///< 0: that of the issuer.
    std::string path;
  };

  /// @param issuer_path path of the issuer below the realm, without a closing slash.
  /// @param origins how many the realm has; a provider's further ones fall together with the first.
  Routes(const Profile& profile, const std::string& issuer_path, std::size_t origins);

  /// Endpoints at the same path are told apart by the method, then by Endpoint::header; the first one there answers what
  /// none of them takes.
  [[nodiscard]] const Endpoint* find(const HttpRequest& request) const;
  /// What may be sent to this path, whichever endpoint it goes to (RFC 9110 §10.2.1).
  [[nodiscard]] std::vector<std::string> methods_at(std::size_t origin, std::string_view path) const;
  /// The first by the endpoint's name; nullptr when the profile does not serve it.
  [[nodiscard]] const Route* route_of(std::string_view name) const;
  /// Every served endpoint once, in the order of registration.
  [[nodiscard]] const std::vector<Route>& served() const { return served_; }

 private:
  [[nodiscard]] std::vector<const Endpoint*> all_at(std::size_t origin, std::string_view path) const;

  const Profile profile_;
  std::vector<std::map<std::string, const Endpoint*, std::less<>>> by_path_;  ///< One an origin.
  std::vector<Route> served_;
  std::vector<Route> special_;  ///< Those of served_ that share a path or have a template for one.
};

/// The routes of a realm. Realms of the same profile share theirs: tests have them by the thousand. Thread-safe.
[[nodiscard]] std::shared_ptr<const Routes> shared_routes(const Profile& profile, const std::string& issuer_path,
                                                          std::size_t origins);

/// Methods the endpoint takes, HEAD added where GET is.
[[nodiscard]] std::vector<std::string> methods_of(const Endpoint& endpoint, const Profile& profile);

}  // namespace mockoauth::server
