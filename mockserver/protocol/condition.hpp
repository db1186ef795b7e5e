#pragma once

#include <optional>
#include <string_view>

namespace mockoauth::server {

/// Everything that can be refused: the closed list that profiles give wire forms to (`errors.map`).
enum class Condition {
  RedirectMismatch,
  ClientUnknown,
  ClientBadSecret,
  ClientAuthTwice,
  ParamMissing,
  ParamInvalid,
  ResponseTypeUnsupported,
  ScopeInvalid,
  StateMissing,
  PkceMissing,
  PkceMethod,
  UserDenied,
  NotEntitled,
  InteractionRequired,
  GrantUnsupported,
  BodyFormat,
  HeaderMissing,
  CodeUnknown,
  CodeExpired,
  CodeReused,
  VerifierMismatch,
  RedirectChanged,
  RefreshUnknown,
  RefreshExpired,
  RefreshReused,
  RefreshRevoked,
  RefreshEarly,
  ReauthPolicy,
  DevicePending,
  DeviceSlowDown,
  DeviceDenied,
  DeviceExpired,
  DeviceUnknown,
  DeviceDisabled,
  RateLimited,
  WafBlocked,
  ServerError,
  Maintenance,
  TokenMissing,
  TokenInvalid,
  TokenExpired,
  TokenOfAnotherClient,
  ScopeInsufficient,
  RevokeUnknown,
  TokenTypeUnsupported,
  GrantNotAllowed,
  ResponseTypeNotAllowed,
  LoginRequired,
  ConsentRequired,
  AccountSelectionRequired,
  AuthenticationUnmet,
  RequestObjectInvalid,
  RequestUriInvalid,
  RequestNotSupported,
  RequestUriNotSupported,
  TargetInvalid,
  AuthorizationDetailsInvalid,
  AssertionInvalid,
  SubjectTokenInvalid,
  DpopProofInvalid,
  DpopNonceNeeded,
  AuthenticationInsufficient,
  RegistrationRedirectInvalid,
  RegistrationMetadataInvalid,
  TooLarge,
  PasswordWrong,
  SoftwareStatementInvalid,
  SoftwareStatementUnapproved,
  ModelUnknown,
};

/// How a condition looks on the wire unless the profile says otherwise.
struct ConditionEntry {
  Condition condition;
  std::string_view name;  ///< As profiles spell it: `code_expired`.
  int status;
  std::string_view code;  ///< The OAuth `error`; empty where the RFC wants none.
  std::string_view description;
  std::string_view clause;
};

[[nodiscard]] const ConditionEntry& entry_of(Condition condition);
[[nodiscard]] std::string_view to_string(Condition condition);
[[nodiscard]] std::optional<Condition> parse_condition(std::string_view name);

}  // namespace mockoauth::server
