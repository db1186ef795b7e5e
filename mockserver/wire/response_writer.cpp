#include "wire/response_writer.hpp"

#include "wire/header_rules.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>

namespace mockoauth::wire {
namespace {

constexpr auto kTokenCharacters = [] {
  std::array<bool, 256> table{};
  for (unsigned c = '0'; c <= '9'; ++c) table[c] = true;
  for (unsigned c = 'A'; c <= 'Z'; ++c) table[c] = true;
  for (unsigned c = 'a'; c <= 'z'; ++c) table[c] = true;
  for (const char c : std::string_view("!#$%&'*+-.^_`|~")) table[static_cast<unsigned char>(c)] = true;
  return table;
}();

bool is_token(std::string_view name) {  // RFC 9110 §5.6.2
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return kTokenCharacters[static_cast<unsigned char>(c)];
  });
}

bool is_framing_field(std::string_view name) {
  return same_text(name, "Content-Length") || same_text(name, "Transfer-Encoding") || same_text(name, "Connection");
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ");
  const auto start = out.size();
  out.append(value).append("\r\n");
  for (auto at = start; at < out.size() - 2; ++at) {
    if (out[at] == '\r' || out[at] == '\n' || out[at] == '\0') out[at] = ' ';
  }
}

}  // namespace

std::string http_date(std::time_t when) {
  // Not strftime: names of days and months follow the process's locale there.
  static constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::tm utc{};
  ::gmtime_r(&when, &utc);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                kDays[static_cast<std::size_t>(utc.tm_wday)], utc.tm_mday,
                kMonths[static_cast<std::size_t>(utc.tm_mon)], utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
  return text.data();
}

bool asks_for_close(const server::HttpResponse& response) {
  return lists_token(response.headers, "Connection", "close");
}

std::string write_response(const server::HttpResponse& response, ReplyFrame frame, std::time_t now) {
  // Interim and impossible codes would leave the client waiting for a final reply.
  const int status = response.status >= 200 && response.status <= 999 ? response.status : 500;
  const bool bodiless = status == 204 || status == 304;
  std::string out;
  out.reserve(256 + response.body.size());
  out.append("HTTP/1.1 ").append(std::to_string(status)).append(" ").append(server::reason_phrase(status));
  out.append("\r\n");
  for (const auto& [name, value] : response.headers) {
    if (is_token(name) && !is_framing_field(name)) append_field(out, name, value);
  }
  if (!response.header("Date")) append_field(out, "Date", http_date(now));
  // RFC 9110 §8.6: none with 204; with 304 it would have to be the length of the 200 reply, which is not known here.
  if (frame.framing != nullptr) {
    for (const auto& [name, value] : *frame.framing) append_field(out, name, value);
  } else if (!bodiless) {
    append_field(out, "Content-Length", std::to_string(response.body.size()));
  }
  if (frame.close) append_field(out, "Connection", "close");
  out.append("\r\n");
  if (!bodiless && !frame.head) out.append(response.body);
  return out;
}

server::HttpResponse refusal_response(int status, std::string_view why) {
  return {.status = status,
          .headers = {{"Content-Type", "text/plain; charset=utf-8"}, {"Cache-Control", "no-store"}},
          .body = std::string(why) + "\n"};
}

}  // namespace mockoauth::wire
