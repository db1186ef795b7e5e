#include "internal/configuration_value.hpp"

#include <algorithm>
#include <charconv>

#include "internal/ascii.hpp"
#include "internal/sanitise.hpp"

namespace mimir::oauth::internal {
namespace {

std::string kind_of(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::Null: return "null";
    case YamlNode::Kind::Text: return "\"" + sanitise(node.text, 40) + "\"";
    case YamlNode::Kind::List: return "a list";
    case YamlNode::Kind::Map: return "a map";
  }
  return "";
}

/// Secrets are read here as well: a text is not repeated in the message.
YamlFault wrong_text(const YamlNode& node, std::string_view why) {
  return {node.place, "\"" + sanitise(node.name, 64) + "\" is " + std::string(why)};
}

bool is_line_of_text(const std::string& text) {
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

/// Decimal, as people write it: `0777` is neither 777 nor 511.
template <class Number>
KeyFault read_number(const YamlNode& node, Number& into, Number least, Number most) {
  const auto expected = "a number from " + std::to_string(least) + " to " + std::to_string(most);
  const bool is_number = node.kind == YamlNode::Kind::Text && node.is_plain && !node.text.empty() &&
                         (node.text.size() == 1 || node.text.front() != '0');
  if (!is_number) return wrong_type(node, expected);
  const auto* const end = node.text.data() + node.text.size();
  const auto [rest, error] = std::from_chars(node.text.data(), end, into);
  if (error != std::errc() || rest != end || into < least || into > most) return wrong_type(node, expected);
  return std::nullopt;
}

template <class T>
KeyFault read_list(const YamlNode& node, std::vector<T>& into, TextCheck check, std::string_view expected) {
  if (node.kind != YamlNode::Kind::List) return wrong_type(node, expected);
  into.clear();
  for (YamlNode item : node.children) {
    item.name = node.name;
    T value{};
    if (auto fault = read_value(item, value, check)) return fault;
    into.push_back(std::move(value));
  }
  return std::nullopt;
}

}  // namespace

YamlFault wrong_type(const YamlNode& node, std::string_view expected) {
  const std::string hint = node.kind == YamlNode::Kind::Null ? "; leave the key out instead" : "";
  return {node.place, "\"" + sanitise(node.name, 64) + "\" is " + kind_of(node) + ", expected " + std::string(expected) + hint};
}

KeyFault read_value(const YamlNode& node, std::string& into, TextCheck check) {
  if (node.kind != YamlNode::Kind::Text) return wrong_type(node, "text");
  if (node.text.empty()) return wrong_text(node, "an empty text");
  if (!is_line_of_text(node.text)) return wrong_text(node, "no single line of printable ASCII");  // CH-CL-06
  if (const auto why = check(node.text); !why.empty()) return wrong_text(node, why);
  into = node.text;
  return std::nullopt;
}

KeyFault read_value(const YamlNode& node, std::optional<Secret>& into, TextCheck check) {
  if (node.kind != YamlNode::Kind::Text) return wrong_type(node, "text");
  if (node.text.empty()) return wrong_text(node, "an empty text");
  if (const auto why = check(node.text); !why.empty()) return wrong_text(node, why);
  into = Secret(node.text);
  return std::nullopt;
}

KeyFault read_value(const YamlNode& node, bool& into, TextCheck) {
  // YAML 1.1 has twenty-two spellings for these two words; `no` is also a country.
  const bool is_flag = node.kind == YamlNode::Kind::Text && node.is_plain && (node.text == "true" || node.text == "false");
  if (!is_flag) return wrong_type(node, "true or false");
  into = node.text == "true";
  return std::nullopt;
}

KeyFault read_value(const YamlNode& node, std::optional<bool>& into, TextCheck check) {
  bool value = false;
  if (auto fault = read_value(node, value, check)) return fault;
  into = value;
  return std::nullopt;
}

KeyFault read_value(const YamlNode& node, std::chrono::seconds& into, TextCheck) {
  int seconds = 0;
  if (auto fault = read_number(node, seconds, 1, 3600)) return fault;
  into = std::chrono::seconds(seconds);
  return std::nullopt;
}

KeyFault read_value(const YamlNode& node, std::optional<std::chrono::seconds>& into, TextCheck) {
  constexpr int kYear = 365 * 24 * 3600;
  int seconds = 0;
  if (auto fault = read_number(node, seconds, 0, kYear)) return fault;
  into = std::chrono::seconds(seconds);
  return std::nullopt;
}

KeyFault read_value(const YamlNode& node, std::uint16_t& into, TextCheck) {
  return read_number<std::uint16_t>(node, into, 1, 65535);
}

KeyFault read_value(const YamlNode& node, std::vector<std::string>& into, TextCheck check) {
  return read_list(node, into, check, "a list of texts");
}

KeyFault read_value(const YamlNode& node, std::vector<std::uint16_t>& into, TextCheck check) {
  return read_list(node, into, check, "a list of numbers");
}

KeyFault read_value(const YamlNode& node, std::vector<std::pair<std::string, std::string>>& into, TextCheck check) {
  if (node.kind != YamlNode::Kind::Map) return wrong_type(node, "a map of names and texts");
  into.clear();
  for (const auto& member : node.children) {
    std::string value;
    if (auto fault = read_value(member, value, check)) return fault;
    into.emplace_back(member.name, std::move(value));
  }
  return std::nullopt;
}

}  // namespace mimir::oauth::internal
