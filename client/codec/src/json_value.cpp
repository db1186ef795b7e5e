// Looking into JSON values and changing them; reading and writing is in json.cpp.
#include <algorithm>
#include <charconv>

#include <mimir/codec/json.hpp>

namespace mimir::codec {
namespace {

/// Undoes ~1 and ~0; nothing for any other use of `~`.
std::optional<std::string> unescape(std::string_view token) {
  std::string text;
  for (std::size_t i = 0; i < token.size(); ++i) {
    if (token[i] != '~') {
      text.push_back(token[i]);
      continue;
    }
    if (++i == token.size() || (token[i] != '0' && token[i] != '1')) return std::nullopt;
    text.push_back(token[i] == '0' ? '~' : '/');
  }
  return text;
}

/// An array index without leading zeros (RFC 6901 §4). `-`, the place after the last item, never holds a value.
std::optional<std::size_t> parse_index(std::string_view token) {
  if (token.empty() || (token.size() > 1 && token[0] == '0')) return std::nullopt;
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);
  if (error != std::errc{} || end != token.data() + token.size()) return std::nullopt;
  return index;
}

const Json* step(const Json& value, std::string_view token) {
  if (const Json::Array* items = value.as_array()) {
    const auto index = parse_index(token);
    return index && *index < items->size() ? &(*items)[*index] : nullptr;
  }
  return value.find(token);
}

}  // namespace

std::optional<bool> Json::as_bool() const {
  const bool* value = std::get_if<bool>(&value_);
  return value ? std::optional(*value) : std::nullopt;
}

std::optional<std::int64_t> Json::as_int() const {
  const std::int64_t* value = std::get_if<std::int64_t>(&value_);
  return value ? std::optional(*value) : std::nullopt;
}

std::optional<double> Json::as_double() const {
  if (const auto integer = as_int()) return static_cast<double>(*integer);
  const double* value = std::get_if<double>(&value_);
  return value ? std::optional(*value) : std::nullopt;
}

const Json* Json::find(std::string_view name) const {
  const Object* members = as_object();
  if (members == nullptr) return nullptr;
  const auto found =
      std::find_if(members->begin(), members->end(), [name](const Member& member) { return member.first == name; });
  return found == members->end() ? nullptr : &found->second;
}

Json* Json::find(std::string_view name) { return const_cast<Json*>(std::as_const(*this).find(name)); }

std::optional<std::string> Json::string_at(std::string_view name) const {
  const Json* member = find(name);
  const std::string* text = member ? member->as_string() : nullptr;
  return text ? std::optional(*text) : std::nullopt;
}

std::optional<std::int64_t> Json::int_at(std::string_view name) const {
  const Json* member = find(name);
  return member ? member->as_int() : std::nullopt;
}

std::optional<bool> Json::bool_at(std::string_view name) const {
  const Json* member = find(name);
  return member ? member->as_bool() : std::nullopt;
}

const Json* Json::at_pointer(std::string_view pointer) const {
  const Json* value = this;
  while (!pointer.empty() && value != nullptr) {
    if (pointer[0] != '/') return nullptr;
    pointer.remove_prefix(1);
    const std::size_t end = std::min(pointer.find('/'), pointer.size());
    const auto token = unescape(pointer.substr(0, end));
    if (!token) return nullptr;
    value = step(*value, *token);
    pointer.remove_prefix(end);
  }
  return value;
}

bool Json::set(std::string_view name, Json value) {
  if (is_null()) value_ = Object();
  Object* members = as_object();
  if (members == nullptr) return false;
  if (Json* present = find(name)) {
    *present = std::move(value);
  } else {
    members->emplace_back(std::string(name), std::move(value));
  }
  return true;
}

bool Json::erase(std::string_view name) {
  Object* members = as_object();
  return members != nullptr && std::erase_if(*members, [name](const Member& m) { return m.first == name; }) > 0;
}

bool Json::push_back(Json value) {
  if (is_null()) value_ = Array();
  Array* items = as_array();
  if (items == nullptr) return false;
  items->push_back(std::move(value));
  return true;
}

std::string json_pointer_escape(std::string_view token) {
  std::string text;
  for (const char c : token) {
    if (c == '~') {
      text += "~0";
    } else if (c == '/') {
      text += "~1";
    } else {
      text.push_back(c);
    }
  }
  return text;
}

}  // namespace mimir::codec
