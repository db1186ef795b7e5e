// Client credentials grant, RFC 6749 §4.4: a program acts for itself, without a user.
#include <internal/authorization_request.hpp>
#include <internal/form_post.hpp>
#include <internal/lifetime.hpp>
#include <internal/manager_state.hpp>
#include <internal/sanitise.hpp>
#include <internal/token_response.hpp>

namespace mimir::oauth::internal {
namespace {

Result<OAuthTokens> ask(ManagerState& state, const OAuthConfig& config, const Context& context) {
  const auto metadata = state.discovery.find(config, {.token = true}, context);
  if (!metadata) return fail(metadata.error());
  const auto method = choose_client_authentication(config, *metadata);
  if (!method) return fail(method.error());
  if (method->method == ClientAuthentication::Method::None) {
    return fail({.category = Category::Misconfigured,
                 .code = "client.no_credentials",
                 .message = "Only a client with a secret or a key can get a token for itself from " +
                            sanitise(context.provider, 64) + ".",
                 .hint = "Configure the client's secret or key, or log in as a user.",
                 .spec = "RFC 6749 §4.4"});
  }
  const auto key = make_dpop_key(config, *metadata);
  if (!key) return fail(key.error());
  std::optional<DpopBinding> bound;
  if (*key) bound.emplace(DpopBinding{**key, state.dpop_nonces, state.clocks});
  SecretForm form;
  form.add("grant_type", "client_credentials");
  if (const auto scope = scope_parameter(config.scopes, config); !scope.empty()) form.add("scope", scope);
  for (const auto& resource : config.resources) form.add("resource", resource);
  auto outcome = post_form(metadata->endpoints.token, form, *method, config, context, Repeat::Refused,
                           bound ? &*bound : nullptr);
  if (!outcome.response) return fail(std::move(outcome.response.error()));
  auto grant = validate_token_response(*outcome.response, {.step = Step::ClientCredentials,
                                                           .provider = sanitise(context.provider, 64),
                                                           .url = metadata->endpoints.token,
                                                           .now = context.now(),
                                                           .bound = bound.has_value(),
                                                           .dialect = &config.dialect});
  if (!grant) return fail(std::move(grant.error()));
  if (bound) grant->dpop_key = bound->key.pem().clone();
  grant->refresh_token.reset();  // §4.4.3: there should be none, and the credentials renew just as well
  grant->id_token.reset();       // nobody logged in
  return tokens_of(*std::move(grant), context.now(), config.scopes);
}

}  // namespace

Result<OAuthTokens> run_client_credentials(ManagerState& state, const Context& context) {
  const auto configured = state.config(context.provider);
  if (!configured) return fail(configured.error());
  const OAuthConfig& config = **configured;
  if (auto sound = check_config(context.provider, config); !sound) return fail(std::move(sound.error()));
  auto& known = state.provider(context.provider);
  {
    const std::lock_guard guard(known.mutex);
    const bool same = known.own_token && known.own_token_of == *configured;
    if (same && is_fresh(*known.own_token, context.now(), state.options.refresh_early)) return known.own_token->clone();
  }
  auto tokens = ask(state, config, context);
  if (!tokens) return tokens;
  const std::lock_guard guard(known.mutex);
  known.own_token = tokens->clone();
  known.own_token_of = *configured;
  return tokens;
}

}  // namespace mimir::oauth::internal
