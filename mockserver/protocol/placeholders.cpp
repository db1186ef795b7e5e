#include "protocol/placeholders.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>

namespace mockoauth::server {

using mimir::codec::Json;

namespace {

std::optional<std::int64_t> number_after(std::string_view name, std::string_view prefix) {
  if (!name.starts_with(prefix)) return std::nullopt;
  name.remove_prefix(prefix.size());
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), value);
  if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
  return value;
}

// The brace that closes the one at the beginning: a text after `first_consent:` may hold placeholders and JSON.
std::size_t closing_brace(std::string_view text) {
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '{') ++depth;
    if (text[i] == '}' && --depth == 0) return i;
  }
  return std::string_view::npos;
}

bool begins_placeholder(std::string_view text) { return !text.empty() && text.front() >= 'a' && text.front() <= 'z'; }

std::string as_text(const Json& value) {
  if (const auto* text = value.as_string()) return *text;
  return value.is_null() ? std::string() : value.dump();
}

}  // namespace

std::optional<Json> Placeholders::value_of(std::string_view name) const {
  if (const auto found = values_.find(name); found != values_.end()) return found->second;
  for (auto source = sources_.rbegin(); source != sources_.rend(); ++source) {
    if (auto value = (*source)(name)) return value;
  }
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now_).time_since_epoch().count();
  if (name == "now") return Json(mimir::codec::format_iso8601(now_));
  if (name == "now_s") return Json(static_cast<std::int64_t>(seconds));
  if (const auto ahead = number_after(name, "now_plus:")) return Json(static_cast<std::int64_t>(seconds + *ahead));
  if (const auto length = number_after(name, "random:")) {
    const auto wanted = static_cast<std::size_t>(std::clamp<std::int64_t>(*length, 0, 4096));
    const auto text = mimir::codec::random_base64url(random_, wanted * 3 / 4 + 1);
    if (!text) return std::nullopt;
    return Json(text->substr(0, wanted));
  }
  constexpr std::string_view kFirst = "first_consent:";
  if (name.starts_with(kFirst)) {
    if (!first_consent_) return Json();
    return Json(expand_text(name.substr(kFirst.size())));
  }
  if (name == "request_id") return Json(mimir::codec::random_base64url(random_, 12).value_or("none"));
  return std::nullopt;
}

std::optional<Json> Placeholders::expand_string(const std::string& text) const {
  if (text.size() > 2 && text.front() == '{' && text.back() == '}' && text[1] != '{' &&
      closing_brace(text) == text.size() - 1) {
    const auto value = value_of(std::string_view(text).substr(1, text.size() - 2));
    if (!value) return Json(text);
    if (value->is_null()) return std::nullopt;
    return value;
  }
  return Json(expand_text(text));
}

std::string Placeholders::expand_text(std::string_view text) const {
  std::string out;
  while (!text.empty()) {
    const auto open = text.find('{');
    out += text.substr(0, open);
    if (open == std::string_view::npos) break;
    text.remove_prefix(open);
    if (text.starts_with("{{")) {  // `{{x}}` is the literal `{x}`.
      const auto end = text.find("}}");
      if (end == std::string_view::npos) return out += text;
      out += text.substr(1, end);
      text.remove_prefix(end + 2);
      continue;
    }
    const auto end = closing_brace(text);
    if (end == std::string_view::npos) return out += text;
    // A brace that begins no placeholder, such as that of JSON, stands for itself; what is in it is still looked at.
    if (!begins_placeholder(text.substr(1))) {
      out += '{';
      text.remove_prefix(1);
      continue;
    }
    const auto value = value_of(text.substr(1, end - 1));
    out += value ? as_text(*value) : std::string(text.substr(0, end + 1));
    text.remove_prefix(end + 1);
  }
  return out;
}

std::optional<Json> Placeholders::expand(const Json& value) const {
  if (const auto* text = value.as_string()) return expand_string(*text);
  if (const auto* array = value.as_array()) {
    Json::Array out;
    for (const auto& item : *array) {
      if (auto expanded = expand(item)) out.push_back(std::move(*expanded));
    }
    return Json(std::move(out));
  }
  if (const auto* object = value.as_object()) {
    Json::Object out;
    for (const auto& [name, member] : *object) {
      if (auto expanded = expand(member)) out.emplace_back(name, std::move(*expanded));
    }
    return Json(std::move(out));
  }
  return value;
}

}  // namespace mockoauth::server
