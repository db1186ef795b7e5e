#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>

#include <internal/deadline.hpp>
#include <mimir/oauth/tokens.hpp>

namespace mimir::oauth::internal {

/// However many threads ask at once, one works and the others get what it got. Thread-safe.
class TokenFlight {
 public:
  /// @param not_this  a result with this access token is no use to the caller; it then works itself.
  /// A caller that waits ends at its own deadline or stop without disturbing the one that works; one that worked and was
  /// cancelled does not cancel those who waited: one of them takes over.
  Result<OAuthTokens> run(const Deadline& deadline, const Secret* not_this,
                          const std::function<Result<OAuthTokens>()>& work);

 private:
  struct Flight {
    std::shared_ptr<const Result<OAuthTokens>> result;
  };

  Result<OAuthTokens> lead(const std::shared_ptr<Flight>& flight, const std::function<Result<OAuthTokens>()>& work);

  std::mutex mutex_;
  std::condition_variable_any landed_;
  std::shared_ptr<Flight> current_;
};

/// Copies a result: its error, or a clone of its tokens.
[[nodiscard]] Result<OAuthTokens> clone_result(const Result<OAuthTokens>& result);

}  // namespace mimir::oauth::internal
