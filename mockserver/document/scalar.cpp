#include "scalar.hpp"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <array>

namespace mockoauth::document {
namespace {

using mimir::codec::Json;
using Outcome = mimir::codec::Expected<Json, std::string>;

constexpr std::string_view kTagPrefix = "tag:yaml.org,2002:";

bool one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  for (const auto word : words) {
    if (text == word) return true;
  }
  return false;
}

bool all_of(std::string_view text, std::string_view alphabet) {
  return !text.empty() && text.find_first_not_of(alphabet) == std::string_view::npos;
}

bool is_null(std::string_view text) { return one_of(text, {"", "~", "null", "Null", "NULL"}); }
bool is_true(std::string_view text) { return one_of(text, {"true", "True", "TRUE"}); }
bool is_false(std::string_view text) { return one_of(text, {"false", "False", "FALSE"}); }

bool is_sign(char c) { return c == '+' || c == '-'; }

std::string_view unsigned_part(std::string_view text) {
  return !text.empty() && is_sign(text.front()) ? text.substr(1) : text;
}

bool is_decimal(std::string_view text) { return all_of(unsigned_part(text), "0123456789"); }

// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
bool is_float(std::string_view text) {
  text = unsigned_part(text);
  if (const auto e = text.find_first_of("eE"); e != std::string_view::npos) {
    if (!is_decimal(text.substr(e + 1))) return false;
    text = text.substr(0, e);
  }
  const auto dot = text.find('.');
  const auto whole = text.substr(0, dot);
  if (dot == std::string_view::npos) return all_of(whole, "0123456789");
  const auto fraction = text.substr(dot + 1);
  return (whole.empty() || all_of(whole, "0123456789")) && (fraction.empty() || all_of(fraction, "0123456789")) &&
         !(whole.empty() && fraction.empty());
}

bool is_not_finite(std::string_view text) {
  if (one_of(text, {".nan", ".NaN", ".NAN"})) return true;
  return one_of(unsigned_part(text), {".inf", ".Inf", ".INF"});
}

Outcome to_double(std::string_view text) {
  double value = 0;
  const auto digits = text.front() == '+' ? text.substr(1) : text;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error == std::errc() && end == digits.data() + digits.size() && std::isfinite(value)) return Json(value);
  return tl::unexpected("the number " + in_quotes(text) + " is too large");
}

Outcome to_integer(std::string_view text, std::string_view digits, int base) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (error == std::errc() && end == digits.data() + digits.size()) return Json(value);
  if (base == 10) return to_double(text);
  return tl::unexpected("the number " + in_quotes(text) + " is too large");
}

bool is_based(std::string_view text, std::string_view prefix, std::string_view digits) {
  return text.starts_with(prefix) && all_of(text.substr(prefix.size()), digits);
}

Outcome resolve_plain(const std::string& text) {
  if (is_null(text)) return Json();
  if (is_true(text)) return Json(true);
  if (is_false(text)) return Json(false);
  const std::string_view view = text;
  if (is_decimal(view)) return to_integer(view, view.front() == '+' ? view.substr(1) : view, 10);
  if (is_based(view, "0x", "0123456789abcdefABCDEF")) return to_integer(view, view.substr(2), 16);
  if (is_based(view, "0o", "01234567")) return to_integer(view, view.substr(2), 8);
  if (is_float(view)) return to_double(view);
  if (is_not_finite(view)) return tl::unexpected(in_quotes(text) + " is no number that JSON can hold");
  return Json(text);
}

}  // namespace

Outcome resolve_scalar(std::string_view tag, const std::string& text) {
  if (tag == "!") return Json(text);
  if (tag == "?" || tag.empty()) return resolve_plain(text);
  if (!tag.starts_with(kTagPrefix)) return tl::unexpected("the tag " + in_quotes(tag) + " is not understood here");
  const auto kind = tag.substr(kTagPrefix.size());
  if (kind == "str") return Json(text);
  if (!one_of(kind, {"null", "bool", "int", "float"})) {
    return tl::unexpected("the tag " + in_quotes(tag) + " is not understood here");
  }
  auto value = resolve_plain(text);
  if (!value) return value;
  const bool fits = (kind == "null" && value->is_null()) || (kind == "bool" && value->is_bool()) ||
                    (kind == "int" && value->is_int()) || (kind == "float" && value->is_number());
  if (!fits) return tl::unexpected(in_quotes(text) + " is not what its tag !!" + std::string(kind) + " says");
  return value;
}

bool is_collection_tag(std::string_view tag, std::string_view kind) {
  return tag.empty() || tag == "?" || tag == "!" || (tag.starts_with(kTagPrefix) && tag.substr(kTagPrefix.size()) == kind);
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t kShown = 40;
  std::string shown = "\"";
  std::size_t index = 0;
  for (; index < text.size(); ++index) {
    const auto byte = static_cast<unsigned char>(text[index]);
    // Only before a character, so that none is cut in two.
    if (index >= kShown && (byte & 0xC0U) != 0x80U) break;
    if (byte >= 0x20 && byte != 0x7F) {
      shown += text[index];
    } else {
      std::array<char, 8> escape{};
      std::snprintf(escape.data(), escape.size(), "\\x%02x", static_cast<unsigned>(byte));
      shown += escape.data();
    }
  }
  return shown + (index < text.size() ? "…\"" : "\"");
}

}  // namespace mockoauth::document
