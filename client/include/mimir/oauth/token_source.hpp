#pragma once

#include <memory>
#include <string>

#include <mimir/oauth/oauth_manager.hpp>

namespace mimir::oauth {

/// What to do when only a new login helps.
enum class LoginPolicy {
  Never,      ///< Return LoginRequired.
  WhenNeeded  ///< Open the browser and log in again.
};

/// Hands out a usable access token for one provider. Thread-safe: however many threads ask, one refreshes.
class TokenSource {
 public:
  /// @param manager must outlive this object.
  TokenSource(OAuthManager& manager, std::string provider, LoginPolicy policy = LoginPolicy::Never);
  ~TokenSource();

  /// The access token, refreshed early when it is about to expire. Errors: LoginRequired, TryLater and those of a login.
  Result<Secret> access_token(const CallOptions& options = {});

  /// Sends a request with the token (RFC 6750 §2.1). What helps against a refusal is tried, each once, and then the answer
  /// is returned as it is: after a 401 a new token; when more scope or a stronger login is wanted (login_demand()) a new
  /// login, with LoginPolicy::WhenNeeded, and not again when that brought nothing; after a 429, or a 503 to an idempotent
  /// method, a wait as long as Retry-After says, up to ManagerOptions::resource_patience. Refuses plain http off loopback,
  /// and where the configuration has `resources` that are addresses, other origins than theirs (RFC 6750 §5.3).
  Result<HttpResponse> send(HttpRequest request, const CallOptions& options = {});

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mimir::oauth
