#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <mimir/codec/result.hpp>

namespace mimir::oauth {

/// What kind of trouble it is, which decides what a person can do about it and the exit status of a command.
enum class Category {
  UserDeclined,       ///< The user said no (RFC 6749 §4.1.2.1 access_denied).
  LoginRequired,      ///< Only a new login helps: no login, or the refresh token is dead.
  TryLater,           ///< Passing: network, timeout, 5xx, 429. Nothing was lost.
  Misconfigured,      ///< The caller's or the registration's fault: client id, redirect URI, scope.
  ProviderBroken,     ///< The server broke a MUST or answered nonsense.
  AttackSuspected,    ///< A check failed that only an attack or a mix-up explains. Never retried, never weakened.
  LocalEnvironment,   ///< This machine: port taken, store not writable, no randomness.
  Cancelled,          ///< The caller asked to stop, or the deadline of a login passed.
};

[[nodiscard]] std::string_view to_string(Category category);

/// What came back over HTTP, as far as it may be shown.
struct HttpContext {
  int status = 0;
  std::string url;           ///< Without query.
  std::string oauth_error;   ///< `error` of the answer, sanitised; empty when there was none.
  std::string description;   ///< `error_description`, sanitised to RFC 6749 §5.2's characters and cut; may be empty.
};

/// An error as a value. Safe to print and log: it never holds a secret.
struct Error {
  Category category = Category::ProviderBroken;
  std::string code;     ///< Stable: `callback.port_in_use`, `state.mismatch`; or the OAuth error code.
  std::string message;  ///< One sentence for a person: what happened.
  std::string hint;     ///< One sentence: what to do next; may be empty.
  std::string spec;     ///< The clause, `RFC 6749 §5.2`; empty when none applies.
  std::optional<std::chrono::seconds> retry_after = {};
  std::optional<HttpContext> http = {};
};

/// Every fallible call of the library returns this; no exception crosses the public API.
template <class T = void>
using Result = codec::Expected<T, Error>;

inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

}  // namespace mimir::oauth
