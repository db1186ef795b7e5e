#pragma once

#include <internal/token_response.hpp>

namespace mimir::oauth::internal {

/// A stored record without tokens keeps a provider's configuration after its login died, so that logging in again needs
/// no flags.
[[nodiscard]] inline bool holds_login(const OAuthTokens& tokens) { return !tokens.access_token.empty(); }

/// Whether the access token is past its end; never when its end is unknown.
[[nodiscard]] bool has_expired(const OAuthTokens& tokens, TimePoint now);

/// Whether it is usable without refreshing first: further from its end than min(refresh_early, a fifth of its life), and
/// not obtained in what is now the future, which tells of a clock that was set back.
/// @param spread  stretches the margin a little, differently in each program, so that they do not all come at once.
[[nodiscard]] bool is_fresh(const OAuthTokens& tokens, TimePoint now, std::chrono::seconds refresh_early,
                            double spread = 1.0);

/// How long before its end a token is renewed.
[[nodiscard]] std::chrono::milliseconds refresh_margin(const OAuthTokens& tokens, std::chrono::seconds refresh_early,
                                                       double spread = 1.0);

/// How far into the future a token may have been obtained before the clock is taken to have been set back.
constexpr std::chrono::minutes kClockTolerance{5};

/// A grant with its expiry made absolute. @param requested  what was granted if the answer is silent (RFC 6749 §5.1).
[[nodiscard]] OAuthTokens tokens_of(TokenGrant grant, TimePoint received, const std::vector<std::string>& requested);

/// Names of the scopes that were wanted and not granted; order and repetition do not matter (RFC 6749 §3.3).
[[nodiscard]] std::vector<std::string> missing_scopes(const std::vector<std::string>& wanted,
                                                      const std::vector<std::string>& granted);

}  // namespace mimir::oauth::internal
