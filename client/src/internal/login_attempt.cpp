#include <internal/login_attempt.hpp>

#include <internal/callback_wait.hpp>
#include <internal/lifetime.hpp>
#include <internal/pushed_request.hpp>
#include <internal/sanitise.hpp>

namespace mimir::oauth::internal {
namespace {

/// The wait is by a clock that stands still while the machine sleeps; the provider's does not (CH-TM-07).
Result<> check_awake(TimePoint begun, const Context& context) {
  if (context.now() - begun <= context.options.login_timeout + kClockTolerance) return {};
  return fail({.category = Category::Cancelled,
               .code = "login.too_long",
               .message = "The login took too long: this computer was asleep meanwhile, or its clock was set.",
               .hint = "Start the login again."});
}

/// Of the right form (RFC 7636 §4.1), so that it is the value that a server refuses.
Secret another(const Secret& verifier) {
  std::string text(verifier.expose());
  text.front() = text.front() == 'A' ? 'B' : 'A';
  return Secret(std::move(text));
}

}  // namespace

Result<std::unique_ptr<LoginAttempt>> LoginAttempt::begin(ManagerState& state, const LoginClient& client,
                                                          const Context& context) {
  if (auto offered = require_code_flow(client.metadata); !offered) return fail(std::move(offered.error()));
  auto method = choose_client_authentication(client.config, client.metadata);
  if (!method) return fail(std::move(method.error()));
  auto secrets = draw_login_secrets(state.seams.random, asks_for_openid(client.config), state.options.verifier_length);
  if (!secrets) return fail(std::move(secrets.error()));
  auto key = make_dpop_key(client.config, client.metadata);
  if (!key) return fail(std::move(key.error()));
  if (*key) {
    auto thumbprint = (*key)->thumbprint();
    if (!thumbprint) return fail(std::move(thumbprint.error()));
    secrets->dpop_jkt = *std::move(thumbprint);
  }
  std::unique_ptr<LoginAttempt> attempt(
      new LoginAttempt(state, client, context, *std::move(method), *std::move(secrets), *std::move(key)));
  auto redirect_uri = attempt->receiver_->listen({.redirect_uri = client.redirects.redirect_uri,
                                                  .alternative_ports = client.redirects.alternative_ports,
                                                  .state = attempt->secrets_.state.clone()});
  if (!redirect_uri) return fail(std::move(redirect_uri.error()));
  attempt->redirect_uri_ = *std::move(redirect_uri);
  return attempt;
}

LoginAttempt::LoginAttempt(ManagerState& state, const LoginClient& client, const Context& context,
                           ClientAuthentication method, LoginSecrets secrets, std::optional<DpopKey> key)
    : state_(state),
      client_(client),
      context_(context),
      method_(std::move(method)),
      secrets_(std::move(secrets)),
      key_(std::move(key)),
      receiver_(state.seams.callbacks.create()) {
  if (key_) dpop_.emplace(DpopBinding{*key_, state.dpop_nonces, state.clocks});
}

LoginAttempt::~LoginAttempt() { receiver_->finish(outcome_); }

Result<std::string> LoginAttempt::prepare_visit() {
  auto parameters = authorization_parameters(client_.config, redirect_uri_, secrets_);
  if (must_push(client_.config, client_.metadata)) {
    auto pushed = push_authorization_request(parameters, client_.metadata, method_, client_.config, context_, dpop());
    if (!pushed) return fail(std::move(pushed.error()));
    parameters = *std::move(pushed);
  }
  return authorization_url(client_.metadata.endpoints.authorization, in_dialect(parameters, client_.config.dialect));
}

void LoginAttempt::send_off(const std::string& url) {
  context_.emit(Event::Kind::AuthorizationUrl, url);
  if (auto opened = context_.seams.browser.open(url); !opened) {
    context_.emit(Event::Kind::BrowserFailed, opened.error().message);
  }
  begun_ = context_.now();
}

Result<CallbackResult> LoginAttempt::await_response(const std::string& url, std::stop_token race) {
  return wait_for_callback(*receiver_, url, redirect_uri_, context_, std::move(race));
}

Result<ValidatedCode> LoginAttempt::accept(CallbackResult response) {
  if (response.refused_requests > 0) {
    context_.emit(Event::Kind::Warning, std::to_string(response.refused_requests) +
                                            " requests that did not belong to this login were refused");
  }
  const bool pasted = response.pasted;
  auto code = validate_authorization_response(std::move(response), client_.metadata, context_.provider);
  if (!code) return fail(std::move(code.error()));
  context_.emit(Event::Kind::CameBack, pasted ? "paste" : "browser");
  if (auto alive = context_.deadline.check(); !alive) return fail(std::move(alive.error()));
  if (auto awake = check_awake(begun_, context_); !awake) return fail(std::move(awake.error()));
  return code;
}

Result<TokenGrant> LoginAttempt::exchange(ValidatedCode code, Verifier verifier) {
  const auto& config = client_.config;
  SecretForm form;
  form.add("grant_type", "authorization_code")
      .add("code", code.expose())
      .add("redirect_uri", redirect_uri_);  // identical to the one in the authorization request: RFC 6749 §4.1.3
  if (verifier == Verifier::Right) form.add("code_verifier", secrets_.pkce.verifier.expose());
  if (verifier == Verifier::Wrong) form.add("code_verifier", another(secrets_.pkce.verifier).expose());
  for (const auto& resource : config.resources) form.add("resource", resource);  // RFC 8707 §2.2
  if (config.dialect.state_in_token_request) form.add("state", secrets_.state.expose());
  auto outcome = post_form(client_.metadata.endpoints.token, form, method_, config, context_, Repeat::NotSent, dpop());
  if (!outcome.response) {
    auto error = std::move(outcome.response.error());
    // RFC 6749 §4.1.2: the server may hold the code for used; nobody can know.
    if (outcome.sent != Sent::No) error.hint = "Start the login again; the code is never sent twice.";
    return fail(std::move(error));
  }
  auto grant = validate_token_response(*outcome.response, {.step = Step::CodeExchange,
                                                           .provider = sanitise(context_.provider, 64),
                                                           .url = client_.metadata.endpoints.token,
                                                           .now = context_.now(),
                                                           .bound = dpop_.has_value(),
                                                           .dialect = &config.dialect});
  if (grant && key_) grant->dpop_key = key_->pem().clone();
  return grant;
}

void LoginAttempt::forget_endpoints() { state_.discovery.forget(client_.config.issuer); }

}  // namespace mimir::oauth::internal
