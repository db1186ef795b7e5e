#include <internal/client_id_document.hpp>

#include <internal/ascii.hpp>
#include <internal/sanitise.hpp>
#include <mimir/codec/url.hpp>

namespace mimir::oauth::internal {
namespace {

constexpr std::string_view kScheme = "https://";

/// Servers compare the text of the URL: one that others would write differently is none to be known by. A dot may be
/// written in percent code (RFC 3986 §6.2.2.3).
bool has_dot_segment(std::string_view path) {
  while (!path.empty()) {
    path.remove_prefix(1);
    auto segment = std::string(path.substr(0, path.find('/')));
    path.remove_prefix(segment.size());
    for (auto at = segment.find("%2"); at != std::string::npos; at = segment.find("%2", at + 1)) {
      if (at + 2 < segment.size() && lower(segment[at + 2]) == 'e') segment.replace(at, 3, ".");
    }
    if (segment == "." || segment == "..") return true;
  }
  return false;
}

std::string what_is_wrong(const std::string& client_id) {
  const auto url = codec::Url::parse(client_id);  // refuses user information as well
  if (!url) return "it is no URL: " + url.error().message;
  if (url->path().empty() || url->path() == "/") return "it has no path";
  if (has_dot_segment(url->path())) return "its path has a segment of dots";
  if (url->fragment()) return "it has a fragment";
  if (url->query()) return "it has a query";
  return {};
}

}  // namespace

bool is_client_id_document(const std::string& client_id) {
  return equal_ignoring_case(std::string_view(client_id).substr(0, kScheme.size()), kScheme);
}

Result<> check_client_id_document(const OAuthConfig& config) {
  auto wrong = what_is_wrong(config.client_id);
  if (wrong.empty() && config.client_secret) wrong = "a client that is known by a public document has no secret";
  if (wrong.empty()) return {};
  return fail({.category = Category::Misconfigured,
               .code = "config.client_id_document",
               .message = "The client id \"" + sanitise(config.client_id, 200) + "\" cannot be used: " + wrong + ".",
               .hint = "Configure the exact address of the program's client metadata document.",
               .spec = "draft-ietf-oauth-client-id-metadata-document §3"});
}

}  // namespace mimir::oauth::internal
