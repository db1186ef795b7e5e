#include <internal/oauth_failure.hpp>

#include <algorithm>
#include <array>

#include <internal/body.hpp>
#include <internal/http_date.hpp>
#include <internal/sanitise.hpp>

namespace mimir::oauth::internal {
namespace {

bool is_outage(int status) { return status == 429 || status >= 500; }

HttpContext context_of(const HttpResponse& response, const AnswerSource& source) {
  return {.status = response.status, .url = printable_url(source.url)};
}

std::string what_was_asked(Step step) {
  switch (step) {
    case Step::CodeExchange: return "to finish the login";
    case Step::Refresh: return "to renew the login";
    case Step::Revocation: return "to revoke the login";
    case Step::PushedRequest: return "to prepare the login";
    case Step::DeviceAuthorization: return "to log in on another device";
    case Step::DevicePoll: return "for the outcome of the login";
    case Step::ClientCredentials: return "for a token of its own";
    case Step::Registration: return "to register this program";
    case Step::UserInfo: return "for user information";
    case Step::TokenExchange: return "to exchange a token";
    case Step::JwtBearer: return "for a token for an assertion";
  }
  return {};
}

void explain_invalid_grant(Error& error, const AnswerSource& source, const std::string& shown) {
  if (source.step == Step::Refresh) {
    error.category = Category::LoginRequired;
    error.message = "Your access to " + source.provider + " has expired or was revoked.";
    error.hint = "Log in to " + source.provider + " again.";
    return;
  }
  if (source.step == Step::TokenExchange || source.step == Step::JwtBearer) {
    // What was handed in is over or not meant for this server: whoever issued it must issue another one.
    error.category = Category::LoginRequired;
    error.message = source.provider + " does not take the token that was handed in (" + shown + ").";
    error.hint = "Get a new one from whoever issued it, and check that it is meant for " + source.provider + ".";
    error.spec = source.step == Step::JwtBearer ? "RFC 7523 §3.1" : "RFC 8693 §2.2.2";
    return;
  }
  if (source.step != Step::CodeExchange) {
    error.category = Category::ProviderBroken;
    error.message = source.provider + " refused the request " + what_was_asked(source.step) + " (" + shown + ").";
    error.hint = "Start the login again; if it happens again, ask the provider what this error means.";
    return;
  }
  // We sent a fresh code with the verifier it belongs to. A second try would be a replay (RFC 6749 §4.1.2).
  error.category = Category::ProviderBroken;
  error.message = source.provider + " refused the authorization code or its PKCE verifier (" + shown + ").";
  error.hint = "Start the login again. If it happens again, the code may have been used by somebody else, or the "
               "provider is broken.";
}

/// The proof is right but for its time, if anything: that is this computer's clock (RFC 9449 §11.1).
void explain_refused_proof(Error& error, const HttpResponse& response, const AnswerSource& source,
                           const std::string& shown) {
  error.category = Category::ProviderBroken;
  error.message = source.provider + " refused the proof of possession (" + shown + ").";
  error.hint = "Ask the provider what it expects of a DPoP proof.";
  error.spec = "RFC 9449 §5";
  const auto date = response.header("Date");
  const auto theirs = date ? parse_http_date(*date, source.now) : std::nullopt;
  if (!theirs) return;
  const auto ahead = std::chrono::round<std::chrono::minutes>(source.now - *theirs);
  if (std::chrono::abs(ahead) < std::chrono::minutes(1)) return;
  error.category = Category::LocalEnvironment;
  error.message += " This computer's clock is " + std::to_string(std::chrono::abs(ahead).count()) + " minutes " +
                   (ahead.count() > 0 ? "ahead of" : "behind") + " the provider's.";
  error.hint = "Set this computer's clock, then try again.";
}

std::string in_standard_words(const std::string& stated, const AnswerSource& source) {
  if (source.dialect == nullptr) return stated;
  const auto& synonyms = source.dialect->error_synonyms;
  const auto found = std::ranges::find(synonyms, stated, &std::pair<std::string, std::string>::first);
  return found == synonyms.end() ? stated : found->second;
}

}  // namespace

std::optional<Error> stated_error(const HttpResponse& response, const codec::Json& body, const AnswerSource& source) {
  const auto* member = present(body, "error");
  if (!member) return std::nullopt;
  Error error{.spec = "RFC 6749 §5.2", .http = context_of(response, source)};
  // RFC 6749 §5.2 wants a text; an object with a code and a message in it says as much.
  const auto code = member->is_object() ? member->string_at("code") : body.string_at("error");
  if (!code || code->empty()) {
    error.category = is_outage(response.status) ? Category::TryLater : Category::ProviderBroken;
    error.code = "token.error_malformed";
    error.message = source.provider + " answered with an error whose code is not a text.";
    error.hint = "Report it to the provider.";
    error.retry_after = retry_after(response, source.now);
    return error;
  }
  const auto stated = in_standard_words(*code, source);
  error.code = sanitise_code(stated);
  const auto description = sanitise(
      (member->is_object() ? member->string_at("message") : body.string_at("error_description")).value_or(""));
  error.http->oauth_error = sanitise_code(*code);
  error.http->description = description;
  const auto shown = error.http->oauth_error + (description.empty() ? "" : ": " + description);
  const auto in = [&](const auto& list) { return std::find(list.begin(), list.end(), stated) != list.end(); };

  constexpr std::array<std::string_view, 3> kPassing{"temporarily_unavailable", "server_error", "slow_down"};
  constexpr std::array<std::string_view, 2> kClient{"invalid_client", "unauthorized_client"};
  constexpr std::array<std::string_view, 4> kRequest{"invalid_request", "invalid_scope", "unsupported_grant_type",
                                                     "invalid_target"};
  if (is_outage(response.status) || in(kPassing)) {
    // A failing server's verdict on a token is not final: nothing is forgotten because of it.
    error.category = Category::TryLater;
    error.message = source.provider + " cannot be used right now (" + shown + ").";
    error.hint = "Try again later; your login is kept.";
    error.retry_after = retry_after(response, source.now);
  } else if (stated == "invalid_grant") {
    explain_invalid_grant(error, source, shown);
  } else if (in(kClient)) {
    error.category = Category::Misconfigured;
    error.message = source.provider + " does not accept this client (" + shown + ").";
    error.hint = "Check client id and client secret against the registration at the provider.";
  } else if (stated == "invalid_dpop_proof") {
    explain_refused_proof(error, response, source, shown);
  } else if (in(kRequest)) {
    error.category = Category::Misconfigured;
    error.message = source.provider + " refused the request " + what_was_asked(source.step) + " (" + shown + ").";
    error.hint = "Check redirect URI, scopes and grant types against the registration at the provider.";
  } else {
    error.category = Category::ProviderBroken;
    error.message = source.provider + " refused the request " + what_was_asked(source.step) + " (" + shown + ").";
    error.hint = "Ask the provider what this error means.";
  }
  return error;
}

Error unstated_failure(const HttpResponse& response, const AnswerSource& source) {
  Error error{.category = Category::ProviderBroken, .spec = "RFC 6749 §5.2", .http = context_of(response, source)};
  const auto status = std::to_string(response.status);
  const bool html = is_html(response);
  if (is_outage(response.status)) {
    error.category = Category::TryLater;
    error.code = response.status == 429 ? "token.rate_limited" : "token.unavailable";
    error.message = source.provider + " answered " + status + (html ? " with a web page." : ".");
    error.hint = "Try again later.";
    error.retry_after = retry_after(response, source.now);
  } else if (response.status >= 300 && response.status < 400) {
    // Following would hand code or token to wherever the answer points (RFC 9700 §4.12).
    const auto target = response.header("Location");
    error.code = "token.redirected";
    error.message = source.provider + " answered " + status + " with a redirect" +
                    (target ? " to " + printable_url(*target) : std::string()) + "; it was not followed.";
    error.hint = "Report it to the provider; secrets are never sent along a redirect.";
    error.spec = "RFC 9700 §4.12";
  } else if (html) {
    // At a refresh nothing is lost yet: a proxy or a guest network's sign-in page is the likely sender.
    const bool goes_on = source.step == Step::Refresh || source.step == Step::DevicePoll;
    if (goes_on) error.category = Category::TryLater;
    error.code = "token.html";
    error.message = source.provider + " answered " + status + " with a web page instead of JSON.";
    error.hint = "A proxy or a sign-in page of this network may be in the way.";
  } else if (response.status != 200) {
    error.code = "token.unexpected_status";
    error.message = source.provider + " answered " + status + " without saying why.";
    error.hint = "Report it to the provider.";
  } else {
    const auto type = response.header("Content-Type").value_or("");
    const bool form = type.find("x-www-form-urlencoded") != std::string::npos;
    error.code = form ? "token.form_encoded" : "token.not_json";
    error.message = source.provider + " answered with " + (form ? "a form" : "something that is not JSON") +
                    " instead of JSON.";
    error.hint = "Report it to the provider.";
    error.spec = "RFC 6749 §5.1";
  }
  return error;
}

}  // namespace mimir::oauth::internal
