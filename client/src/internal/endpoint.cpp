#include <internal/endpoint.hpp>

#include <internal/sanitise.hpp>

namespace mimir::oauth::internal {

bool is_loopback(const codec::Url& url) { return url.is_loopback_literal() || url.is_localhost(); }

bool is_protected(const codec::Url& url) { return url.is_https() || is_loopback(url); }

Result<codec::Url> parse_endpoint(std::string_view member, const std::string& text) {
  const auto broken = [&](std::string code, std::string why, std::string spec) {
    return fail({.category = Category::ProviderBroken,
                 .code = std::move(code),
                 .message = "The provider's " + std::string(member) + " " + std::move(why) + ".",
                 .hint = "Report it to the provider; nothing was sent there.",
                 .spec = std::move(spec)});
  };
  auto url = codec::Url::parse(text);
  if (!url) return broken("metadata.endpoint_url", "is not an http or https URL: " + sanitise(text, 100), "RFC 8414 §2");
  if (url->fragment()) return broken("metadata.endpoint_fragment", "has a fragment", "RFC 6749 §3.1");
  if (!is_protected(*url)) {
    return broken("metadata.endpoint_insecure", "(" + printable_url(text) + ") is plain http on another machine",
                  "RFC 6749 §3.2");
  }
  return *std::move(url);
}

}  // namespace mimir::oauth::internal
