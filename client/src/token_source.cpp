#include <mimir/oauth/token_source.hpp>

#include <array>

#include <internal/lifetime.hpp>
#include <internal/token_source_impl.hpp>

namespace mimir::oauth {
namespace {

/// After a failed early refresh the old token, still good, is handed out this long before the next try.
constexpr std::chrono::seconds kPauseAfterFailure{10};
/// This shortly before its end a token is on no account handed out without asking for a new one first.
constexpr std::chrono::milliseconds kHardMargin{10'000};

/// Between 1 and 1.1: programs that logged in together do not come back together (CH-RF-23).
double draw_spread(Random& random) {
  std::array<std::uint8_t, 1> byte{};
  return random.fill(byte) ? 1.0 + 0.1 * byte[0] / 256.0 : 1.0;
}

}  // namespace

using internal::Context;
using internal::Deadline;
using internal::TokenCache;

void TokenSource::Impl::keep_key(const OAuthTokens& tokens) {
  const std::lock_guard lock(bound_mutex);
  if (!tokens.dpop_key) return bound.reset();
  if (bound && bound->token.equals(tokens.access_token)) return;
  auto key = internal::DpopKey::load(*tokens.dpop_key);
  bound = Bound{.token = tokens.access_token.clone(),
                .key = key ? std::make_shared<const internal::DpopKey>(*std::move(key)) : nullptr};
}

Result<TokenSource::Impl::Bound> TokenSource::Impl::obtain_to_show(const Context& context, const Secret* not_this) {
  auto token = obtain(context, not_this);
  if (!token) return fail(std::move(token.error()));
  const std::lock_guard lock(bound_mutex);
  if (!bound) return Bound{.token = *std::move(token), .key = nullptr};
  if (!bound->key) return fail(internal::DpopKey::load(Secret()).error());
  return Bound{.token = bound->token.clone(), .key = bound->key};
}

void TokenSource::Impl::keep(const OAuthTokens& tokens, std::uint64_t change, std::optional<TimePoint> fresh_until) {
  TokenCache::Times times{.from = tokens.obtained_at - internal::kClockTolerance, .fresh_until = TimePoint::max(), .until = TimePoint::max()};
  if (tokens.expires_at) {
    const auto margin = internal::refresh_margin(tokens, state.options.refresh_early, spread);
    times.until = *tokens.expires_at - std::min(kHardMargin, margin / 4);
    times.fresh_until = fresh_until ? std::min(*fresh_until, *tokens.expires_at) : *tokens.expires_at - margin;
  }
  keep_key(tokens);
  cache.keep(tokens.access_token, times, change);
}

/// The refresh; while the old token still works, an outage of the token endpoint is no reason to fail.
Result<OAuthTokens> TokenSource::Impl::renew_or_use_old(const StoredLogin& login, const Context& context,
                                                        bool rejected) {
  const bool still_good = !rejected && login.tokens.expires_at && !internal::has_expired(login.tokens, context.now());
  if (!login.tokens.refresh_token && still_good) return login.tokens.clone();
  const Deadline deadline({.timeout = context.deadline.remaining(), .stop = context.deadline.stop()}, {});
  const internal::RefreshWish wish{.not_this = &login.tokens.access_token,
                                   // Somebody else is refreshing already: with a good token nobody has to wait for them.
                                   .patience = still_good ? internal::Patience::None : internal::Patience::Full};
  auto refreshed = known.refreshes.run(deadline, wish.not_this, [&] {
    return internal::run_refresh(state, Context{state.seams, state.options, provider, deadline}, wish);
  });
  if (refreshed || !still_good || refreshed.error().category != Category::TryLater) return refreshed;
  if (refreshed.error().code != "storage.lock_timeout") {
    context.emit(Event::Kind::Warning, "renewing early failed, the old token is used: " + refreshed.error().message);
  }
  const auto pause = std::max(kPauseAfterFailure, refreshed.error().retry_after.value_or(kPauseAfterFailure));
  keep(login.tokens, known.changes.load(), context.now() + pause);
  return login.tokens.clone();
}

Result<OAuthTokens> TokenSource::Impl::log_in_if_allowed(Error why, const Context& context) {
  if (policy != LoginPolicy::WhenNeeded || why.category != Category::LoginRequired) return fail(std::move(why));
  if (!state.config(provider)) return fail(std::move(why));  // nobody knows where to log in
  context.emit(Event::Kind::LoginNeeded, why.message);
  auto tokens =
      manager.initiate_flow(provider, {.timeout = context.deadline.remaining(), .stop = context.deadline.stop()});
  if (tokens) keep(*tokens, known.changes.load());
  return tokens;
}

Result<OAuthTokens> TokenSource::Impl::renew(const Context& context, const Secret* not_this) {
  const auto change = known.changes.load();
  if (auto token = cache.read(context.now(), change); token && !(not_this && token->equals(*not_this))) {
    return OAuthTokens{.access_token = *std::move(token)};  // somebody was quicker
  }
  auto login = state.usable_login(provider);
  if (!login) return log_in_if_allowed(std::move(login.error()), context);
  const bool rejected = not_this && login->tokens.access_token.equals(*not_this);
  if (!rejected && internal::is_fresh(login->tokens, context.now(), state.options.refresh_early, spread)) {
    keep(login->tokens, change);
    return std::move(login->tokens);
  }
  // What others may use while this one is being renewed.
  if (!rejected) keep(login->tokens, change, context.now());
  auto renewed = renew_or_use_old(*login, context, rejected);
  if (!renewed) return log_in_if_allowed(std::move(renewed.error()), context);
  if (!renewed->access_token.equals(login->tokens.access_token)) keep(*renewed, known.changes.load());
  return renewed;
}

Result<Secret> TokenSource::Impl::obtain(const Context& context, const Secret* not_this) {
  const auto epoch = known.changes.load(std::memory_order_acquire);
  if (auto token = cache.read(context.now(), epoch); token && !(not_this && token->equals(*not_this))) {
    return *std::move(token);
  }
  if (!not_this && renewing.load() > 0) {
    if (auto ageing = cache.read(context.now(), epoch, TokenCache::Age::Ageing)) return *std::move(ageing);
  }
  auto tokens = renewals.run(context.deadline, not_this, [&] {
    struct Count {
      explicit Count(std::atomic<int>& to) : count(to) { count.fetch_add(1); }
      ~Count() { count.fetch_sub(1); }
      std::atomic<int>& count;
    } const counted(renewing);
    auto renewed = renew(context, not_this);
    if (!renewed && renewed.error().category == Category::LoginRequired) cache.wipe();
    return renewed;
  });
  if (!tokens) return fail(std::move(tokens.error()));
  return std::move(tokens->access_token);
}

TokenSource::TokenSource(OAuthManager& manager, std::string provider, LoginPolicy policy)
    : impl_(new Impl{.manager = manager,
                     .state = *manager.impl_,
                     .provider = provider,
                     .policy = policy,
                     .known = manager.impl_->provider(provider),
                     .spread = draw_spread(manager.impl_->seams.random)}) {}
TokenSource::~TokenSource() = default;

Result<Secret> TokenSource::access_token(const CallOptions& options) {
  // The way of nearly every call; see TokenCache.
  if (auto token = impl_->cache.read(impl_->state.seams.clock.now(), impl_->known.changes.load(std::memory_order_acquire))) {
    return *std::move(token);
  }
  const Deadline deadline = impl_->deadline_of(options);
  return impl_->obtain({impl_->state.seams, impl_->state.options, impl_->provider, deadline}, nullptr);
}

}  // namespace mimir::oauth
