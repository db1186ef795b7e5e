#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <mimir/codec/result.hpp>

namespace mimir::codec {

/// What a JSON text may be before it is refused.
struct JsonLimits {
  std::size_t max_bytes = 1024 * 1024;
  std::size_t max_depth = 64;      ///< Nesting of arrays and objects.
  bool refuse_duplicates = true;   ///< RFC 8259 §4: what a repeated member means is unpredictable.
};

/// A JSON value. A value type; objects keep the order of their members. Read by RapidJSON's iterative parser with
/// encoding validation; no RapidJSON type leaves json.cpp.
class Json {
 public:
  using Array = std::vector<Json>;
  using Member = std::pair<std::string, Json>;
  using Object = std::vector<Member>;

  Json() noexcept = default;  ///< null
  Json(std::nullptr_t) noexcept {}
  Json(bool value) : value_(value) {}
  Json(int value) : value_(static_cast<std::int64_t>(value)) {}
  Json(std::int64_t value) : value_(value) {}
  Json(double value) : value_(value) {}
  Json(const char* value) : value_(std::string(value)) {}
  Json(std::string value) : value_(std::move(value)) {}
  Json(std::string_view value) : value_(std::string(value)) {}
  Json(Array value) : value_(std::move(value)) {}
  Json(Object value) : value_(std::move(value)) {}
  static Json object(std::initializer_list<Member> members = {}) { return Json(Object(members)); }
  static Json array(std::initializer_list<Json> items = {}) { return Json(Array(items)); }

  /// Reads exactly one JSON text in UTF-8, without byte-order mark. Errors carry the byte offset. Integers that fit are
  /// kept as integers; others become doubles; a number beyond double is an error.
  static Result<Json> parse(std::string_view text, const JsonLimits& limits = {});
  /// Writing always gives valid JSON: NaN and the infinities become null, bytes that are no UTF-8 become U+FFFD.
  [[nodiscard]] std::string dump() const;         ///< Compact.
  [[nodiscard]] std::string dump_pretty() const;  ///< Two spaces.

  [[nodiscard]] bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  [[nodiscard]] bool is_bool() const { return std::holds_alternative<bool>(value_); }
  [[nodiscard]] bool is_int() const { return std::holds_alternative<std::int64_t>(value_); }
  [[nodiscard]] bool is_number() const { return is_int() || std::holds_alternative<double>(value_); }
  [[nodiscard]] bool is_string() const { return std::holds_alternative<std::string>(value_); }
  [[nodiscard]] bool is_array() const { return std::holds_alternative<Array>(value_); }
  [[nodiscard]] bool is_object() const { return std::holds_alternative<Object>(value_); }

  [[nodiscard]] std::optional<bool> as_bool() const;
  [[nodiscard]] std::optional<std::int64_t> as_int() const;
  [[nodiscard]] std::optional<double> as_double() const;  ///< Of any number.
  [[nodiscard]] const std::string* as_string() const { return std::get_if<std::string>(&value_); }
  [[nodiscard]] const Array* as_array() const { return std::get_if<Array>(&value_); }
  [[nodiscard]] const Object* as_object() const { return std::get_if<Object>(&value_); }
  [[nodiscard]] Array* as_array() { return std::get_if<Array>(&value_); }
  [[nodiscard]] Object* as_object() { return std::get_if<Object>(&value_); }

  /// The member, or nullptr when this is no object or has no such member. The pointer is valid until this changes.
  [[nodiscard]] const Json* find(std::string_view name) const;
  [[nodiscard]] Json* find(std::string_view name);
  /// The member when it is there and of that type.
  [[nodiscard]] std::optional<std::string> string_at(std::string_view name) const;
  [[nodiscard]] std::optional<std::int64_t> int_at(std::string_view name) const;
  [[nodiscard]] std::optional<bool> bool_at(std::string_view name) const;
  /// The value an RFC 6901 pointer leads to, or nullptr. The empty pointer is this value.
  [[nodiscard]] const Json* at_pointer(std::string_view pointer) const;

  /// Adds or replaces a member. Turns null into an object; on any other type it does nothing and returns false.
  bool set(std::string_view name, Json value);
  bool erase(std::string_view name);
  /// Appends. Turns null into an array; on any other type it does nothing and returns false.
  bool push_back(Json value);

  /// Same types, values and order: 1 is not 1.0, and members in another order make another object.
  friend bool operator==(const Json&, const Json&) = default;

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> value_;
};

/// Escapes one reference token of a JSON pointer (RFC 6901 §3).
[[nodiscard]] std::string json_pointer_escape(std::string_view token);

}  // namespace mimir::codec
