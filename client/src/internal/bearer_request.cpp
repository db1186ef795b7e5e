#include <internal/bearer_request.hpp>

#include <algorithm>

#include <internal/ascii.hpp>
#include <internal/http_rules.hpp>

namespace mimir::oauth::internal {
namespace {

Error refused(std::string code, std::string message, std::string spec) {
  return {.category = Category::Misconfigured,
          .code = std::move(code),
          .message = std::move(message),
          .hint = "Nothing was sent.",
          .spec = std::move(spec)};
}

}  // namespace

Result<> check_bearer_request(const HttpRequest& request) {
  const auto url = check_request(request);
  if (!url) return fail(url.error());
  if (url->query()) {
    const auto query = codec::Parameters::parse(*url->query());
    if (query && query->count("access_token") > 0) {
      return fail(refused("request.token_in_url", "The URL carries an access token; tokens go into a header only.",
                          "RFC 9700 §4.3.2"));
    }
  }
  const bool has_own = std::any_of(request.headers.begin(), request.headers.end(), [](const auto& header) {
    return equal_ignoring_case(header.first, "Authorization");
  });
  if (has_own) {
    return fail(refused("request.authorization", "The request has an Authorization header of its own.", "RFC 6750 §2"));
  }
  return {};
}

}  // namespace mimir::oauth::internal
