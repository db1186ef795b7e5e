#include <mimir/oauth/oauth_manager.hpp>

#include <internal/client_registry.hpp>
#include <internal/lifetime.hpp>
#include <internal/manager_impl.hpp>
#include <internal/resource_discovery.hpp>

namespace mimir::oauth {

using internal::Context;
using internal::Deadline;

namespace {

/// The user may come back at the last moment; what follows then still needs its time.
std::chrono::milliseconds login_time(const ManagerOptions& options) {
  return options.login_timeout + 3 * options.request_timeout;
}

}  // namespace

OAuthManager::OAuthManager(Seams seams, ManagerOptions options) : impl_(new Impl(std::move(seams), options)) {}
OAuthManager::~OAuthManager() = default;

void OAuthManager::add_provider(const std::string& name, OAuthConfig config) {
  auto& known = impl_->provider(name);
  const std::lock_guard guard(known.mutex);
  known.config = std::make_shared<const OAuthConfig>(std::move(config));
  known.changes.fetch_add(1);
}

Result<OAuthTokens> OAuthManager::initiate_flow(const std::string& provider, const CallOptions& options) {
  const Deadline deadline(options, login_time(impl_->options));
  return impl_->provider(provider).browser_logins.run(deadline, nullptr, [&] {
    return internal::run_login(*impl_, {}, Context{impl_->seams, impl_->options, provider, deadline});
  });
}

Result<OAuthTokens> OAuthManager::step_up(const std::string& provider, const LoginDemand& demand,
                                          const CallOptions& options) {
  const Deadline deadline(options, login_time(impl_->options));
  return internal::run_login(*impl_, demand, Context{impl_->seams, impl_->options, provider, deadline});
}

Result<PkceProof> OAuthManager::prove_pkce(const std::string& provider, const CallOptions& options) {
  const Deadline deadline(options, 2 * login_time(impl_->options));
  return internal::run_pkce_proof(*impl_, Context{impl_->seams, impl_->options, provider, deadline});
}

Result<OAuthTokens> OAuthManager::device_login(const std::string& provider, const CallOptions& options) {
  // The server says how long the user has; that is at most a day.
  const Deadline deadline(options, std::chrono::hours(25));
  return impl_->provider(provider).device_logins.run(deadline, nullptr, [&] {
    return internal::run_device_login(*impl_, Context{impl_->seams, impl_->options, provider, deadline});
  });
}

Result<OAuthTokens> OAuthManager::client_credentials(const std::string& provider, const CallOptions& options) {
  const Deadline deadline(options, 2 * impl_->options.request_timeout);
  return impl_->provider(provider).own_token_flight.run(deadline, nullptr, [&] {
    return internal::run_client_credentials(*impl_, Context{impl_->seams, impl_->options, provider, deadline});
  });
}

Result<OAuthTokens> OAuthManager::exchange_token(const std::string& provider, const TokenExchange& exchange,
                                                 const CallOptions& options) {
  const Deadline deadline(options, 2 * impl_->options.request_timeout);
  return internal::run_token_exchange(*impl_, exchange, Context{impl_->seams, impl_->options, provider, deadline});
}

Result<OAuthTokens> OAuthManager::redeem_assertion(const std::string& provider, const Secret& assertion,
                                                   const std::vector<std::string>& scopes, const CallOptions& options) {
  const Deadline deadline(options, 2 * impl_->options.request_timeout);
  return internal::run_jwt_bearer(*impl_, assertion, scopes, Context{impl_->seams, impl_->options, provider, deadline});
}

Result<ProtectedResource> OAuthManager::discover_resource(const std::string& url, const CallOptions& options) {
  const Deadline deadline(options, 2 * impl_->options.request_timeout);
  auto found = internal::run_resource_discovery(url, Context{impl_->seams, impl_->options, url, deadline});
  if (found) impl_->note_strangers(found->authorization_servers);
  return found;
}

void OAuthManager::confirm_issuer(const std::string& issuer) { impl_->strange_issuers.confirm(issuer); }

Result<OAuthTokens> OAuthManager::refresh_token(const std::string& provider, const CallOptions& options,
                                                const Secret* not_this) {
  const Deadline deadline(options, 2 * impl_->options.request_timeout);
  return impl_->provider(provider).refreshes.run(deadline, not_this, [&] {
    return internal::run_refresh(*impl_, Context{impl_->seams, impl_->options, provider, deadline}, {.not_this = not_this});
  });
}

Result<RevokeReport> OAuthManager::revoke_access(const std::string& provider, const CallOptions& options) {
  const Deadline deadline(options, 2 * impl_->options.request_timeout);
  return internal::run_revocation(*impl_, Context{impl_->seams, impl_->options, provider, deadline});
}

Result<bool> OAuthManager::end_registration(const std::string& provider, const CallOptions& options) {
  const auto config = impl_->config(provider);
  if (!config) return fail(config.error());
  const Deadline deadline(options, 2 * impl_->options.request_timeout);
  return internal::end_registration(**config, Context{impl_->seams, impl_->options, provider, deadline});
}

bool OAuthManager::is_token_valid(const OAuthTokens& tokens) const {
  return internal::is_fresh(tokens, impl_->seams.clock.now(), impl_->options.refresh_early);
}

Result<std::optional<StoredLogin>> OAuthManager::stored(const std::string& provider) const {
  auto login = impl_->seams.storage.load(provider);
  if (login && *login && !internal::holds_login((*login)->tokens)) return std::optional<StoredLogin>();
  return login;
}

}  // namespace mimir::oauth
