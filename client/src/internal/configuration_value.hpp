#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <mimir/oauth/vocabulary.hpp>

#include "internal/configuration_keys.hpp"

namespace mimir::oauth::internal {

/// What is wrong with a text, as the end of the sentence "... is"; empty when it is fine.
using TextCheck = std::string_view (*)(const std::string& text);

/// The value of a node as the type that the schema wants, and nothing that merely looks like it (CH-CF-05): a fault names
/// the key, what was found and what was expected.
KeyFault read_value(const YamlNode& node, std::string& into, TextCheck check);
KeyFault read_value(const YamlNode& node, std::optional<Secret>& into, TextCheck check);
KeyFault read_value(const YamlNode& node, bool& into, TextCheck check);
KeyFault read_value(const YamlNode& node, std::optional<bool>& into, TextCheck check);
KeyFault read_value(const YamlNode& node, std::chrono::seconds& into, TextCheck check);
KeyFault read_value(const YamlNode& node, std::optional<std::chrono::seconds>& into, TextCheck check);
KeyFault read_value(const YamlNode& node, std::uint16_t& into, TextCheck check);
KeyFault read_value(const YamlNode& node, std::vector<std::string>& into, TextCheck check);
KeyFault read_value(const YamlNode& node, std::vector<std::uint16_t>& into, TextCheck check);
KeyFault read_value(const YamlNode& node, std::vector<std::pair<std::string, std::string>>& into, TextCheck check);

/// `"NAME" is WHAT, expected EXPECTED`, at the node.
[[nodiscard]] YamlFault wrong_type(const YamlNode& node, std::string_view expected);

inline std::string show_value(const std::string& value) { return value; }
inline std::string show_value(const std::optional<Secret>&) { return "[redacted]"; }
inline std::string show_value(bool value) { return value ? "true" : "false"; }
inline std::string show_value(const std::optional<bool>& value) { return value ? show_value(*value) : "where it will be seen"; }
inline std::string show_value(std::chrono::seconds value) { return std::to_string(value.count()); }
inline std::string show_value(const std::optional<std::chrono::seconds>& value) { return value ? show_value(*value) : ""; }
inline std::string show_value(std::uint16_t value) { return std::to_string(value); }
inline std::string show_value(const std::pair<std::string, std::string>& value) { return value.first + '=' + value.second; }
template <class T>
std::string show_value(const std::vector<T>& values) {
  std::string text;
  for (const auto& value : values) text += (text.empty() ? "" : " ") + show_value(value);
  return text;
}

template <class T>
T copy_value(const T& value) {
  return value;
}
inline std::optional<Secret> copy_value(const std::optional<Secret>& value) {
  return value ? std::optional(value->clone()) : std::nullopt;
}

}  // namespace mimir::oauth::internal
