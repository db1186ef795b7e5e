#pragma once

#include <optional>
#include <string>

#include <mimir/codec/json.hpp>
#include <mimir/oauth/http_transport.hpp>
#include <mimir/oauth/tokens.hpp>

namespace mimir::oauth::internal {

/// Which request an answer belongs to: the same error code asks for different things of the user.
enum class Step {
  CodeExchange,
  Refresh,
  Revocation,
  PushedRequest,
  DeviceAuthorization,
  DevicePoll,
  ClientCredentials,
  Registration,
  UserInfo,
  TokenExchange,
  JwtBearer
};

/// Where an answer came from, for messages.
struct AnswerSource {
  Step step;
  std::string provider;  ///< Sanitised.
  std::string url;
  TimePoint now;
  bool bound = false;                        ///< The request carried a proof of possession: the tokens must be bound (RFC 9449 §5).
  const ProviderDialect* dialect = nullptr;  ///< None: the standards alone.
};

/// The OAuth error an answer states (RFC 6749 §5.2), whatever its status: some servers send it with 200. Nothing when
/// the body is no JSON object with an `error`.
[[nodiscard]] std::optional<Error> stated_error(const HttpResponse& response, const codec::Json& body,
                                                const AnswerSource& source);

/// Why an answer without a stated error is no success: outage, redirect, web page, nonsense.
[[nodiscard]] Error unstated_failure(const HttpResponse& response, const AnswerSource& source);

}  // namespace mimir::oauth::internal
