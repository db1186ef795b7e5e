#include <algorithm>

#include <mockoauth/document/document.hpp>

#include "explain.hpp"
#include "scalar.hpp"

namespace mockoauth::document {
namespace {

using mimir::codec::Json;

constexpr std::size_t kListed = 16;

std::string shown(const Json& value) {
  if (const auto* text = value.as_string()) return in_quotes(*text);
  if (value.is_array()) return "a list";
  if (value.is_object()) return "a mapping";
  return value.dump();
}

}  // namespace

std::string type_in_words(std::string_view type) {
  if (type == "string") return "a string";
  if (type == "integer") return "a whole number";
  if (type == "number") return "a number";
  if (type == "boolean") return "true or false";
  if (type == "array") return "a list";
  if (type == "object") return "a mapping";
  return "null";
}

std::string_view type_of(const Json& value) {
  if (value.is_string()) return "string";
  if (value.is_int()) return "integer";
  if (value.is_number()) return "number";
  if (value.is_bool()) return "boolean";
  if (value.is_array()) return "array";
  if (value.is_object()) return "object";
  return "null";
}

bool has_type(const Json& value, std::string_view type) {
  return type_of(value) == type || (type == "number" && value.is_number());
}

std::string join_or(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t index = 0; index < words.size(); ++index) {
    if (index > 0) text += index + 1 == words.size() ? " or " : ", ";
    text += words[index];
  }
  return text;
}

std::string did_you_mean(const std::string& name, const std::vector<std::string>& candidates) {
  // The candidates are ours; a name of a megabyte is not, and the distance takes its length times theirs.
  if (name.size() > 200) return {};
  const auto near = nearest(name, candidates, 1);
  return near.empty() ? std::string() : "; did you mean " + in_quotes(near.front()) + "?";
}

std::string unknown_member(const std::string& name, std::vector<std::string> known) {
  std::sort(known.begin(), known.end());
  known.erase(std::unique(known.begin(), known.end()), known.end());
  const std::string hint = did_you_mean(name, known);
  std::string message = "unknown member " + in_quotes(name);
  // A long vocabulary helps nobody in one line; the nearest names do.
  if (known.empty()) {
    message += " (no member is known here)";
  } else if (known.size() <= kListed || hint.empty()) {
    std::string list;
    for (std::size_t index = 0; index < std::min(known.size(), kListed); ++index) {
      list += (index > 0 ? ", " : "") + known[index];
    }
    message += " (known here: " + list + (known.size() > kListed ? ", …)" : ")");
  }
  return message + hint;
}

std::string not_one_of(const Json& value, const std::vector<Json>& allowed) {
  std::vector<std::string> names;
  std::string list;
  for (const auto& item : allowed) {
    if (const auto* text = item.as_string()) names.push_back(*text);
    list += (list.empty() ? "" : ", ") + shown(item);
  }
  const auto* text = value.as_string();
  const std::string message = allowed.size() == 1 ? " is not " : " is not one of ";
  return shown(value) + message + list + (text != nullptr ? did_you_mean(*text, names) : std::string());
}

}  // namespace mockoauth::document
