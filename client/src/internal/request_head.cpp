#include "internal/request_head.hpp"

#include <algorithm>

#include "internal/ascii.hpp"

namespace mimir::oauth::internal {
namespace {

bool is_token_character(char c) {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";  // RFC 9110 §5.6.2
  return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') || kOthers.find(c) != std::string_view::npos;
}

bool is_method_token(std::string_view text) { return !text.empty() && std::ranges::all_of(text, is_token_character); }

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Cuts the next line off `rest`, without its CRLF. Nothing at the end or when a CR or LF stands alone.
std::optional<std::string_view> next_line(std::string_view& rest) {
  const auto end = rest.find_first_of("\r\n");
  if (end == std::string_view::npos || rest.substr(end, 2) != "\r\n") return std::nullopt;
  const auto line = rest.substr(0, end);
  rest.remove_prefix(end + 2);
  return line;
}

bool parse_request_line(std::string_view line, RequestHead& head) {
  const auto first = line.find(' ');
  if (first == std::string_view::npos) return false;
  const auto second = line.find(' ', first + 1);
  if (second == std::string_view::npos) return false;
  head.method = line.substr(0, first);
  head.target = line.substr(first + 1, second - first - 1);
  const auto version = line.substr(second + 1);
  return is_method_token(head.method) && !head.target.empty() && std::ranges::all_of(head.target, is_visible) &&
         (version == "HTTP/1.1" || version == "HTTP/1.0");
}

}  // namespace

std::optional<RequestHead> parse_request_head(std::string_view bytes) {
  RequestHead head;
  const auto request_line = next_line(bytes);
  if (!request_line || !parse_request_line(*request_line, head)) return std::nullopt;

  while (true) {
    const auto line = next_line(bytes);
    if (!line) return std::nullopt;
    if (line->empty()) return head;
    const auto colon = line->find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto name = line->substr(0, colon);
    const auto value = trim(line->substr(colon + 1));
    const auto is_bad = [](char c) { return is_control(c) && c != '\t'; };
    if (!is_method_token(name) || std::ranges::any_of(value, is_bad)) return std::nullopt;
    head.headers.emplace_back(name, value);
  }
}

}  // namespace mimir::oauth::internal
