#include <internal/key_cache.hpp>

#include <internal/body.hpp>
#include <internal/http_date.hpp>
#include <internal/repeat.hpp>
#include <internal/sanitise.hpp>

namespace mimir::oauth::internal {
namespace {

constexpr std::size_t kMaxKeySetBytes = 256 * 1024;

Error unusable(const std::string& url, const HttpResponse& response, TimePoint now) {
  const bool outage = response.status == 429 || response.status >= 500;
  // The signature is never skipped because the keys cannot be had (OIDC Core §3.1.3.7 (6)).
  return {.category = outage ? Category::TryLater : Category::ProviderBroken,
          .code = "jwks.unusable",
          .message = "The provider's signing keys at " + printable_url(url) + " cannot be read (status " +
                     std::to_string(response.status) + ").",
          .hint = outage ? "Try again later." : "Report it to the provider.",
          .spec = "RFC 7517 §5",
          .retry_after = outage ? retry_after(response, now) : std::nullopt,
          .http = HttpContext{.status = response.status, .url = printable_url(url)}};
}

}  // namespace

Result<KeyCache::Keys> KeyCache::get(const std::string& jwks_uri, bool reload, const Context& context) {
  if (!reload) {
    const std::lock_guard lock(mutex_);
    const auto entry = entries_.find(jwks_uri);
    if (entry != entries_.end() && entry->second.fresh.covers(context.now())) return Keys{entry->second.set, false};
  }
  auto outcome = get_patiently(
      {.url = jwks_uri, .accept = "application/jwk-set+json, application/json", .max_bytes = kMaxKeySetBytes,
       .newest = reload}, context);
  if (!outcome.response) return fail(std::move(outcome.response.error()));
  const auto& response = *outcome.response;
  if (response.status != 200) return fail(unusable(jwks_uri, response, context.now()));
  const auto document = parse_json_body(response, kMaxKeySetBytes);
  if (!document) return fail(unusable(jwks_uri, response, context.now()));
  auto set = codec::KeySet::from_jwks(*document);
  if (!set) return fail(unusable(jwks_uri, response, context.now()));
  auto shared = std::make_shared<const codec::KeySet>(*std::move(set));
  const std::lock_guard lock(mutex_);
  entries_.insert_or_assign(jwks_uri, Entry{shared, freshness_of(response, context.now())});
  return Keys{shared, true};
}

}  // namespace mimir::oauth::internal
