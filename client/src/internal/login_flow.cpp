// Browser login: RFC 8252 (native apps) with RFC 7636 (PKCE), RFC 9207 (iss) and, when asked for, OpenID Connect.
#include <internal/authorization_request.hpp>
#include <internal/authorization_response.hpp>
#include <internal/form_post.hpp>
#include <internal/login_finish.hpp>
#include <internal/pushed_request.hpp>
#include <internal/sanitise.hpp>

namespace mimir::oauth::internal {
namespace {

/// The page in the user's browser says "success" only after everything is done; every other way out says "failure".
class Listener {
 public:
  explicit Listener(std::unique_ptr<CallbackReceiver> receiver) : receiver_(std::move(receiver)) {}
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  ~Listener() { receiver_->finish(outcome_); }

  CallbackReceiver& operator*() { return *receiver_; }
  void succeeded() { outcome_ = PageOutcome::Success; }

 private:
  std::unique_ptr<CallbackReceiver> receiver_;
  PageOutcome outcome_ = PageOutcome::Failure;
};

Result<TokenGrant> exchange_code(ValidatedCode code, const OAuthConfig& config, const Metadata& metadata,
                                 const ClientAuthentication& method, const std::string& redirect_uri,
                                 const Secret& verifier, const DpopBinding* dpop, const Context& context) {
  SecretForm form;
  form.add("grant_type", "authorization_code")
      .add("code", code.expose())
      .add("redirect_uri", redirect_uri)  // identical to the one in the authorization request: RFC 6749 §4.1.3
      .add("code_verifier", verifier.expose());
  for (const auto& resource : config.resources) form.add("resource", resource);  // RFC 8707 §2.2
  auto outcome = post_form(metadata.endpoints.token, form, method, config, context, dpop);
  if (!outcome.response) {
    auto error = std::move(outcome.response.error());
    // RFC 6749 §4.1.2: the server may hold the code for used; nobody can know.
    if (outcome.sent != Sent::No) error.hint = "Start the login again; the code is never sent twice.";
    return fail(std::move(error));
  }
  return validate_token_response(*outcome.response, {.step = Step::CodeExchange,
                                                     .provider = sanitise(context.provider, 64),
                                                     .url = metadata.endpoints.token,
                                                     .now = context.now(),
                                                     .bound = dpop != nullptr});
}

}  // namespace

Result<OAuthTokens> run_login(ManagerState& state, const Context& context) {
  const auto configured = state.config(context.provider);
  if (!configured) return fail(configured.error());
  const OAuthConfig& config = **configured;
  if (auto sound = check_config(context.provider, config); !sound) return fail(std::move(sound.error()));
  if (auto store = check_store(state, context); !store) return fail(std::move(store.error()));

  const bool openid = asks_for_openid(config);
  const auto metadata =
      state.discovery.find(config, {.authorization = true, .token = true, .jwks = openid}, context);
  if (!metadata) return fail(metadata.error());
  if (auto offered = require_code_flow(*metadata); !offered) return fail(std::move(offered.error()));
  const auto method = choose_client_authentication(config, *metadata);
  if (!method) return fail(method.error());
  auto secrets = draw_login_secrets(state.seams.random, openid, state.options.verifier_length);
  if (!secrets) return fail(secrets.error());
  const auto key = make_dpop_key(config, *metadata);
  if (!key) return fail(key.error());
  std::optional<DpopBinding> bound;
  if (*key) {
    auto thumbprint = (*key)->thumbprint();
    if (!thumbprint) return fail(std::move(thumbprint.error()));
    secrets->dpop_jkt = *std::move(thumbprint);
    bound.emplace(DpopBinding{**key, state.dpop_nonces});
  }
  const auto* const dpop = bound ? &*bound : nullptr;

  Listener listener(state.seams.callbacks.create());
  const auto redirect_uri = (*listener).listen({.redirect_uri = config.redirect_uri,
                                                .alternative_ports = config.alternative_ports,
                                                .state = secrets->state.clone()});
  if (!redirect_uri) return fail(redirect_uri.error());
  auto parameters = authorization_parameters(config, *redirect_uri, *secrets);
  if (must_push(config, *metadata)) {
    auto pushed = push_authorization_request(parameters, *metadata, *method, config, context, dpop);
    if (!pushed) return fail(std::move(pushed.error()));
    parameters = *std::move(pushed);
  }
  const auto url = authorization_url(metadata->endpoints.authorization, parameters);
  if (!url) return fail(url.error());

  context.emit(Event::Kind::AuthorizationUrl, *url);
  if (auto opened = state.seams.browser.open(*url); !opened) {
    context.emit(Event::Kind::BrowserFailed, opened.error().message);
  }
  context.emit(Event::Kind::Waiting);
  auto response = (*listener).wait(context.deadline.at_most(context.options.login_timeout), context.deadline.stop());
  if (!response) return fail(std::move(response.error()));
  if (response->refused_requests > 0) {
    context.emit(Event::Kind::Warning, std::to_string(response->refused_requests) +
                                           " requests that did not belong to this login were refused");
  }
  auto code = validate_authorization_response(std::move(*response), *metadata, context.provider);
  if (!code) return fail(std::move(code.error()));
  if (auto alive = context.deadline.check(); !alive) return fail(std::move(alive.error()));

  auto grant = exchange_code(*std::move(code), config, *metadata, *method, *redirect_uri, secrets->pkce.verifier, dpop,
                             context);
  if (!grant) {
    state.discovery.forget(config.issuer);  // the next attempt looks again: endpoints may have moved
    return fail(std::move(grant.error()));
  }
  if (dpop) grant->dpop_key = dpop->key.pem().clone();
  auto tokens = finish_login(*std::move(grant), config, *metadata, secrets->nonce ? &*secrets->nonce : nullptr, state,
                             context);
  if (tokens) listener.succeeded();
  return tokens;
}

}  // namespace mimir::oauth::internal
