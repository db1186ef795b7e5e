#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <internal/manager_impl.hpp>
#include <internal/step_up.hpp>
#include <internal/token_cache.hpp>
#include <mimir/oauth/token_source.hpp>

namespace mimir::oauth {

/// Obtaining a token is in token_source.cpp, sending requests with it in resource_request.cpp.
struct TokenSource::Impl {
  OAuthManager& manager;
  internal::ManagerState& state;
  std::string provider;
  LoginPolicy policy;
  internal::ProviderState& known;
  double spread;
  internal::TokenCache cache = {};
  internal::TokenFlight renewals = {};
  /// The token of the last keep() with the key it is bound to (RFC 9449); nothing while tokens are not bound.
  struct Bound {
    Secret token;
    std::shared_ptr<const internal::DpopKey> key;  ///< None: what was stored cannot be read.
  };
  internal::TokenFlight step_ups = {};
  internal::DemandsInVain in_vain = {};
  std::mutex bound_mutex = {};
  std::optional<Bound> bound = {};
  std::shared_ptr<const OAuthConfig> config = {};  ///< As it was at the first request; guarded by bound_mutex.
  std::atomic<int> renewing{0};  ///< How many are in renew(): the others may use an ageing token meanwhile.

  void keep_key(const OAuthTokens& tokens);
  /// Whether a token of this provider may go there at all; true too while nothing is known of the provider.
  Result<> check_goes_to(const std::string& url);
  /// A token and what it must be shown with, which belong together.
  Result<Bound> obtain_to_show(const internal::Context& context, const Secret* not_this);
  /// What was done already about the answers to one request: each remedy is tried so often and no more.
  struct Tries {
    bool renewed = false;
    bool took_newer = false;
    std::vector<LoginDemand> logins = {};  ///< What the user was asked for.
    int waits = 0;
  };
  /// What helps against a refusal is done; whether the request is to be sent again, with what `shown` is then.
  Result<bool> remedy(const HttpResponse& response, const HttpRequest& request, Bound& shown, Tries& tries,
                      const internal::Context& context);
  Result<bool> wait_as_told(const HttpResponse& response, Tries& tries, const internal::Context& context);
  Result<bool> step_up(const LoginDemand& demand, const std::string& url, const Secret& refused, Tries& tries,
                       const internal::Context& context);
  void keep(const OAuthTokens& tokens, std::uint64_t change, std::optional<TimePoint> fresh_until = {});
  Result<Secret> obtain(const internal::Context& context, const Secret* not_this);
  Result<OAuthTokens> renew(const internal::Context& context, const Secret* not_this);
  Result<OAuthTokens> renew_or_use_old(const StoredLogin& login, const internal::Context& context, bool rejected);
  Result<OAuthTokens> log_in_if_allowed(Error why, const internal::Context& context);
  [[nodiscard]] internal::Deadline deadline_of(const CallOptions& options) const {
    return {options, state.options.login_timeout + 3 * state.options.request_timeout};
  }
};

}  // namespace mimir::oauth
