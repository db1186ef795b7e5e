#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include <tl/expected.hpp>

namespace mimir::codec {

/// A value or an error, with the names of C++23's std::expected. This alias is the only place that names tl::expected.
template <class T, class E>
using Expected = tl::expected<T, E>;

/// Why bytes could not be read or written. Never holds a secret: only what was wrong and where.
struct Error {
  static constexpr std::size_t kNoOffset = static_cast<std::size_t>(-1);

  std::string code;                ///< Stable and machine-readable, for example `base64url.alphabet`.
  std::string message;             ///< One sentence for a person.
  std::string spec;                ///< The clause that was broken, for example `RFC 4648 §5`; empty when none applies.
  std::size_t offset = kNoOffset;  ///< Byte at which reading stopped, when there is one.
};

template <class T = void>
using Result = Expected<T, Error>;

/// Shorthand for returning an error from a function that returns any Result.
inline tl::unexpected<Error> fail(std::string code, std::string message, std::string spec = {},
                                  std::size_t offset = Error::kNoOffset) {
  return tl::unexpected<Error>(Error{std::move(code), std::move(message), std::move(spec), offset});
}

}  // namespace mimir::codec
