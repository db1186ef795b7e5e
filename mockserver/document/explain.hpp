#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mimir/codec/json.hpp>

namespace mockoauth::document {

/// What is wrong with a value, in words.
struct Violation {
  std::string pointer;
  bool at_name = false;  ///< The member's name is wrong, or the member as a whole; not what is in it.
  std::string message;
};

/// Finds the first violation of a schema (JSON Schema draft 4) and says it for a person. RapidJSON's validator is the
/// judge; it tells a keyword and a pointer, which is too little, so this walks schema and value side by side.
class Explainer {
 public:
  using Json = mimir::codec::Json;
  /// Whether the text matches a regular expression (schema.cpp has the judge's own).
  using Matches = bool (*)(const std::string& pattern, const std::string& text);

  /// @param schema must outlive this.
  Explainer(const Json& schema, Matches matches) : root_(schema), matches_(matches) {}

  [[nodiscard]] std::optional<Violation> explain(const Json& value) { return walk(root_, value, ""); }

 private:
  using Found = std::optional<Violation>;

  Found walk(const Json& schema, const Json& value, const std::string& pointer);
  Found check_type(const Json& schema, const Json& value, const std::string& pointer) const;
  Found check_enum(const Json& schema, const Json& value, const std::string& pointer) const;
  Found check_number(const Json& schema, const Json& value, const std::string& pointer) const;
  Found check_string(const Json& schema, const Json& value, const std::string& pointer) const;
  Found check_array(const Json& schema, const Json& value, const std::string& pointer);
  Found check_object(const Json& schema, const Json& value, const std::string& pointer);
  Found check_member(const Json& schema, const Json::Member& member, const std::string& pointer);
  Found check_dependencies(const Json& schema, const Json& value, const std::string& pointer);
  // explain_choice.cpp
  Found check_choice(const Json& branches, const Json& value, const std::string& pointer, bool exactly_one);
  Found explain_choice(const std::vector<const Json*>& branches, std::vector<Violation> violations, const Json& value,
                       const std::string& pointer) const;

  [[nodiscard]] const Json& follow(const Json& schema) const;

  const Json& root_;
  Matches matches_;
  std::size_t steps_ = 0;
};

/// `a string`, `a list`; for the type names of JSON Schema.
std::string type_in_words(std::string_view type);
/// The type name of a value: `integer` for a whole number.
std::string_view type_of(const mimir::codec::Json& value);
bool has_type(const mimir::codec::Json& value, std::string_view type);
/// `a, b or c`.
std::string join_or(const std::vector<std::string>& words);
/// `; did you mean "x"?`, or empty when nothing is near.
std::string did_you_mean(const std::string& name, const std::vector<std::string>& candidates);
/// `unknown member "x" (known here: …); did you mean "y"?`
std::string unknown_member(const std::string& name, std::vector<std::string> known);
/// `"x" is not one of a, b, c; did you mean "a"?`
std::string not_one_of(const mimir::codec::Json& value, const std::vector<mimir::codec::Json>& allowed);

}  // namespace mockoauth::document
