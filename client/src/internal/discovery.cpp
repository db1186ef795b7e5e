#include <internal/discovery.hpp>

#include <optional>

#include <internal/body.hpp>
#include <internal/endpoint.hpp>
#include <internal/http_date.hpp>
#include <internal/repeat.hpp>
#include <internal/sanitise.hpp>

namespace mimir::oauth::internal {
namespace {

constexpr int kMaxRedirects = 3;
constexpr std::size_t kMaxMetadataBytes = 1024 * 1024;

Error bad_issuer(const std::string& issuer, std::string why) {
  return {.category = Category::Misconfigured,
          .code = "issuer.invalid",
          .message = "The issuer \"" + sanitise(issuer, 200) + "\" " + std::move(why) + ".",
          .hint = "Use the issuer identifier exactly as the provider documents it.",
          .spec = "RFC 8414 §2"};
}

Error not_metadata(std::string code, const std::string& url, int status, std::string what, std::string hint) {
  return {.category = Category::ProviderBroken,
          .code = std::move(code),
          .message = printable_url(url) + " " + std::move(what) + ".",
          .hint = std::move(hint),
          .spec = "RFC 8414 §3.2",
          .http = HttpContext{.status = status, .url = printable_url(url)}};
}

/// What one location gave: metadata, an error that ends the search, or a reason to look at the next location.
struct Found {
  Result<Metadata> metadata;
  bool look_further = false;
};

Found judge(const HttpResponse& response, const std::string& url, const std::string& issuer, TimePoint now) {
  if (response.status == 429 || response.status >= 500) {
    Error error{.category = Category::TryLater,
                .code = "metadata.unavailable",
                .message = printable_url(url) + " answered " + std::to_string(response.status) + ".",
                .hint = "Try again later.",
                .retry_after = retry_after(response, now),
                .http = HttpContext{.status = response.status, .url = printable_url(url)}};
    return {fail(std::move(error))};
  }
  if (response.status >= 300 && response.status < 400) {
    return {fail(not_metadata("metadata.redirect", url, response.status, "redirects instead of answering",
                              "Check the issuer; redirects are followed three times at most, and never to plain http."))};
  }
  if (response.status != 200) {
    return {fail(not_metadata("metadata.absent", url, response.status,
                              "answered " + std::to_string(response.status) + ": there is no metadata for this issuer",
                              "Check the issuer, or configure the endpoints by hand.")),
            true};
  }
  if (is_html(response)) {
    return {fail(not_metadata("metadata.html", url, response.status, "is a web page, not a metadata document",
                              "Check the issuer. On a guest network, a sign-in page may be in the way.")),
            true};
  }
  const auto document = parse_json_body(response, kMaxMetadataBytes);
  if (!document) {
    return {fail(not_metadata("metadata.not_json", url, response.status, "is not a metadata document: it is not JSON",
                              "Check the issuer, or report it to the provider.")),
            true};
  }
  return {parse_metadata(*document, issuer)};
}

Result<> require(const std::string& url, std::string_view member, const std::string& issuer, bool issuer_is_local,
                 bool configured) {
  if (url.empty()) {
    return fail({.category = Category::ProviderBroken,
                 .code = "metadata.member_missing",
                 .message = "The metadata of " + sanitise(issuer, 200) + " has no \"" + std::string(member) + "\".",
                 .hint = "Report it to the provider, or configure that endpoint by hand.",
                 .spec = "RFC 8414 §2"});
  }
  const auto parsed = parse_endpoint(member, url);
  if (!parsed) return fail(parsed.error());
  if (!configured && !issuer_is_local && !parsed->is_https()) {
    // A server elsewhere has no business sending our secrets to a listener on this machine.
    return fail({.category = Category::AttackSuspected,
                 .code = "metadata.endpoint_insecure",
                 .message = "The provider's " + std::string(member) + " (" + printable_url(url) +
                            ") is plain http on this machine, but its issuer is elsewhere.",
                 .hint = "Report it to the provider; nothing was sent there.",
                 .spec = "RFC 6749 §3.2"});
  }
  return {};
}

void prefer(std::string& endpoint, const std::string& configured) {
  if (!configured.empty()) endpoint = configured;
}

}  // namespace

Result<std::vector<std::string>> metadata_locations(const std::string& issuer) {
  const auto url = codec::Url::parse(issuer);
  if (!url) return fail(bad_issuer(issuer, "is not an http or https URL"));
  if (url->query() || url->fragment()) return fail(bad_issuer(issuer, "has a query or a fragment"));
  if (!is_protected(*url)) return fail(bad_issuer(issuer, "is plain http on another machine"));
  // RFC 8414 §3.1, OIDC Discovery §4.1: a slash at the end is removed before anything is inserted or appended.
  std::string path = url->path();
  if (path.ends_with('/')) path.pop_back();
  return std::vector<std::string>{url->with_path("/.well-known/oauth-authorization-server" + path).to_string(),
                                  url->with_path(path + "/.well-known/openid-configuration").to_string()};
}

Result<Discovery::Entry> Discovery::find_issuer(const std::string& issuer, bool newest, const Context& context) {
  const auto locations = metadata_locations(issuer);
  if (!locations) return fail(locations.error());
  std::optional<Error> most_telling;
  for (const auto& url : *locations) {
    if (auto alive = context.deadline.check(); !alive) return fail(alive.error());
    auto outcome = get_patiently({.url = url, .accept = "application/json", .max_bytes = kMaxMetadataBytes,
                                  .max_redirects = kMaxRedirects, .newest = newest}, context);
    if (!outcome.response) return fail(std::move(outcome.response.error()));
    auto found = judge(*outcome.response, url, issuer, context.now());
    if (found.metadata) return Entry{*std::move(found.metadata), freshness_of(*outcome.response, context.now())};
    if (!found.look_further) return fail(std::move(found.metadata.error()));
    // A page or broken JSON says more than a plain 404.
    if (!most_telling || most_telling->code == "metadata.absent") most_telling = std::move(found.metadata.error());
  }
  return fail(*std::move(most_telling));
}

Result<Metadata> Discovery::find(const OAuthConfig& config, const NeededEndpoints& needed, const Context& context) {
  const auto& known = config.endpoints;
  const bool suffices = (!needed.authorization || !known.authorization.empty()) &&
                        (!needed.token || !known.token.empty()) && (!needed.jwks || !known.jwks.empty()) &&
                        (!needed.revocation || !known.revocation.empty()) &&
                        (!needed.device_authorization || !known.device_authorization.empty()) &&
                        (!needed.registration || !known.registration.empty()) &&
                        (!needed.userinfo || !known.userinfo.empty()) && !needed.description;
  Metadata metadata{.issuer = config.issuer};
  if (!suffices) {
    std::optional<Metadata> kept;
    bool newest = false;
    {
      const std::lock_guard lock(mutex_);
      const auto entry = entries_.find(config.issuer);
      if (entry != entries_.end() && entry->second.fresh.covers(context.now())) kept = entry->second.metadata;
      newest = forgotten_.contains(config.issuer);
    }
    if (!kept) {
      auto fetched = find_issuer(config.issuer, newest, context);
      if (!fetched) return fail(std::move(fetched.error()));
      kept = fetched->metadata;
      const std::lock_guard lock(mutex_);
      entries_.insert_or_assign(config.issuer, *std::move(fetched));
      forgotten_.erase(config.issuer);
    }
    metadata = *std::move(kept);
  }
  prefer(metadata.endpoints.authorization, known.authorization);
  prefer(metadata.endpoints.token, known.token);
  prefer(metadata.endpoints.revocation, known.revocation);
  prefer(metadata.endpoints.userinfo, known.userinfo);
  prefer(metadata.endpoints.jwks, known.jwks);
  prefer(metadata.endpoints.device_authorization, known.device_authorization);
  prefer(metadata.endpoints.registration, known.registration);
  prefer(metadata.endpoints.pushed_authorization_request, known.pushed_authorization_request);

  const auto issuer = codec::Url::parse(config.issuer);
  const bool local = issuer && is_loopback(*issuer);
  const auto demand = [&](bool wanted, const std::string& url, std::string_view member, const std::string& configured) {
    return wanted ? require(url, member, config.issuer, local, !configured.empty()) : Result<>();
  };
  auto complete =
      demand(needed.authorization, metadata.endpoints.authorization, "authorization_endpoint", known.authorization)
          .and_then([&] { return demand(needed.token, metadata.endpoints.token, "token_endpoint", known.token); })
          .and_then([&] { return demand(needed.jwks, metadata.endpoints.jwks, "jwks_uri", known.jwks); })
          .and_then([&] {
            // Optional like revocation; the flow says "not offered" itself.
            const bool offered = needed.device_authorization && !metadata.endpoints.device_authorization.empty();
            return demand(offered, metadata.endpoints.device_authorization, "device_authorization_endpoint",
                          known.device_authorization);
          })
          .and_then([&] {
            const bool pushing = needed.authorization && !metadata.endpoints.pushed_authorization_request.empty();
            return demand(pushing, metadata.endpoints.pushed_authorization_request,
                          "pushed_authorization_request_endpoint", known.pushed_authorization_request);
          })
          .and_then([&] {
            const bool registering = needed.registration && !metadata.endpoints.registration.empty();
            return demand(registering, metadata.endpoints.registration, "registration_endpoint", known.registration);
          })
          .and_then([&] {
            const bool asking = needed.userinfo && !metadata.endpoints.userinfo.empty();
            return demand(asking, metadata.endpoints.userinfo, "userinfo_endpoint", known.userinfo);
          })
          .and_then([&] {
            const bool revoking = needed.revocation && !metadata.endpoints.revocation.empty();
            return demand(revoking, metadata.endpoints.revocation, "revocation_endpoint", known.revocation);
          });
  if (!complete) {
    forget(config.issuer);  // it may be mended before the next attempt
    return fail(std::move(complete.error()));
  }
  return metadata;
}

void Discovery::forget(const std::string& issuer) {
  const std::lock_guard lock(mutex_);
  entries_.erase(issuer);
  forgotten_.insert(issuer);
}

}  // namespace mimir::oauth::internal
