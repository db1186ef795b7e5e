// Tokens for tokens: RFC 8693 (token exchange) and RFC 7523 §2.1 (JWT bearer). A company's sign-in becomes a token for an
// API without another login.
#include <internal/authorization_request.hpp>
#include <internal/form_post.hpp>
#include <internal/lifetime.hpp>
#include <internal/manager_state.hpp>
#include <internal/sanitise.hpp>
#include <internal/token_response.hpp>
#include <mimir/codec/url.hpp>

namespace mimir::oauth::internal {
namespace {

Error refused(std::string code, std::string message, std::string spec) {
  return {.category = Category::Misconfigured,
          .code = std::move(code),
          .message = std::move(message),
          .hint = "Nothing was sent.",
          .spec = std::move(spec)};
}

/// Sends the form for this provider's client. What comes is the caller's alone.
Result<TokenGrant> ask(ManagerState& state, const SecretForm& form, Step step, const Context& context) {
  const auto configured = state.config(context.provider);
  if (!configured) return fail(configured.error());
  const OAuthConfig& config = **configured;
  if (auto sound = check_config(context.provider, config); !sound) return fail(std::move(sound.error()));
  const auto metadata = state.discovery.find(config, {.token = true}, context);
  if (!metadata) return fail(metadata.error());
  const auto method = choose_client_authentication(config, *metadata);
  if (!method) return fail(method.error());
  const auto key = make_dpop_key(config, *metadata);
  if (!key) return fail(key.error());
  std::optional<DpopBinding> bound;
  if (*key) bound.emplace(DpopBinding{**key, state.dpop_nonces, state.clocks});

  const auto& url = metadata->endpoints.token;
  auto outcome = post_form(url, form, *method, config, context, Repeat::NotSent, bound ? &*bound : nullptr);
  if (!outcome.response) return fail(std::move(outcome.response.error()));
  auto grant = validate_token_response(*outcome.response, {.step = step,
                                                           .provider = sanitise(context.provider, 64),
                                                           .url = url,
                                                           .now = context.now(),
                                                           .bound = bound.has_value(),
                                                           .dialect = &config.dialect});
  if (!grant) return grant;
  if (bound) grant->dpop_key = bound->key.pem().clone();
  grant->refresh_token.reset();  // RFC 7521 §4.1: what was handed in renews just as well
  grant->id_token.reset();       // nobody logged in here
  return grant;
}

Result<> check_issued(const TokenGrant& grant, const TokenExchange& exchange, const std::string& provider) {
  const auto wrong = [&](std::string what) {
    return fail({.category = Category::ProviderBroken,
                 .code = "exchange.issued_type",
                 .message = "The token answer of " + sanitise(provider, 64) + " " + std::move(what) + ".",
                 .hint = "The token was not used. Report it to the provider.",
                 .spec = "RFC 8693 §2.2.1"});
  };
  if (!grant.issued_token_type) return wrong("does not say which kind of token it brought");
  if (!exchange.requested_token_type.empty() && *grant.issued_token_type != exchange.requested_token_type) {
    return wrong("brought a token of another kind than asked for, \"" + sanitise(*grant.issued_token_type, 80) + "\"");
  }
  return {};
}

}  // namespace

Result<OAuthTokens> run_token_exchange(ManagerState& state, const TokenExchange& exchange, const Context& context) {
  if (exchange.subject_token.empty() || exchange.subject_token_type.empty()) {
    return fail(refused("exchange.no_subject", "There is no token to exchange.", "RFC 8693 §2.1"));
  }
  SecretForm form;
  form.add("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange")
      .add("subject_token", exchange.subject_token.expose())
      .add("subject_token_type", exchange.subject_token_type);
  if (!exchange.requested_token_type.empty()) form.add("requested_token_type", exchange.requested_token_type);
  if (!exchange.audience.empty()) form.add("audience", exchange.audience);
  for (const auto& resource : exchange.resources) {
    const auto url = codec::Url::parse(resource);
    if (!url || url->fragment()) {
      return fail(refused("exchange.resource", "A resource of the exchange is no absolute URI without fragment.",
                          "RFC 8693 §2.1"));
    }
    form.add("resource", resource);
  }
  if (const auto scope = join_scopes(exchange.scopes); !scope.empty()) form.add("scope", scope);
  auto grant = ask(state, form, Step::TokenExchange, context);
  if (!grant) return fail(std::move(grant.error()));
  if (auto kind = check_issued(*grant, exchange, context.provider); !kind) return fail(std::move(kind.error()));
  return tokens_of(*std::move(grant), context.now(), exchange.scopes);
}

Result<OAuthTokens> run_jwt_bearer(ManagerState& state, const Secret& assertion, const std::vector<std::string>& scopes,
                                   const Context& context) {
  if (assertion.empty()) return fail(refused("assertion.none", "There is no assertion to redeem.", "RFC 7523 §2.1"));
  SecretForm form;
  form.add("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer").add("assertion", assertion.expose());
  if (const auto scope = join_scopes(scopes); !scope.empty()) form.add("scope", scope);
  auto grant = ask(state, form, Step::JwtBearer, context);
  if (!grant) return fail(std::move(grant.error()));
  return tokens_of(*std::move(grant), context.now(), scopes);
}

}  // namespace mimir::oauth::internal
