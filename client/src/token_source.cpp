#include <mimir/oauth/token_source.hpp>

#include <mutex>

#include <internal/bearer_request.hpp>
#include <internal/lifetime.hpp>
#include <internal/manager_impl.hpp>
#include <internal/secret_form.hpp>

namespace mimir::oauth {
namespace {

/// After a failed early refresh the old token, still good, is handed out this long before the next try.
constexpr std::chrono::seconds kPauseAfterFailure{10};

}  // namespace

using internal::Context;
using internal::Deadline;

struct TokenSource::Impl {
  OAuthManager& manager;
  internal::ManagerState& state;
  std::string provider;
  LoginPolicy policy;
  internal::ProviderState& known;
  internal::TokenFlight renewals;

  std::mutex mutex;  ///< Guards what follows; held for copies only, never over the network.
  OAuthTokens cached = {};
  std::uint64_t cached_at_change = 0;
  TimePoint no_early_refresh_before = {};

  std::optional<OAuthTokens> from_cache(const Secret* not_this);
  void keep(const OAuthTokens& tokens, std::uint64_t change);
  Result<OAuthTokens> obtain(const Context& context, const Secret* not_this);
  Result<OAuthTokens> renew(const Context& context, const Secret* not_this);
  Result<OAuthTokens> renew_or_use_old(const StoredLogin& login, const Context& context, bool rejected);
  Result<OAuthTokens> log_in_if_allowed(Error why, const Context& context);
};

std::optional<OAuthTokens> TokenSource::Impl::from_cache(const Secret* not_this) {
  const std::lock_guard guard(mutex);
  if (!internal::holds_login(cached) || cached_at_change != known.changes.load()) return std::nullopt;
  if (not_this && cached.access_token.equals(*not_this)) return std::nullopt;
  const auto now = state.seams.clock.now();
  const bool pausing = now < no_early_refresh_before && !internal::has_expired(cached, now);
  if (!pausing && !internal::is_fresh(cached, now, state.options.refresh_early)) return std::nullopt;
  return cached.clone();
}

void TokenSource::Impl::keep(const OAuthTokens& tokens, std::uint64_t change) {
  const std::lock_guard guard(mutex);
  cached = tokens.clone();
  cached_at_change = change;
}

/// The refresh; while the old token still works, an outage of the token endpoint is no reason to fail.
Result<OAuthTokens> TokenSource::Impl::renew_or_use_old(const StoredLogin& login, const Context& context,
                                                        bool rejected) {
  const bool still_good = !rejected && login.tokens.expires_at && !internal::has_expired(login.tokens, context.now());
  if (!login.tokens.refresh_token && still_good) return login.tokens.clone();
  const CallOptions rest{.timeout = context.deadline.remaining(), .stop = context.deadline.stop()};
  auto refreshed = manager.refresh_token(provider, rest, &login.tokens.access_token);
  if (refreshed || !still_good || refreshed.error().category != Category::TryLater) return refreshed;
  context.emit(Event::Kind::Warning, "renewing early failed, the old token is used: " + refreshed.error().message);
  const std::lock_guard guard(mutex);
  no_early_refresh_before =
      context.now() + std::max(kPauseAfterFailure, refreshed.error().retry_after.value_or(kPauseAfterFailure));
  return login.tokens.clone();
}

Result<OAuthTokens> TokenSource::Impl::log_in_if_allowed(Error why, const Context& context) {
  if (policy != LoginPolicy::WhenNeeded || why.category != Category::LoginRequired) return fail(std::move(why));
  if (!state.config(provider)) return fail(std::move(why));  // nobody knows where to log in
  context.emit(Event::Kind::LoginNeeded, why.message);
  return manager.initiate_flow(provider, {.timeout = context.deadline.remaining(), .stop = context.deadline.stop()});
}

Result<OAuthTokens> TokenSource::Impl::renew(const Context& context, const Secret* not_this) {
  if (auto cached_now = from_cache(not_this)) return *std::move(cached_now);  // somebody was quicker
  const auto change = known.changes.load();
  auto login = state.usable_login(provider);
  if (!login) return log_in_if_allowed(std::move(login.error()), context);
  const bool rejected = not_this && login->tokens.access_token.equals(*not_this);
  if (!rejected && internal::is_fresh(login->tokens, context.now(), state.options.refresh_early)) {
    keep(login->tokens, change);
    return std::move(login->tokens);
  }
  auto renewed = renew_or_use_old(*login, context, rejected);
  if (!renewed) renewed = log_in_if_allowed(std::move(renewed.error()), context);
  if (renewed) keep(*renewed, known.changes.load());
  return renewed;
}

Result<OAuthTokens> TokenSource::Impl::obtain(const Context& context, const Secret* not_this) {
  if (auto tokens = from_cache(not_this)) return *std::move(tokens);
  return renewals.run(context.deadline, not_this, [&] { return renew(context, not_this); });
}

TokenSource::TokenSource(OAuthManager& manager, std::string provider, LoginPolicy policy)
    : impl_(new Impl{.manager = manager,
                     .state = *manager.impl_,
                     .provider = provider,
                     .policy = policy,
                     .known = manager.impl_->provider(provider)}) {}
TokenSource::~TokenSource() = default;

Result<Secret> TokenSource::access_token(const CallOptions& options) {
  const Deadline deadline(options, impl_->state.options.login_timeout + 3 * impl_->state.options.request_timeout);
  auto tokens = impl_->obtain({impl_->state.seams, impl_->state.options, impl_->provider, deadline}, nullptr);
  if (!tokens) return fail(std::move(tokens.error()));
  return std::move(tokens->access_token);
}

Result<HttpResponse> TokenSource::send(HttpRequest request, const CallOptions& options) {
  if (auto sound = internal::check_bearer_request(request); !sound) return fail(std::move(sound.error()));
  request.max_redirects = 0;  // the token must not travel to where an answer points (RFC 9110 §15.4)
  const Deadline deadline(options, impl_->state.options.login_timeout + 3 * impl_->state.options.request_timeout);
  const Context context{impl_->state.seams, impl_->state.options, impl_->provider, deadline};
  request.timeout = deadline.at_most(request.timeout);

  auto tokens = impl_->obtain(context, nullptr);
  if (!tokens) return fail(std::move(tokens.error()));
  for (int attempt = 0;; ++attempt) {
    request.headers.emplace_back("Authorization", "Bearer " + std::string(tokens->access_token.expose()));
    auto outcome = impl_->state.seams.http.send(request, deadline.stop());
    internal::wipe(request.headers.back().second);
    request.headers.pop_back();
    if (!outcome.response) return fail(std::move(outcome.response.error()));
    if (outcome.response->status != 401 || attempt > 0) return std::move(*outcome.response);
    // RFC 6750 §3.1: the token is no good whatever its expiry says. Once is enough: a second 401 is the answer.
    const auto refused = std::move(tokens->access_token);
    tokens = impl_->obtain(context, &refused);
    if (!tokens) return fail(std::move(tokens.error()));
  }
}

}  // namespace mimir::oauth
