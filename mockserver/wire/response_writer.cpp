#include "response_writer.hpp"

#include <algorithm>

namespace mockoauth::wire {
namespace {

bool has_body(int status) { return status >= 200 && status != 204 && status != 304; }

void append_clean(std::string& bytes, std::string_view text) {
  for (const char c : text) bytes += c == '\r' || c == '\n' || c == '\0' ? ' ' : c;
}

void append_field(std::string& bytes, std::string_view name, std::string_view value) {
  append_clean(bytes, name);
  bytes += ": ";
  append_clean(bytes, value);
  bytes += "\r\n";
}

bool lists_close(std::string_view value) {
  std::string lower(value);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return lower.find("close") != std::string::npos;
}

}  // namespace

ResponseBytes write_response(const server::HttpResponse& response, const ResponseContext& context) {
  const bool body_allowed = has_body(response.status);
  const auto length = response.header("Content-Length");
  const auto connection = response.header("Connection");
  const std::string size = std::to_string(response.body.size());

  ResponseBytes out;
  // A length that lies leaves no way to tell where the next answer starts.
  const bool length_lies = length && *length != size && body_allowed && !context.is_head;
  out.close = !context.keep_alive || (connection && lists_close(*connection)) || length_lies;
  out.bytes.reserve(256 + response.body.size());
  out.bytes += "HTTP/1.1 " + std::to_string(response.status) + " ";
  out.bytes += server::reason_phrase(response.status);
  out.bytes += "\r\n";
  for (const auto& [name, value] : response.headers) append_field(out.bytes, name, value);
  if (!response.header("Date")) append_field(out.bytes, "Date", context.date);
  // RFC 9110 §8.6: none in 1xx and 204; with HEAD it is the length GET would have.
  if (!length && body_allowed && !response.header("Transfer-Encoding")) append_field(out.bytes, "Content-Length", size);
  if (out.close && !connection) append_field(out.bytes, "Connection", "close");
  out.bytes += "\r\n";
  if (body_allowed && !context.is_head) out.bytes += response.body;
  return out;
}

std::string write_refusal(int status, std::string_view reason, std::string_view date) {
  server::HttpResponse response{.status = status};
  response.headers = {{"Content-Type", "text/plain; charset=utf-8"}, {"Cache-Control", "no-store"}};
  response.body = std::to_string(status) + " " + std::string(server::reason_phrase(status)) + ": " +
                  std::string(reason) + "\n";
  return write_response(response, {.keep_alive = false, .date = date}).bytes;
}

}  // namespace mockoauth::wire
