#include <internal/body.hpp>

#include <algorithm>
#include <string>

#include <internal/ascii.hpp>

namespace mimir::oauth::internal {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string_view without_mark(std::string_view body) {
  if (body.starts_with(kByteOrderMark)) body.remove_prefix(kByteOrderMark.size());
  return body;
}

}  // namespace

bool is_html(const HttpResponse& response) {
  std::string type = response.header("Content-Type").value_or("");
  std::transform(type.begin(), type.end(), type.begin(), lower);
  const auto body = without_mark(response.body.expose());
  const auto first = body.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && body[first] == '{') return false;  // JSON under a wrong label
  if (type.starts_with("text/html") || type.starts_with("application/xhtml")) return true;
  return first != std::string_view::npos && body[first] == '<';
}

codec::Result<codec::Json> parse_json_body(const HttpResponse& response, std::size_t max_bytes) {
  return codec::Json::parse(without_mark(response.body.expose()), {.max_bytes = max_bytes, .max_depth = 32});
}

const codec::Json* present(const codec::Json& object, std::string_view name) {
  const auto* member = object.find(name);
  return member && !member->is_null() ? member : nullptr;
}

}  // namespace mimir::oauth::internal
