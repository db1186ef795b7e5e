#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <mimir/codec/result.hpp>

namespace mimir::codec {

/// Encodes every byte outside RFC 3986's unreserved set as %XX.
[[nodiscard]] std::string percent_encode(std::string_view bytes);
/// Decodes %XX and nothing else; a `%` without two hex digits is an error.
[[nodiscard]] Result<std::string> percent_decode(std::string_view text);

/// application/x-www-form-urlencoded of one name or value (RFC 6749 appendix B): space becomes `+`.
[[nodiscard]] std::string form_encode(std::string_view bytes);
/// Decodes `+` and %XX; a `%` without two hex digits is an error.
[[nodiscard]] Result<std::string> form_decode(std::string_view text);

/// What a form or a query may hold before it is refused.
struct FormLimits {
  std::size_t max_bytes = 64 * 1024;  ///< Of the encoded text.
  std::size_t max_parameters = 256;
};

/// Parameters of a query or a form body: ordered, duplicates kept, values decoded. A value type.
class Parameters {
 public:
  using Pair = std::pair<std::string, std::string>;

  Parameters() = default;
  Parameters(std::initializer_list<Pair> pairs) : pairs_(pairs) {}

  /// Splits at `&` and the first `=`, then decodes each side once. Empty input gives no parameters; an empty piece
  /// between two `&` is skipped. Fails on a bad escape, a NUL byte after decoding, or a broken limit.
  static Result<Parameters> parse(std::string_view text, const FormLimits& limits = {});

  void add(std::string name, std::string value) { pairs_.emplace_back(std::move(name), std::move(value)); }
  /// Replaces the first one of that name (and drops others), or adds it.
  void set(std::string_view name, std::string value);
  void remove(std::string_view name);

  [[nodiscard]] std::size_t count(std::string_view name) const;
  /// The value when the name is there exactly once; nothing when it is absent or repeated.
  [[nodiscard]] std::optional<std::string> one(std::string_view name) const;
  /// The first value, or nothing.
  [[nodiscard]] std::optional<std::string> first(std::string_view name) const;
  /// First name that occurs more than once, or nothing (RFC 6749 §3.1: not allowed).
  [[nodiscard]] std::optional<std::string> repeated() const;

  [[nodiscard]] const std::vector<Pair>& pairs() const { return pairs_; }
  [[nodiscard]] bool empty() const { return pairs_.empty(); }
  [[nodiscard]] std::string encode() const;

  friend bool operator==(const Parameters&, const Parameters&) = default;

 private:
  std::vector<Pair> pairs_;
};

}  // namespace mimir::codec
