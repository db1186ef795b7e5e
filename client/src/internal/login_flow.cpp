// Browser login: RFC 8252 (native apps) with RFC 7636 (PKCE), RFC 9207 (iss) and, when asked for, OpenID Connect.
#include <algorithm>
#include <optional>
#include <stop_token>

#include <internal/device_rival.hpp>
#include <internal/login_attempt.hpp>
#include <internal/login_finish.hpp>
#include <internal/login_turn.hpp>

namespace mimir::oauth::internal {
namespace {

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

/// A device code can say neither when nor how the user must log in.
bool may_race_device(const LoginClient& client, const ManagerOptions& options) {
  return options.device_beside_browser && !client.metadata.endpoints.device_authorization.empty() &&
         !client.config.max_age && client.config.acr_values.empty();
}

struct Granted {
  TokenGrant grant;
  bool on_device = false;  ///< Without what only an authorization request asks for.
};

/// Sends the user off and waits for whichever comes first: the browser here, a pasted address, another device.
Result<Granted> visit(LoginAttempt& attempt, const Context& context) {
  const auto& client = attempt.client();
  const auto url = attempt.prepare_visit();
  if (!url) return fail(url.error());
  std::stop_source race;  // over when one way has won, or when the caller stops
  const std::stop_callback forward(context.deadline.stop(), [&race] { race.request_stop(); });
  std::optional<DeviceRival> rival;
  if (may_race_device(client, context.options)) {
    rival.emplace(DeviceRival::Login{client.config, client.metadata, attempt.method(), attempt.dpop()}, context, race);
  }
  attempt.send_off(*url);
  auto response = attempt.await_response(*url, race.get_token());
  // Both may have come at the same moment: then the tokens are there, and the code is left alone.
  if (auto grant = rival ? rival->end() : std::nullopt) {
    context.emit(Event::Kind::CameBack, "device");
    return Granted{*std::move(grant), /*on_device=*/true};
  }
  if (!response) return fail(std::move(response.error()));
  auto code = attempt.accept(*std::move(response));
  if (!code) return fail(std::move(code.error()));
  auto grant = attempt.exchange(*std::move(code));
  if (!grant) {
    attempt.forget_endpoints();
    return fail(std::move(grant.error()));
  }
  return Granted{*std::move(grant)};
}

Result<OAuthTokens> log_in_with_browser(ManagerState& state, const LoginClient& client, const OAuthConfig& configured,
                                        const Context& context) {
  const auto attempt = LoginAttempt::begin(state, client, context);
  if (!attempt) return fail(attempt.error());
  auto granted = visit(**attempt, context);
  if (!granted) return fail(std::move(granted.error()));
  const auto& config = client.config;
  const auto& nonce = (*attempt)->secrets().nonce;
  AskedIdentity asked;
  if (!granted->on_device) {
    asked = {.nonce = nonce ? &*nonce : nullptr, .max_age = config.max_age, .acr_values = config.acr_values};
  }
  // How the user had to log in was for this once; the scopes stay with the login.
  auto lasting = config.clone();
  lasting.max_age = configured.max_age;
  lasting.acr_values = configured.acr_values;
  auto tokens = finish_login(std::move(granted->grant), lasting, client.metadata, asked, state, context);
  if (tokens) (*attempt)->succeeded();
  return tokens;
}

}  // namespace

Result<OAuthTokens> run_login(ManagerState& state, const LoginDemand& demand, const Context& context) {
  const auto configured = state.config(context.provider);
  if (!configured) return fail(configured.error());
  OAuthConfig config = (*configured)->clone();
  if (auto widened = widen(config, demand, context); !widened) return fail(std::move(widened.error()));
  if (auto may = check_login(state, config, context); !may) return fail(std::move(may.error()));
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
