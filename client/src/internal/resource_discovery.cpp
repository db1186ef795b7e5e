// Protected resource metadata, RFC 9728: from an API's address to its authorization servers.
#include <internal/resource_discovery.hpp>

#include <arpa/inet.h>

#include <array>
#include <cstdint>

#include <internal/authorization_request.hpp>
#include <internal/body.hpp>
#include <internal/challenge.hpp>
#include <internal/endpoint.hpp>
#include <internal/internal_address.hpp>
#include <internal/repeat.hpp>
#include <internal/sanitise.hpp>

namespace mimir::oauth::internal {
namespace {

constexpr std::size_t kMaxDocument = 256 * 1024;
constexpr std::size_t kMaxServers = 16;

Error useless(Category category, std::string code, std::string message, std::string hint, std::string spec) {
  return {.category = category,
          .code = std::move(code),
          .message = std::move(message),
          .hint = std::move(hint),
          .spec = std::move(spec)};
}

Result<> check_server(const std::string& issuer, bool resource_is_local) {
  const auto url = codec::Url::parse(issuer);
  if (!url || url->query() || url->fragment() || !is_protected(*url)) {
    return fail(useless(Category::ProviderBroken, "resource.server_url",
                        "The resource names an authorization server that is no https URL: " + sanitise(issuer, 100) + ".",
                        "Report it to who runs the resource.", "RFC 9728 §2"));
  }
  if (resource_is_local || (!is_loopback(*url) && !is_internal_literal(url->host()))) return {};
  return fail(useless(Category::AttackSuspected, "resource.server_internal",
                      "The resource names an authorization server inside this network: " + sanitise(issuer, 100) + ".",
                      "Nothing was sent there. Configure that issuer yourself if you trust it.", "RFC 9728 §7.7"));
}

Result<HttpResponse> get(const std::string& url, bool outside_only, const Context& context) {
  return std::move(get_patiently({.url = url, .accept = "application/json", .max_bytes = kMaxDocument,
                                  .outside_only = outside_only}, context).response);
}

Result<ProtectedResource> read_document(const HttpResponse& response, const std::string& url, bool is_local) {
  const auto document = parse_json_body(response, kMaxDocument);
  if (response.status != 200 || !document || !document->is_object()) {
    return fail(useless(Category::Misconfigured, "resource.metadata_absent",
                        "The resource does not say who grants access to it (answer " + std::to_string(response.status) + ").",
                        "Configure the issuer by hand.", "RFC 9728 §3.2"));
  }
  ProtectedResource found{.resource = document->string_at("resource").value_or("")};
  if (found.resource != url) {
    // Byte for byte: a document for another resource would let that one's server collect the logins of this one.
    return fail(useless(Category::AttackSuspected, "resource.mismatch",
                        "What was found describes another resource, \"" + sanitise(found.resource, 200) + "\".",
                        "Use the resource's own address exactly as it is published there, if you trust it.",
                        "RFC 9728 §3.3"));
  }
  const auto* const servers = present(*document, "authorization_servers");
  const auto* const list = servers ? servers->as_array() : nullptr;
  for (std::size_t i = 0; list && i < list->size() && i < kMaxServers; ++i) {
    const auto* const issuer = (*list)[i].as_string();
    if (!issuer) continue;
    if (auto sound = check_server(*issuer, is_local); !sound) return fail(std::move(sound.error()));
    found.authorization_servers.push_back(*issuer);
  }
  if (found.authorization_servers.empty()) {
    return fail(useless(Category::ProviderBroken, "resource.no_servers",
                        "The resource names no authorization server.", "Configure the issuer by hand.", "RFC 9728 §2"));
  }
  const auto* const scopes = present(*document, "scopes_supported");
  const auto* const words = scopes ? scopes->as_array() : nullptr;
  for (std::size_t i = 0; words && i < words->size(); ++i) {
    if (const auto* const word = (*words)[i].as_string()) found.scopes.push_back(*word);
  }
  return found;
}

}  // namespace

Result<ProtectedResource> run_resource_discovery(const std::string& url, const Context& context) {
  const auto resource = check_url(url);
  if (!resource) return fail(resource.error());
  const auto asked = get(url, false, context);
  if (!asked) return fail(asked.error());
  if (asked->status == 429 || asked->status >= 500) {
    return fail(useless(Category::TryLater, "resource.unavailable",
                        printable_url(url) + " answered " + std::to_string(asked->status) + ".", "Try again later.", ""));
  }
  const auto challenges = challenges_of(*asked);
  auto location = challenge_parameter(challenges, "resource_metadata");
  if (!location) {
    // §3.1: between host and path; the query stays where it was.
    const auto path = resource->path() == "/" ? std::string() : resource->path();
    location = resource->with_path("/.well-known/oauth-protected-resource" + path).to_string();
  }
  const auto place = check_url(*location);
  const bool local = is_loopback(*resource);
  if (!place || (!local && (is_loopback(*place) || is_internal_literal(place->host())))) {
    return fail(useless(Category::AttackSuspected, "resource.metadata_url",
                        "The resource points to a description at an address that must not be asked: " +
                            sanitise(*location, 100) + ".",
                        "Report it to who runs the resource.", "RFC 9728 §7.7"));
  }
  const auto answer = get(*location, !local, context);
  if (!answer) return fail(answer.error());
  auto found = read_document(*answer, url, local);
  // RFC 6750 §3: what this request would have needed says more than all that there is.
  const auto needed = challenge_parameter(challenges, "scope");
  if (found && needed) found->scopes = split_scopes(*needed);
  return found;
}

}  // namespace mimir::oauth::internal
