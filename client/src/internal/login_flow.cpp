// Browser login: RFC 8252 (native apps) with RFC 7636 (PKCE), RFC 9207 (iss) and, when asked for, OpenID Connect.
#include <algorithm>
#include <optional>
#include <stop_token>

#include <internal/authorization_request.hpp>
#include <internal/authorization_response.hpp>
#include <internal/callback_wait.hpp>
#include <internal/device_rival.hpp>
#include <internal/form_post.hpp>
#include <internal/lifetime.hpp>
#include <internal/login_client.hpp>
#include <internal/login_finish.hpp>
#include <internal/login_turn.hpp>
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

void add_missing(std::vector<std::string>& words, const std::vector<std::string>& more) {
  for (const auto& word : more) {
    if (std::ranges::find(words, word) == words.end()) words.push_back(word);
  }
}

/// A challenge may name the missing scope alone: asking for that alone would lose what was granted before.
Result<> widen(OAuthConfig& config, const LoginDemand& demand, const Context& context) {
  if (demand == LoginDemand()) return {};
  const auto login = context.seams.storage.load(context.provider);
  if (!login) return fail(login.error());
  if (*login && is_same_client(config, (*login)->config)) {
    add_missing(config.scopes, (*login)->tokens.scopes);
  }
  add_missing(config.scopes, demand.scopes);
  if (demand.max_age) config.max_age = std::min(*demand.max_age, config.max_age.value_or(*demand.max_age));
  if (!demand.acr_values.empty()) config.acr_values = demand.acr_values;
  return {};
}

/// What an attempt to log in is made of. The references live in run_login().
struct LoginAttempt {
  ManagerState& state;
  const OAuthConfig& config;
  const Metadata& metadata;
  const ClientAuthentication& method;
  const LoginSecrets& secrets;
  const DpopBinding* dpop;
  std::string redirect_uri;
};

Result<TokenGrant> exchange_code(ValidatedCode code, const LoginAttempt& attempt, const Context& context) {
  const auto& config = attempt.config;
  SecretForm form;
  form.add("grant_type", "authorization_code")
      .add("code", code.expose())
      .add("redirect_uri", attempt.redirect_uri)  // identical to the one in the authorization request: RFC 6749 §4.1.3
      .add("code_verifier", attempt.secrets.pkce.verifier.expose());
  for (const auto& resource : config.resources) form.add("resource", resource);  // RFC 8707 §2.2
  if (config.dialect.state_in_token_request) form.add("state", attempt.secrets.state.expose());
  auto outcome = post_form(attempt.metadata.endpoints.token, form, attempt.method, config, context, Repeat::NotSent, attempt.dpop);
  if (!outcome.response) {
    auto error = std::move(outcome.response.error());
    // RFC 6749 §4.1.2: the server may hold the code for used; nobody can know.
    if (outcome.sent != Sent::No) error.hint = "Start the login again; the code is never sent twice.";
    return fail(std::move(error));
  }
  auto grant = validate_token_response(*outcome.response, {.step = Step::CodeExchange,
                                                     .provider = sanitise(context.provider, 64),
                                                     .url = attempt.metadata.endpoints.token,
                                                     .now = context.now(),
                                                     .bound = attempt.dpop != nullptr,
                                                           .dialect = &config.dialect});
  if (grant && attempt.dpop) grant->dpop_key = attempt.dpop->key.pem().clone();
  return grant;
}

/// Where the user's browser is to go.
Result<std::string> prepare_visit(const LoginAttempt& attempt, const Context& context) {
  auto parameters = authorization_parameters(attempt.config, attempt.redirect_uri, attempt.secrets);
  if (must_push(attempt.config, attempt.metadata)) {
    auto pushed = push_authorization_request(parameters, attempt.metadata, attempt.method, attempt.config, context,
                                             attempt.dpop);
    if (!pushed) return fail(std::move(pushed.error()));
    parameters = *std::move(pushed);
  }
  return authorization_url(attempt.metadata.endpoints.authorization, in_dialect(parameters, attempt.config.dialect));
}

/// A device code can say neither when nor how the user must log in.
bool may_race_device(const LoginAttempt& attempt, const ManagerOptions& options) {
  return options.device_beside_browser && !attempt.metadata.endpoints.device_authorization.empty() &&
         !attempt.config.max_age && attempt.config.acr_values.empty();
}

struct Granted {
  TokenGrant grant;
  bool on_device = false;  ///< Without what only an authorization request asks for.
};

/// The wait is by a clock that stands still while the machine sleeps; the provider's does not (CH-TM-07).
Result<> check_awake(TimePoint begun, const Context& context) {
  if (context.now() - begun <= context.options.login_timeout + kClockTolerance) return {};
  return fail({.category = Category::Cancelled,
               .code = "login.too_long",
               .message = "The login took too long: this computer was asleep meanwhile, or its clock was set.",
               .hint = "Start the login again."});
}

/// Sends the user off and waits for whichever comes first: the browser here, a pasted address, another device.
Result<Granted> visit(const LoginAttempt& attempt, Listener& listener, const Context& context) {
  const auto url = prepare_visit(attempt, context);
  if (!url) return fail(url.error());
  std::stop_source race;  // over when one way has won, or when the caller stops
  const std::stop_callback forward(context.deadline.stop(), [&race] { race.request_stop(); });
  std::optional<DeviceRival> rival;
  if (may_race_device(attempt, context.options)) {
    rival.emplace(DeviceRival::Login{attempt.config, attempt.metadata, attempt.method, attempt.dpop}, context, race);
  }
  context.emit(Event::Kind::AuthorizationUrl, *url);
  if (auto opened = context.seams.browser.open(*url); !opened) {
    context.emit(Event::Kind::BrowserFailed, opened.error().message);
  }
  const auto begun = context.now();
  auto response = wait_for_callback(*listener, *url, attempt.redirect_uri, context, race.get_token());
  // Both may have come at the same moment: then the tokens are there, and the code is left alone.
  if (auto grant = rival ? rival->end() : std::nullopt) {
    context.emit(Event::Kind::CameBack, "device");
    return Granted{*std::move(grant), /*on_device=*/true};
  }
  if (!response) return fail(std::move(response.error()));
  if (response->refused_requests > 0) {
    context.emit(Event::Kind::Warning, std::to_string(response->refused_requests) +
                                           " requests that did not belong to this login were refused");
  }
  const bool pasted = response->pasted;
  auto code = validate_authorization_response(std::move(*response), attempt.metadata, context.provider);
  if (!code) return fail(std::move(code.error()));
  context.emit(Event::Kind::CameBack, pasted ? "paste" : "browser");
  if (auto alive = context.deadline.check(); !alive) return fail(std::move(alive.error()));
  if (auto awake = check_awake(begun, context); !awake) return fail(std::move(awake.error()));
  auto grant = exchange_code(*std::move(code), attempt, context);
  if (!grant) {
    attempt.state.discovery.forget(attempt.config.issuer);  // the next attempt looks again: endpoints may have moved
    return fail(std::move(grant.error()));
  }
  return Granted{*std::move(grant)};
}

Result<OAuthTokens> log_in_with_browser(ManagerState& state, const LoginClient& client, const OAuthConfig& configured,
                                        const Context& context) {
  const auto& config = client.config;
  const auto& metadata = client.metadata;
  if (auto offered = require_code_flow(metadata); !offered) return fail(std::move(offered.error()));
  const auto method = choose_client_authentication(config, metadata);
  if (!method) return fail(method.error());
  auto secrets = draw_login_secrets(state.seams.random, asks_for_openid(config), state.options.verifier_length);
  if (!secrets) return fail(secrets.error());
  const auto key = make_dpop_key(config, metadata);
  if (!key) return fail(key.error());
  std::optional<DpopBinding> bound;
  if (*key) {
    auto thumbprint = (*key)->thumbprint();
    if (!thumbprint) return fail(std::move(thumbprint.error()));
    secrets->dpop_jkt = *std::move(thumbprint);
    bound.emplace(DpopBinding{**key, state.dpop_nonces, state.clocks});
  }
  const auto* const dpop = bound ? &*bound : nullptr;

  Listener listener(state.seams.callbacks.create());
  const auto redirect_uri = (*listener).listen({.redirect_uri = client.redirects.redirect_uri,
                                                .alternative_ports = client.redirects.alternative_ports,
                                                .state = secrets->state.clone()});
  if (!redirect_uri) return fail(redirect_uri.error());
  const LoginAttempt attempt{state, config, metadata, *method, *secrets, dpop, *redirect_uri};
  auto granted = visit(attempt, listener, context);
  if (!granted) return fail(std::move(granted.error()));
  AskedIdentity asked;
  if (!granted->on_device) {
    asked = {.nonce = secrets->nonce ? &*secrets->nonce : nullptr, .max_age = config.max_age, .acr_values = config.acr_values};
  }
  // How the user had to log in was for this once; the scopes stay with the login.
  auto lasting = config.clone();
  lasting.max_age = configured.max_age;
  lasting.acr_values = configured.acr_values;
  auto tokens = finish_login(std::move(granted->grant), lasting, metadata, asked, state, context);
  if (tokens) listener.succeeded();
  return tokens;
}

}  // namespace

Result<OAuthTokens> run_login(ManagerState& state, const LoginDemand& demand, const Context& context) {
  const auto configured = state.config(context.provider);
  if (!configured) return fail(configured.error());
  OAuthConfig config = (*configured)->clone();
  if (auto widened = widen(config, demand, context); !widened) return fail(std::move(widened.error()));
  if (auto sound = check_login_config(context.provider, config); !sound) return fail(std::move(sound.error()));
  if (auto known = state.strange_issuers.check(config.issuer, state.seams.storage); !known) {
    return fail(std::move(known.error()));
  }
  if (auto store = check_store(state, context); !store) return fail(std::move(store.error()));
  auto turn = take_login_turn(state, context);
  if (!turn) return fail(std::move(turn.error()));
  if (turn->of_the_other && demand == LoginDemand()) return *std::move(turn->of_the_other);
  const NeededEndpoints needed{.authorization = true, .token = true, .jwks = asks_for_openid(config)};
  return log_in_as_client(state, config, needed, context, [&](const LoginClient& client) {
    return log_in_with_browser(state, client, **configured, context);
  });
}

}  // namespace mimir::oauth::internal
