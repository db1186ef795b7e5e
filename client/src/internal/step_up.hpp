#pragma once

#include <mutex>
#include <set>
#include <string>

#include <internal/manager_state.hpp>

namespace mimir::oauth::internal {

/// Which demands of resources a new login did not satisfy: asking the user again would go in circles. Thread-safe.
class DemandsInVain {
 public:
  void add(const std::string& url, const LoginDemand& demand);
  [[nodiscard]] bool contains(const std::string& url, const LoginDemand& demand) const;

 private:
  mutable std::mutex mutex_;
  std::set<std::string> known_;
};

/// What the resource wants, for a person: `the scope "files"`.
[[nodiscard]] std::string describe(const LoginDemand& demand);

/// Whether everything that is demanded was granted already, so that a new login brings nothing.
[[nodiscard]] bool is_granted(const LoginDemand& demand, const OAuthTokens& tokens);

}  // namespace mimir::oauth::internal
