#include "internal/http_rules.hpp"

#include <algorithm>
#include <array>

#include "internal/ascii.hpp"
#include "internal/endpoint.hpp"

namespace mimir::oauth::internal {
namespace {

bool is_token(std::string_view text) {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";  // RFC 9110 §5.6.2
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') || kOthers.find(c) != std::string_view::npos;
  });
}

}  // namespace

Result<codec::Url> check_url(const std::string& url) {
  auto parsed = codec::Url::parse(url);
  if (!parsed) {
    return fail({.category = Category::Misconfigured,
                 .code = "http.url_refused",
                 .message = "This is no URL that a request can be sent to: " + parsed.error().message,
                 .hint = "Check the endpoints of the provider's configuration or metadata.",
                 .spec = parsed.error().spec});
  }
  if (!is_protected(*parsed)) {
    return fail({.category = Category::Misconfigured,
                 .code = "http.insecure_url",
                 .message = "Refused to send a request to " + parsed->origin() + " without TLS.",
                 .hint = "Use the https address; http is for this machine's own loopback only.",
                 .spec = "RFC 6749 §3.2"});
  }
  return std::move(*parsed);
}

Result<codec::Url> check_request(const HttpRequest& request) {
  const auto refused = [](std::string message) {
    return fail({.category = Category::Misconfigured,
                 .code = "http.header_refused",
                 .message = std::move(message),
                 .hint = "A token or a setting holds a line break or another control character.",
                 .spec = "RFC 9110 §5.5"});
  };
  if (!is_token(request.method)) return refused("The request's method is no token.");
  for (const auto& [name, value] : request.headers) {
    if (!is_token(name)) return refused("The name of a request header is no token.");
    if (std::ranges::any_of(value, is_control)) return refused("The request header " + name + " holds a control character.");
  }
  return check_url(request.url);
}

Result<codec::Url> check_redirect(const codec::Url& from, const std::string& to) {
  auto target = check_url(to);
  if (target && !(from.is_https() && !target->is_https())) return target;
  return fail({.category = Category::ProviderBroken,
               .code = "http.redirect_refused",
               .message = from.origin() + " redirects to an address that must not be followed.",
               .hint = "Configure the address it redirects to, if that is the provider's.",
               .spec = "RFC 9700 §2.6"});
}

bool is_bound_to_origin(std::string_view header_name) {
  return std::ranges::any_of(std::array{"Authorization", "Cookie", "DPoP", "Proxy-Authorization"},
                             [&](std::string_view name) { return equal_ignoring_case(name, header_name); });
}

}  // namespace mimir::oauth::internal
