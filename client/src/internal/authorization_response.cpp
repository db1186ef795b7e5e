#include <internal/authorization_response.hpp>

#include <algorithm>
#include <array>

#include <internal/sanitise.hpp>

namespace mimir::oauth::internal {
namespace {

Result<> check_iss(const CallbackResult& response, const Metadata& metadata) {
  if (!response.iss) {
    if (!metadata.promises_iss) return {};
    return fail({.category = Category::AttackSuspected,
                 .code = "iss.missing",
                 .message = "The login response does not say which provider it comes from, although this one promises to.",
                 .hint = "The login was stopped. Start it again; if it happens again, report it to the provider.",
                 .spec = "RFC 9207 §2.4"});
  }
  if (*response.iss == metadata.issuer) return {};  // byte for byte: RFC 9207 §2.4
  return fail({.category = Category::AttackSuspected,
               .code = "iss.mismatch",
               .message = "The login response comes from \"" + sanitise(*response.iss, 200) + "\", not from \"" +
                          sanitise(metadata.issuer, 200) + "\".",
               .hint = "The login was stopped: another server may have tried to take it over.",
               .spec = "RFC 9207 §2.4"});
}

Category category_of(std::string_view error) {
  constexpr std::array<std::string_view, 2> kPassing{"temporarily_unavailable", "server_error"};
  constexpr std::array<std::string_view, 5> kOurs{"invalid_request", "unauthorized_client", "invalid_scope",
                                                  "unsupported_response_type", "invalid_target"};
  constexpr std::array<std::string_view, 4> kUser{"login_required", "interaction_required", "consent_required",
                                                  "account_selection_required"};
  const auto in = [&](const auto& list) { return std::find(list.begin(), list.end(), error) != list.end(); };
  if (error == "access_denied") return Category::UserDeclined;
  if (in(kPassing)) return Category::TryLater;
  if (in(kOurs)) return Category::Misconfigured;
  if (in(kUser)) return Category::LoginRequired;
  return Category::ProviderBroken;
}

Error refused(const CallbackResult& response, const std::string& provider) {
  const auto code = sanitise_code(response.error);
  const auto description = sanitise(response.error_description);
  const auto shown = description.empty() ? code : code + ": " + description;
  Error error{.category = category_of(response.error), .code = code, .spec = "RFC 6749 §4.1.2.1"};
  switch (error.category) {
    case Category::UserDeclined:
      error.message = "The login to " + provider + " was declined.";
      error.hint = "Start the login again and allow access, if that is what you want.";
      break;
    case Category::TryLater:
      error.message = provider + " cannot log you in right now (" + shown + ").";
      error.hint = "Try again later.";
      break;
    case Category::Misconfigured:
      error.message = provider + " refused the login request (" + shown + ").";
      error.hint = "Check client id, redirect URI and scopes against the registration at the provider.";
      break;
    default:
      error.message = provider + " ended the login with an error (" + shown + ").";
      error.hint = "Start the login again; if it happens again, ask the provider what the error means.";
  }
  error.http = HttpContext{.oauth_error = code, .description = description};
  return error;
}

}  // namespace

Result<ValidatedCode> validate_authorization_response(CallbackResult response, const Metadata& metadata,
                                                      const std::string& provider) {
  if (auto sender = check_iss(response, metadata); !sender) return fail(std::move(sender.error()));
  if (!response.error.empty()) return fail(refused(response, sanitise(provider, 64)));
  if (!response.code || response.code->empty()) {
    return fail({.category = Category::ProviderBroken,
                 .code = "callback.no_code",
                 .message = "The login response has neither a code nor an error.",
                 .hint = "Start the login again; if it happens again, report it to the provider.",
                 .spec = "RFC 6749 §4.1.2"});
  }
  return ValidatedCode(*std::move(response.code));
}

}  // namespace mimir::oauth::internal
