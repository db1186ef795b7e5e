#pragma once

#include <string>
#include <vector>

#include <internal/oauth_failure.hpp>
#include <mimir/oauth/tokens.hpp>

namespace mimir::oauth::internal {

/// A token answer that passed every check of RFC 6749 §5.1. Members the server left out are empty here; filling them
/// from the request or the old login is the caller's decision.
struct TokenGrant {
  Secret access_token;
  std::string token_type;
  std::optional<Secret> refresh_token = {};
  std::optional<Secret> id_token = {};
  std::optional<Secret> dpop_key = {};                       ///< Set by who sent the proof.
  std::optional<std::string> issued_token_type = {};         ///< RFC 8693 §2.2.1.
  std::optional<std::chrono::seconds> lifetime = {};         ///< 0 when the server said so; at most a year.
  std::optional<std::vector<std::string>> scopes = {};
  std::vector<std::string> oddities = {};                    ///< What was ignored, for a warning.
};

/// Judges the answer of a token endpoint: an `error` member decides whatever the status (RFC 6749 §5.2), then only 200
/// with a JSON object and well-formed members is a success. Repeated members are refused.
Result<TokenGrant> validate_token_response(const HttpResponse& response, const AnswerSource& source);

}  // namespace mimir::oauth::internal
