#include <internal/manager_state.hpp>

#include <internal/expected_account.hpp>
#include <internal/lifetime.hpp>
#include <internal/required_claims.hpp>
#include <internal/sanitise.hpp>

namespace mimir::oauth::internal {

Error login_required(std::string code, std::string message, const std::string& provider) {
  return {.category = Category::LoginRequired,
          .code = std::move(code),
          .message = std::move(message),
          .hint = "Log in to " + sanitise(provider, 64) + " again."};
}

bool is_same_client(const OAuthConfig& wanted, const OAuthConfig& stored) {
  const bool both_registered = wanted.registration && stored.registration;
  return wanted.issuer == stored.issuer && (both_registered || wanted.client_id == stored.client_id);
}

Result<std::optional<DpopKey>> make_dpop_key(const OAuthConfig& config, const Metadata& metadata) {
  if (!config.dpop_bound_access_tokens) return std::optional<DpopKey>();
  auto key = DpopKey::make(metadata.dpop_algorithms);
  if (!key) return fail(std::move(key.error()));
  return std::optional<DpopKey>(*std::move(key));
}

ManagerState::ManagerState(Seams outside, ManagerOptions wanted)
    : clocked(outside.http, outside.clock, clocks),
      seams{.http = clocked,
            .browser = outside.browser,
            .callbacks = outside.callbacks,
            .storage = outside.storage,
            .clock = outside.clock,
            .random = outside.random,
            .events = std::move(outside.events),
            .waiter = outside.waiter},
      options(wanted) {}

ProviderState& ManagerState::provider(const std::string& name) {
  const std::lock_guard lock(mutex);
  auto& state = providers[name];
  if (!state) state = std::make_unique<ProviderState>();
  return *state;
}

void ManagerState::note_strangers(const std::vector<std::string>& issuers) {
  auto strangers = issuers;
  const std::lock_guard lock(mutex);
  for (const auto& [name, known] : providers) {
    const std::lock_guard guard(known->mutex);
    if (known->config) std::erase(strangers, known->config->issuer);
  }
  strange_issuers.add(strangers);
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
    if (!is_same_client(*known.config, stored)) {
      return fail(login_required("login.other_client",
                                 "The stored login of " + shown + " belongs to another issuer or client.", name));
    }
    if (!missing_scopes(known.config->scopes, stored.scopes).empty()) {
      return fail(login_required("login.scope", "The stored login of " + shown + " does not cover all that is wanted now.",
                                 name));
    }
    // Required only now: the ID Token was verified when it was stored.
    const auto& id_token = (*login)->tokens.id_token;
    const auto identity = id_token ? id_token->clone() : Secret();
    if (auto allowed = check_required_claims(identity, *known.config); !allowed) {
      return fail(login_required("login.claim_required", allowed.error().message, name));
    }
    if (!check_expected_account(identity, known.config->account)) {
      return fail(login_required("login.other_account", "The stored login of " + shown + " is of another account than expected.",
                                 name));
    }
    (*login)->config.required_claims = known.config->required_claims;
    if (known.config->dpop_bound_access_tokens && !(*login)->tokens.dpop_key) {
      return fail(login_required("login.not_bound",
                                 "The stored login of " + shown + " is not bound to a key, which is wanted now.", name));
    }
  }
  return std::move(**login);
}

}  // namespace mimir::oauth::internal
