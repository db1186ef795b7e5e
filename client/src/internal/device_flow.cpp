// Device authorization grant, RFC 8628: the user logs in with a browser on another machine.
#include <algorithm>

#include <internal/authorization_request.hpp>
#include <internal/device_flow.hpp>
#include <internal/form_post.hpp>
#include <internal/login_client.hpp>
#include <internal/login_finish.hpp>
#include <internal/login_turn.hpp>
#include <internal/sanitise.hpp>
#include <mimir/codec/url.hpp>

namespace mimir::oauth::internal {
namespace {

constexpr std::chrono::seconds kSlowDown{5};  // RFC 8628 §3.5

AnswerSource source_of(Step step, const std::string& url, const OAuthConfig& config, const Context& context) {
  return {.step = step,
          .provider = sanitise(context.provider, 64),
          .url = url,
          .now = context.now(),
          .dialect = &config.dialect};
}

Error expired(const std::string& provider) {
  return {.category = Category::Cancelled,
          .code = "expired_token",
          .message = "The code for logging in to " + provider + " has expired before the login was finished.",
          .hint = "Start the login again for a new code.",
          .spec = "RFC 8628 §3.5"};
}

/// One poll at a time, never sooner than asked, until the code's lifetime is over.
class Poll {
 public:
  Poll(const DeviceGrant& grant, const OAuthConfig& config, const Metadata& metadata,
       const ClientAuthentication& method, const DpopBinding* dpop, const Context& context)
      : grant_(grant),
        config_(config),
        metadata_(metadata),
        method_(method),
        dpop_(dpop),
        context_(context),
        interval_(grant.interval),
        end_(context.now() + grant.lifetime) {}

  Result<TokenGrant> run() {
    const auto provider = sanitise(context_.provider, 64);
    for (auto pause = interval_;;) {
      if (context_.now() + pause >= end_) {
        // The last poll would come too late: waiting for the end serves nobody (CH-DV-02).
        return fail(expired(provider));
      }
      context_.wait(context_.deadline.at_most(pause));
      if (auto alive = context_.deadline.check(); !alive) return fail(std::move(alive.error()));
      auto result = ask();
      if (result) return result;
      Error& error = result.error();
      if (error.code == "access_denied") {
        error.category = Category::UserDeclined;
        error.message = "The login to " + provider + " was declined.";
        error.hint = "Start the login again and allow access, if that is what you want.";
        return result;
      }
      if (error.code == "expired_token") return fail(expired(provider));
      if (!goes_on(error)) return result;
      pause = std::max(interval_, error.retry_after.value_or(interval_));
    }
  }

 private:
  Result<TokenGrant> ask() {
    SecretForm form;
    form.add("grant_type", "urn:ietf:params:oauth:grant-type:device_code")
        .add("device_code", grant_.device_code.expose());
    const auto& url = metadata_.endpoints.token;
    auto outcome = post_form(url, form, method_, config_, context_, Repeat::Never, dpop_);
    if (!outcome.response) return fail(std::move(outcome.response.error()));
    auto source = source_of(Step::DevicePoll, url, config_, context_);
    source.bound = dpop_ != nullptr;
    auto grant = validate_token_response(*outcome.response, source);
    if (grant && dpop_) grant->dpop_key = dpop_->key.pem().clone();
    return grant;
  }

  /// Whether to poll again, and how much slower (RFC 8628 §3.5). Everything else ends the login.
  bool goes_on(const Error& error) {
    if (error.code == "authorization_pending") return true;
    if (error.code == "slow_down" || error.code == "token.rate_limited") {
      interval_ += kSlowDown;
      return true;
    }
    if (error.category != Category::TryLater) return false;
    if (error.code == "network.timeout") interval_ *= 2;  // §3.5: exponential backoff on connection timeouts
    return true;
  }

  const DeviceGrant& grant_;
  const OAuthConfig& config_;
  const Metadata& metadata_;
  const ClientAuthentication& method_;
  const DpopBinding* dpop_;
  const Context& context_;
  std::chrono::seconds interval_;
  const TimePoint end_;
};

}  // namespace

Result<DeviceGrant> ask_for_device_codes(const OAuthConfig& config, const Metadata& metadata,
                                         const ClientAuthentication& method, const Context& context) {
  SecretForm form;
  if (const auto scope = scope_parameter(config.scopes, config); !scope.empty()) form.add("scope", scope);
  for (const auto& resource : config.resources) form.add("resource", resource);
  const auto& url = metadata.endpoints.device_authorization;
  auto outcome = post_form(url, form, method, config, context, Repeat::Refused);
  if (!outcome.response) return fail(std::move(outcome.response.error()));
  return validate_device_response(*outcome.response, source_of(Step::DeviceAuthorization, url, config, context));
}

Result<TokenGrant> poll_for_device_tokens(const DeviceGrant& codes, const OAuthConfig& config,
                                          const Metadata& metadata, const ClientAuthentication& method,
                                          const DpopBinding* dpop, const Context& context) {
  return Poll(codes, config, metadata, method, dpop, context).run();
}

namespace {

Result<OAuthTokens> log_in_on_another_device(ManagerState& state, const LoginClient& client, const Context& context) {
  const auto& config = client.config;
  const auto& metadata = client.metadata;
  if (metadata.endpoints.device_authorization.empty()) {
    return fail({.category = Category::Misconfigured,
                 .code = "device.not_offered",
                 .message = sanitise(context.provider, 64) + " does not offer login on another device.",
                 .hint = "Log in with a browser instead.",
                 .spec = "RFC 8628 §4"});
  }
  const auto method = choose_client_authentication(config, metadata);
  if (!method) return fail(method.error());
  const auto key = make_dpop_key(config, metadata);
  if (!key) return fail(key.error());
  std::optional<DpopBinding> bound;
  if (*key) bound.emplace(DpopBinding{**key, state.dpop_nonces, state.clocks});
  const auto codes = ask_for_device_codes(config, metadata, *method, context);
  if (!codes) return fail(codes.error());

  context.emit_device(codes->prompt);
  const auto page = codec::Url::parse(codes->prompt.verification_uri);
  context.emit_wait(Event::Kind::Waiting, {.host = page ? page->host() : std::string(), .left = codes->prompt.lifetime});
  auto grant = poll_for_device_tokens(*codes, config, metadata, *method, bound ? &*bound : nullptr, context);
  if (!grant) return fail(std::move(grant.error()));
  return finish_login(*std::move(grant), config, metadata, {}, state, context);
}

}  // namespace

Result<OAuthTokens> run_device_login(ManagerState& state, const Context& context) {
  const auto configured = state.config(context.provider);
  if (!configured) return fail(configured.error());
  const OAuthConfig& config = **configured;
  if (auto may = check_login(state, config, context); !may) return fail(std::move(may.error()));
  if (auto store = check_store(state, context); !store) return fail(std::move(store.error()));
  auto turn = take_login_turn(state, context);
  if (!turn) return fail(std::move(turn.error()));
  if (turn->of_the_other) return *std::move(turn->of_the_other);
  const NeededEndpoints needed{.token = true, .jwks = asks_for_openid(config), .device_authorization = true};
  return log_in_as_client(state, config, needed, context, [&](const LoginClient& client) {
    return log_in_on_another_device(state, client, context);
  });
}

}  // namespace mimir::oauth::internal
