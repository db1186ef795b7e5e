#include <internal/bearer_request.hpp>

#include <algorithm>

#include <internal/endpoint.hpp>
#include <internal/sanitise.hpp>

namespace mimir::oauth::internal {
namespace {

Error refused(std::string code, std::string message, std::string spec) {
  return {.category = Category::Misconfigured,
          .code = std::move(code),
          .message = std::move(message),
          .hint = "Nothing was sent.",
          .spec = std::move(spec)};
}

bool is_token(std::string_view text) {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           kOthers.find(c) != std::string_view::npos;
  });
}

bool breaks_a_line(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

bool names_authorization(std::string_view name) {
  constexpr std::string_view kAuthorization = "authorization";
  return name.size() == kAuthorization.size() &&
         std::equal(name.begin(), name.end(), kAuthorization.begin(), [](char a, char b) { return (a | 0x20) == b; });
}

}  // namespace

Result<> check_bearer_request(const HttpRequest& request) {
  const auto url = codec::Url::parse(request.url);
  if (!url) return fail(refused("request.url", "The URL is not one of http or https: " + sanitise(request.url, 100), ""));
  if (!is_protected(*url)) {
    return fail(refused("request.insecure", "The token is not sent to " + printable_url(request.url) + " over plain http.",
                        "RFC 6750 §5.3"));
  }
  if (url->query()) {
    const auto query = codec::Parameters::parse(*url->query());
    if (query && query->count("access_token") > 0) {
      return fail(refused("request.token_in_url", "The URL carries an access token; tokens go into a header only.",
                          "RFC 9700 §4.3.2"));
    }
  }
  if (!is_token(request.method)) return fail(refused("request.method", "The request method is malformed.", "RFC 9110 §9.1"));
  for (const auto& [name, value] : request.headers) {
    if (!is_token(name) || breaks_a_line(value)) {
      return fail(refused("request.header", "A request header is malformed: " + sanitise(name, 60), "RFC 9110 §5.5"));
    }
    if (names_authorization(name)) {
      return fail(refused("request.authorization", "The request has an Authorization header of its own.", "RFC 6750 §2"));
    }
  }
  return {};
}

}  // namespace mimir::oauth::internal
