#include <internal/registration_request.hpp>

#include <array>

#include <internal/authorization_request.hpp>
#include <mimir/codec/digest.hpp>
#include <mimir/codec/url.hpp>

namespace mimir::oauth::internal {
namespace {

using codec::Json;

constexpr std::size_t kPathDigits = 16;

std::string without_any_port(const codec::Url& url) {
  if (url.explicit_port() != std::uint16_t{0}) return url.to_string();
  return url.scheme() + "://" + url.host() + url.target();
}

/// Least first: a secret that every copy of the program may hold proves nothing (RFC 8252 §8.4, §8.5).
std::string wanted_method(const Metadata& metadata) {
  const auto& offered = metadata.token_auth_methods;
  for (const auto* method : {"none", "client_secret_basic", "client_secret_post"}) {
    if (offered && lists(*offered, method)) return method;
  }
  return "none";
}

Json wanted_grants(const Metadata& metadata) {
  auto grants = Json::array({"authorization_code"});
  const auto add = [&](const char* grant) {
    if (!metadata.grant_types || lists(*metadata.grant_types, grant)) grants.push_back(grant);
  };
  add("refresh_token");
  if (!metadata.endpoints.device_authorization.empty()) add("urn:ietf:params:oauth:grant-type:device_code");
  return grants;
}

}  // namespace

std::vector<std::string> RedirectForm::uris() const {
  const auto url = codec::Url::parse(redirect_uri);
  if (!url) return {redirect_uri};
  std::vector<std::string> all{without_any_port(*url)};
  for (const auto port : alternative_ports) all.push_back(url->with_port(port).to_string());
  return all;
}

RedirectForm redirect_form(const OAuthConfig& config) {
  RedirectForm form{config.redirect_uri, config.alternative_ports};
  if (form.redirect_uri == OAuthConfig().redirect_uri) {
    form.redirect_uri += '/' + codec::hex_encode(codec::sha256(config.issuer)).substr(0, kPathDigits);
  }
  return form;
}

std::string registration_record_name(const OAuthConfig& config) {
  std::string name = "=registration " + config.issuer;
  for (const auto& uri : redirect_form(config).uris()) name += ' ' + uri;
  return name;
}

Json wanted_client_metadata(const OAuthConfig& config, const Metadata& metadata) {
  auto uris = Json::array();
  for (const auto& uri : redirect_form(config).uris()) uris.push_back(uri);
  auto wanted = Json::object({{"redirect_uris", std::move(uris)},
                              {"token_endpoint_auth_method", wanted_method(metadata)},
                              {"grant_types", wanted_grants(metadata)},
                              {"response_types", Json::array({"code"})},
                              {"application_type", "native"}});  // OpenID Registration §2
  const auto& name = config.registration->client_name;
  if (!name.empty()) wanted.set("client_name", name);
  if (const auto scope = join_scopes(config.scopes); !scope.empty()) wanted.set("scope", scope);
  if (config.dpop_bound_access_tokens) wanted.set("dpop_bound_access_tokens", true);  // RFC 9449 §5.2
  return wanted;
}

}  // namespace mimir::oauth::internal
