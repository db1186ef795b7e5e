#include <internal/manager_state.hpp>

#include <internal/lifetime.hpp>
#include <internal/sanitise.hpp>

namespace mimir::oauth::internal {

Error login_required(std::string code, std::string message, const std::string& provider) {
  return {.category = Category::LoginRequired,
          .code = std::move(code),
          .message = std::move(message),
          .hint = "Log in to " + sanitise(provider, 64) + " again."};
}

Result<std::optional<DpopKey>> make_dpop_key(const OAuthConfig& config, const Metadata& metadata) {
  if (!config.dpop_bound_access_tokens) return std::optional<DpopKey>();
  auto key = DpopKey::make(metadata.dpop_algorithms);
  if (!key) return fail(std::move(key.error()));
  return std::optional<DpopKey>(*std::move(key));
}

ProviderState& ManagerState::provider(const std::string& name) {
  const std::lock_guard lock(mutex);
  auto& state = providers[name];
  if (!state) state = std::make_unique<ProviderState>();
  return *state;
}

Result<std::shared_ptr<const OAuthConfig>> ManagerState::config(const std::string& name) {
  auto& known = provider(name);
  {
    const std::lock_guard lock(known.mutex);
    if (known.config) return known.config;
  }
  auto login = seams.storage.load(name);
  if (!login) return fail(std::move(login.error()));
  if (*login) return std::make_shared<const OAuthConfig>((*login)->config.clone());
  return fail({.category = Category::Misconfigured,
               .code = "provider.unknown",
               .message = "Nothing is known about the provider \"" + sanitise(name, 64) + "\".",
               .hint = "Configure its issuer and client id first."});
}

Result<StoredLogin> ManagerState::usable_login(const std::string& name) {
  const auto shown = sanitise(name, 64);
  auto login = seams.storage.load(name);
  if (!login) return fail(std::move(login.error()));
  if (!*login) return fail(login_required("login.none", "You are not logged in to " + shown + ".", name));
  if (!holds_login((*login)->tokens)) {
    return fail(login_required("login.ended", "Your access to " + shown + " has expired or was revoked.", name));
  }
  auto& known = provider(name);
  const std::lock_guard lock(known.mutex);
  if (known.config) {
    const auto& stored = (*login)->config;
    if (known.config->issuer != stored.issuer || known.config->client_id != stored.client_id) {
      return fail(login_required("login.other_client",
                                 "The stored login of " + shown + " belongs to another issuer or client.", name));
    }
    if (!missing_scopes(known.config->scopes, stored.scopes).empty()) {
      return fail(login_required("login.scope", "The stored login of " + shown + " does not cover all that is wanted now.",
                                 name));
    }
    if (known.config->dpop_bound_access_tokens && !(*login)->tokens.dpop_key) {
      return fail(login_required("login.not_bound",
                                 "The stored login of " + shown + " is not bound to a key, which is wanted now.", name));
    }
  }
  return std::move(**login);
}

}  // namespace mimir::oauth::internal
