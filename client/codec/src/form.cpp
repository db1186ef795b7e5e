#include <mimir/codec/form.hpp>

#include <algorithm>
#include <unordered_set>

namespace mimir::codec {
namespace {

constexpr std::string_view kHex = "0123456789ABCDEF";

// Not std::isalnum: that one asks the locale.
bool is_unreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string encode(std::string_view bytes, bool space_as_plus) {
  std::string text;
  text.reserve(bytes.size() + bytes.size() / 4);
  for (const char c : bytes) {
    if (is_unreserved(c)) {
      text.push_back(c);
    } else if (space_as_plus && c == ' ') {
      text.push_back('+');
    } else {
      const auto byte = static_cast<unsigned char>(c);
      text.push_back('%');
      text.push_back(kHex[byte >> 4]);
      text.push_back(kHex[byte & 0x0F]);
    }
  }
  return text;
}

/// `base` is where `text` starts within what the caller was given, so that offsets are the caller's.
Result<std::string> decode(std::string_view text, bool plus_is_space, std::size_t base = 0) {
  if (text.find_first_of("%+") == std::string_view::npos) return std::string(text);  // Most of what is sent.
  std::string bytes;
  bytes.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      bytes.push_back(' ');
    } else if (text[i] != '%') {
      bytes.push_back(text[i]);
    } else {
      const int high = i + 1 < text.size() ? hex_value(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
      if (high < 0 || low < 0) {
        return fail("form.escape", "a % is not followed by two hexadecimal digits", "RFC 3986 §2.1", base + i);
      }
      bytes.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    }
  }
  return bytes;
}

/// Whether a side of a form stands for itself, as nearly all do.
bool is_literal(std::string_view side) {
  return std::none_of(side.begin(), side.end(), [](char c) { return c == '%' || c == '+' || c == '\0'; });
}

/// One name or value of a form.
Result<std::string> decode_side(std::string_view side, std::size_t base) {
  auto decoded = decode(side, true, base);
  // A NUL ends the string for a C library further on: what was checked would not be what is used.
  if (decoded && decoded->find('\0') != std::string::npos) {
    return fail("form.nul", "a name or value holds a NUL byte", "RFC 6749 appendix A", base);
  }
  return decoded;
}

}  // namespace

std::string percent_encode(std::string_view bytes) { return encode(bytes, false); }
Result<std::string> percent_decode(std::string_view text) { return decode(text, false); }
std::string form_encode(std::string_view bytes) { return encode(bytes, true); }
Result<std::string> form_decode(std::string_view text) { return decode(text, true); }

Result<Parameters> Parameters::parse(std::string_view text, const FormLimits& limits) {
  if (text.size() > limits.max_bytes) {
    return fail("form.too_large", "the form is larger than " + std::to_string(limits.max_bytes) + " bytes", {},
                limits.max_bytes);
  }
  Parameters parameters;
  const auto separators = static_cast<std::size_t>(std::count(text.begin(), text.end(), '&'));
  parameters.pairs_.reserve(std::min(separators + 1, limits.max_parameters));
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find('&', start), text.size());
    const std::string_view piece = text.substr(start, end - start);
    if (!piece.empty()) {
      if (parameters.pairs_.size() == limits.max_parameters) {
        return fail("form.too_many", "the form has more than " + std::to_string(limits.max_parameters) + " parameters",
                    {}, start);
      }
      const std::size_t equals = std::min(piece.find('='), piece.size());
      const std::size_t value_start = std::min(equals + 1, piece.size());
      if (is_literal(piece)) {
        parameters.pairs_.emplace_back(piece.substr(0, equals), piece.substr(value_start));
        start = end + 1;
        continue;
      }
      auto name = decode_side(piece.substr(0, equals), start);
      if (!name) return tl::unexpected(std::move(name.error()));
      auto value = decode_side(piece.substr(value_start), start + value_start);
      if (!value) return tl::unexpected(std::move(value.error()));
      parameters.add(std::move(*name), std::move(*value));
    }
    start = end + 1;
  }
  return parameters;
}

void Parameters::set(std::string_view name, std::string value) {
  const auto same = [name](const Pair& pair) { return pair.first == name; };
  const auto first = std::find_if(pairs_.begin(), pairs_.end(), same);
  if (first == pairs_.end()) {
    add(std::string(name), std::move(value));
    return;
  }
  first->second = std::move(value);
  pairs_.erase(std::remove_if(std::next(first), pairs_.end(), same), pairs_.end());
}

void Parameters::remove(std::string_view name) {
  std::erase_if(pairs_, [name](const Pair& pair) { return pair.first == name; });
}

std::size_t Parameters::count(std::string_view name) const {
  return static_cast<std::size_t>(
      std::count_if(pairs_.begin(), pairs_.end(), [name](const Pair& pair) { return pair.first == name; }));
}

std::optional<std::string> Parameters::one(std::string_view name) const {
  return count(name) == 1 ? first(name) : std::nullopt;
}

std::optional<std::string> Parameters::first(std::string_view name) const {
  for (const Pair& pair : pairs_) {
    if (pair.first == name) return pair.second;
  }
  return std::nullopt;
}

std::optional<std::string> Parameters::repeated() const {
  std::unordered_set<std::string_view> seen;
  for (const Pair& pair : pairs_) {
    if (!seen.insert(pair.first).second) return pair.first;
  }
  return std::nullopt;
}

std::string Parameters::encode() const {
  std::string text;
  for (const Pair& pair : pairs_) {
    if (!text.empty()) text.push_back('&');
    text += form_encode(pair.first) + "=" + form_encode(pair.second);
  }
  return text;
}

}  // namespace mimir::codec
