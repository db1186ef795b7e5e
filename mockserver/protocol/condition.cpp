#include "protocol/condition.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace mockoauth::server {
namespace {

// In the order of the enumeration, so that looking one up is indexing.
constexpr auto kEntries = [] {
  using enum Condition;  // In here only: other files are compiled together with this one.
  return std::array{
    ConditionEntry{RedirectMismatch, "redirect_mismatch", 400, "invalid_request",
                   "redirect_uri is not registered for this client", "RFC 6749 §3.1.2.4"},
    ConditionEntry{ClientUnknown, "client_unknown", 401, "invalid_client", "client_id is not known", "RFC 6749 §5.2"},
    ConditionEntry{ClientBadSecret, "client_bad_secret", 401, "invalid_client", "client authentication failed",
                   "RFC 6749 §5.2"},
    ConditionEntry{ClientAuthTwice, "client_auth_twice", 400, "invalid_request",
                   "more than one client authentication method was used", "RFC 6749 §2.3"},
    ConditionEntry{ParamMissing, "param_missing", 400, "invalid_request", "a required parameter is missing",
                   "RFC 6749 §5.2"},
    ConditionEntry{ParamInvalid, "param_invalid", 400, "invalid_request", "a parameter is malformed or repeated",
                   "RFC 6749 §3.1"},
    ConditionEntry{ResponseTypeUnsupported, "response_type_unsupported", 400, "unsupported_response_type",
                   "response_type is not offered", "RFC 6749 §4.1.2.1"},
    ConditionEntry{ScopeInvalid, "scope_invalid", 400, "invalid_scope", "a scope is unknown or not allowed",
                   "RFC 6749 §3.3"},
    ConditionEntry{StateMissing, "state_missing", 400, "invalid_request", "state is missing", "RFC 6749 §10.12"},
    ConditionEntry{PkceMissing, "pkce_missing", 400, "invalid_request", "code_challenge is missing",
                   "RFC 7636 §4.4.1"},
    ConditionEntry{PkceMethod, "pkce_method", 400, "invalid_request", "code_challenge_method is not supported",
                   "RFC 7636 §4.4.1"},
    ConditionEntry{UserDenied, "user_denied", 400, "access_denied", "the user declined", "RFC 6749 §4.1.2.1"},
    ConditionEntry{NotEntitled, "not_entitled", 400, "access_denied", "the account may not use this client",
                   "RFC 6749 §4.1.2.1"},
    ConditionEntry{InteractionRequired, "interaction_required", 400, "interaction_required",
                   "the user has to be asked", "OIDC Core §3.1.2.6"},
    ConditionEntry{GrantUnsupported, "grant_unsupported", 400, "unsupported_grant_type", "grant_type is not offered",
                   "RFC 6749 §5.2"},
    ConditionEntry{BodyFormat, "body_format", 400, "invalid_request", "the body is not in a format read here",
                   "RFC 6749 §4.1.3"},
    ConditionEntry{HeaderMissing, "header_missing", 400, "invalid_request", "a required header is missing", ""},
    ConditionEntry{CodeUnknown, "code_unknown", 400, "invalid_grant", "the authorization code is not valid",
                   "RFC 6749 §5.2"},
    ConditionEntry{CodeExpired, "code_expired", 400, "invalid_grant", "the authorization code has expired",
                   "RFC 6749 §4.1.2"},
    ConditionEntry{CodeReused, "code_reused", 400, "invalid_grant", "the authorization code was used before",
                   "RFC 6749 §4.1.2"},
    ConditionEntry{VerifierMismatch, "verifier_mismatch", 400, "invalid_grant",
                   "code_verifier does not match the code_challenge", "RFC 7636 §4.6"},
    ConditionEntry{RedirectChanged, "redirect_changed", 400, "invalid_grant",
                   "redirect_uri differs from the one in the authorization request", "RFC 6749 §4.1.3"},
    ConditionEntry{RefreshUnknown, "refresh_unknown", 400, "invalid_grant", "the refresh token is not valid",
                   "RFC 6749 §5.2"},
    ConditionEntry{RefreshExpired, "refresh_expired", 400, "invalid_grant", "the refresh token has expired",
                   "RFC 6749 §5.2"},
    ConditionEntry{RefreshReused, "refresh_reused", 400, "invalid_grant", "the refresh token was used before",
                   "RFC 9700 §4.14.2"},
    ConditionEntry{RefreshRevoked, "refresh_revoked", 400, "invalid_grant", "the refresh token was revoked",
                   "RFC 6749 §5.2"},
    ConditionEntry{RefreshEarly, "refresh_early", 400, "invalid_request", "it is too early to refresh", ""},
    ConditionEntry{ReauthPolicy, "reauth_policy", 400, "invalid_grant", "a fresh sign-in is needed", ""},
    ConditionEntry{DevicePending, "device_pending", 400, "authorization_pending", "the user has not finished",
                   "RFC 8628 §3.5"},
    ConditionEntry{DeviceSlowDown, "device_slow_down", 400, "slow_down", "polled too fast", "RFC 8628 §3.5"},
    ConditionEntry{DeviceDenied, "device_denied", 400, "access_denied", "the user declined", "RFC 8628 §3.5"},
    ConditionEntry{DeviceExpired, "device_expired", 400, "expired_token", "the device code has expired",
                   "RFC 8628 §3.5"},
    ConditionEntry{DeviceUnknown, "device_unknown", 400, "invalid_grant", "the device code is not valid",
                   "RFC 6749 §5.2"},
    ConditionEntry{DeviceDisabled, "device_disabled", 400, "unauthorized_client",
                   "the device flow is off for this client", "RFC 6749 §5.2"},
    ConditionEntry{RateLimited, "rate_limited", 429, "temporarily_unavailable", "too many requests", "RFC 6585 §4"},
    ConditionEntry{WafBlocked, "waf_blocked", 403, "access_denied", "the request was blocked", ""},
    ConditionEntry{ServerError, "server_error", 500, "server_error", "the server failed", "RFC 6749 §4.1.2.1"},
    ConditionEntry{Maintenance, "maintenance", 503, "temporarily_unavailable", "the server is unavailable",
                   "RFC 6749 §4.1.2.1"},
    // RFC 6750 §3.1: a request without a credential is told no error code.
    ConditionEntry{TokenMissing, "token_missing", 401, "", "an access token is needed", "RFC 6750 §3"},
    ConditionEntry{TokenInvalid, "token_invalid", 401, "invalid_token", "the access token is not valid",
                   "RFC 6750 §3.1"},
    ConditionEntry{TokenExpired, "token_expired", 401, "invalid_token", "the access token has expired",
                   "RFC 6750 §3.1"},
    ConditionEntry{TokenOfAnotherClient, "token_of_another_client", 400, "unauthorized_client",
                   "the token was issued to another client", "RFC 7009 §2.1"},
    ConditionEntry{ScopeInsufficient, "scope_insufficient", 403, "insufficient_scope",
                   "the access token lacks a scope", "RFC 6750 §3.1"},
    // RFC 7009 §2.2: an unknown token is answered as if it had been revoked; only some profiles say otherwise.
    ConditionEntry{RevokeUnknown, "revoke_unknown", 200, "", "the token is not known", "RFC 7009 §2.2"},
    ConditionEntry{TokenTypeUnsupported, "token_type_unsupported", 400, "unsupported_token_type",
                   "tokens of this type cannot be revoked", "RFC 7009 §2.2.1"},
    ConditionEntry{GrantNotAllowed, "grant_not_allowed", 400, "unauthorized_client", "the client may not use this grant type",
                   "RFC 6749 §5.2"},
    ConditionEntry{ResponseTypeNotAllowed, "response_type_not_allowed", 400, "unauthorized_client", "the client may not use this response type",
                   "RFC 6749 §4.1.2.1"},
    ConditionEntry{LoginRequired, "login_required", 400, "login_required", "the user has to sign in",
                   "OIDC Core §3.1.2.6"},
    ConditionEntry{ConsentRequired, "consent_required", 400, "consent_required", "the user has to consent",
                   "OIDC Core §3.1.2.6"},
    ConditionEntry{AccountSelectionRequired, "account_selection_required", 400, "account_selection_required", "the user has to choose an account",
                   "OIDC Core §3.1.2.6"},
    ConditionEntry{AuthenticationUnmet, "authentication_unmet", 400, "unmet_authentication_requirements", "the user cannot sign in as strongly as was asked",
                   "OIDC Unmet Authentication Requirements §2"},
    ConditionEntry{RequestObjectInvalid, "request_object_invalid", 400, "invalid_request_object", "the request object is not valid",
                   "RFC 9101 §6.2"},
    ConditionEntry{RequestUriInvalid, "request_uri_invalid", 400, "invalid_request_uri", "the request_uri is not valid",
                   "RFC 9126 §4"},
    ConditionEntry{RequestNotSupported, "request_not_supported", 400, "request_not_supported", "request objects are not taken here",
                   "OIDC Core §3.1.2.6"},
    ConditionEntry{RequestUriNotSupported, "request_uri_not_supported", 400, "request_uri_not_supported", "request_uri is not taken here",
                   "OIDC Core §3.1.2.6"},
    ConditionEntry{TargetInvalid, "target_invalid", 400, "invalid_target", "the resource is unknown, malformed or was not granted",
                   "RFC 8707 §2"},
    ConditionEntry{AuthorizationDetailsInvalid, "authorization_details_invalid", 400, "invalid_authorization_details", "authorization_details cannot be granted",
                   "RFC 9396 §5"},
    ConditionEntry{AssertionInvalid, "assertion_invalid", 400, "invalid_grant", "the assertion is not valid",
                   "RFC 7523 §3.1"},
    ConditionEntry{SubjectTokenInvalid, "subject_token_invalid", 400, "invalid_request", "subject_token or actor_token is not valid",
                   "RFC 8693 §2.2.2"},
    ConditionEntry{DpopProofInvalid, "dpop_proof_invalid", 400, "invalid_dpop_proof", "the DPoP proof is not valid",
                   "RFC 9449 §5"},
    ConditionEntry{DpopNonceNeeded, "dpop_nonce_needed", 400, "use_dpop_nonce", "the DPoP proof needs the nonce of the DPoP-Nonce header",
                   "RFC 9449 §8"},
    ConditionEntry{AuthenticationInsufficient, "authentication_insufficient", 401, "insufficient_user_authentication", "a stronger or fresher sign-in is needed",
                   "RFC 9470 §3"},
    ConditionEntry{RegistrationRedirectInvalid, "registration_redirect_invalid", 400, "invalid_redirect_uri", "a redirect_uri cannot be registered",
                   "RFC 7591 §3.2.2"},
    ConditionEntry{RegistrationMetadataInvalid, "registration_metadata_invalid", 400, "invalid_client_metadata", "the client metadata cannot be registered",
                   "RFC 7591 §3.2.2"},
    ConditionEntry{TooLarge, "too_large", 413, "invalid_request", "the request is too large", "RFC 9110 §15.5.14"},
    ConditionEntry{PasswordWrong, "password_wrong", 400, "invalid_grant", "user name or password is wrong",
                   "RFC 6749 §4.3.2"},
    ConditionEntry{SoftwareStatementInvalid, "software_statement_invalid", 400, "invalid_software_statement",
                   "the software statement is not valid", "RFC 7591 §3.2.2"},
    ConditionEntry{SoftwareStatementUnapproved, "software_statement_unapproved", 400,
                   "unapproved_software_statement", "the software statement is not approved here", "RFC 7591 §3.2.2"},
    ConditionEntry{ModelUnknown, "model_unknown", 404, "not_found", "there is no such model", ""},
  };
}();

constexpr bool in_order() {
  for (std::size_t i = 0; i < kEntries.size(); ++i) {
    if (static_cast<std::size_t>(kEntries[i].condition) != i) return false;
  }
  return kEntries.size() == static_cast<std::size_t>(Condition::ModelUnknown) + 1;
}
static_assert(in_order());

}  // namespace

const ConditionEntry& entry_of(Condition condition) { return kEntries[static_cast<std::size_t>(condition)]; }

std::string_view to_string(Condition condition) { return entry_of(condition).name; }

std::optional<Condition> parse_condition(std::string_view name) {
  const auto* found = std::find_if(kEntries.begin(), kEntries.end(), [&](const auto& e) { return e.name == name; });
  if (found == kEntries.end()) return std::nullopt;
  return found->condition;
}

}  // namespace mockoauth::server
