// The schema of a configuration file: a key is one line of these tables.
#include "internal/configuration_keys.hpp"

#include <algorithm>

#include <mimir/codec/url.hpp>

#include "internal/configuration_value.hpp"
#include "internal/endpoint.hpp"
#include "internal/http_rules.hpp"
#include "internal/provider_definitions.hpp"

namespace mimir::oauth::internal {
namespace {

std::string_view any_text(const std::string&) { return ""; }

/// CH-NT-02: what is written here is held to the same rule as what a provider's metadata says.
std::string_view web_address(const std::string& text) {
  const auto url = check_url(text);
  return url && !url->fragment() ? "" : "no https address (http is for 127.0.0.1, [::1] and localhost)";
}

std::string_view loopback_address(const std::string& text) {  // RFC 8252 §7.3
  const auto url = codec::Url::parse(text);
  return url && !url->is_https() && is_loopback(*url) && !url->fragment() ? "" : "no http address of this machine";
}

std::string_view absolute_uri(const std::string& text) {  // RFC 8707 §2
  const auto url = codec::Url::parse(text);
  return url && !url->fragment() ? "" : "no absolute address without fragment";
}

std::string_view scope_token(const std::string& text) {  // RFC 6749 §3.3
  const bool is_token = std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~' && c != '"' && c != '\\'; });
  return is_token ? "" : "not one value: each is an item, without blanks, quotes and backslashes";
}

std::string_view secret_method(const std::string& text) {
  return text == "client_secret_basic" || text == "client_secret_post" ? "" : "neither client_secret_basic nor client_secret_post";
}

std::string_view scope_separator(const std::string& text) {
  return text == " " || text == "," || text == "+" ? "" : "no blank, comma or plus";
}

std::string_view granted_scope_separator(const std::string& text) {
  return text == "list" ? "" : scope_separator(text).empty() ? "" : "no blank, comma or plus, and not the word list";
}

std::string_view known_provider(const std::string& text) {
  return std::ranges::any_of(provider_definitions(), [&](const auto& one) { return one.file == text + ".yaml"; })
             ? ""
             : "no provider that is known beforehand (`mimir config --definitions` lists them)";
}

std::string_view variable_name(const std::string& text) {
  constexpr std::string_view kAllowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
  return text.find_first_not_of(kAllowed) == std::string::npos ? "" : "no name of an environment variable";
}

/// A line, since it goes into forms and headers as it is (CH-CL-06).
std::string_view secret_line(const std::string& text) {
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; }) ? "" : "no single line of printable ASCII";
}

std::string_view private_key(const std::string& text) {
  return text.starts_with("-----BEGIN ") ? "" : "no private key in PEM (a block that begins with `|`)";
}

/// The value that a path of members leads to.
template <auto Member, auto... Rest>
auto& reach(auto& target) {
  if constexpr (sizeof...(Rest) == 0) {
    return target.*Member;
  } else {
    return reach<Rest...>(target.*Member);
  }
}

template <class Target, TextCheck Check, auto... Path>
constexpr ConfigurationKey<Target> key_of(std::string_view name, bool is_secret = false) {
  return {.name = name,
          .is_secret = is_secret,
          .read = [](const YamlNode& node, Target& into) { return read_value(node, reach<Path...>(into), Check); },
          .copy = [](const Target& from, Target& to) { reach<Path...>(to) = copy_value(reach<Path...>(from)); },
          .show = [](const Target& from) { return show_value(reach<Path...>(from)); }};
}

using Entry = Configuration::Provider;
template <TextCheck Check, auto... Path>
constexpr ProviderKey key(std::string_view name, bool is_secret = false) {
  return key_of<Entry, Check, &Entry::oauth, Path...>(name, is_secret);
}
template <auto Member>
constexpr ProviderKey endpoint(std::string_view name) {
  return key<web_address, &OAuthConfig::endpoints, Member>(name);
}
template <auto Member>
constexpr ProviderKey account(std::string_view name) {
  return key<any_text, &OAuthConfig::account, Member>(name);
}
template <TextCheck Check, auto Member>
constexpr ProviderKey dialect(std::string_view name) {
  return key<Check, &OAuthConfig::dialect, Member>(name);
}
constexpr bool kSecret = true;

constexpr ProviderKey kProviderKeys[] = {
    key_of<Entry, known_provider, &Entry::like>("like"),
    key<web_address, &OAuthConfig::issuer>("issuer"),
    key<any_text, &OAuthConfig::client_id>("client_id"),
    key<secret_line, &OAuthConfig::client_secret>("client_secret", kSecret),
    key_of<Entry, variable_name, &Entry::client_secret_env>("client_secret_env"),
    key_of<Entry, any_text, &Entry::registered_name>("registration.client_name"),
    key_of<Entry, variable_name, &Entry::initial_access_token_env>("registration.initial_access_token_env"),
    key<private_key, &OAuthConfig::client_key>("client_key", kSecret),
    key<any_text, &OAuthConfig::client_key_id>("client_key_id"),
    key<loopback_address, &OAuthConfig::redirect_uri>("redirect_uri"),
    key<any_text, &OAuthConfig::alternative_ports>("alternative_ports"),
    key<scope_token, &OAuthConfig::scopes>("scopes"),
    key<absolute_uri, &OAuthConfig::resources>("resources"),
    key<any_text, &OAuthConfig::authorization_parameters>("authorization_parameters"),
    key<any_text, &OAuthConfig::max_age>("max_age"),
    key<scope_token, &OAuthConfig::acr_values>("acr_values"),
    key<any_text, &OAuthConfig::required_claims>("required_claims"),
    account<&ExpectedAccount::subject>("account.subject"),
    account<&ExpectedAccount::login_hint>("account.login_hint"),
    account<&ExpectedAccount::selects>("account.select"),
    key<any_text, &OAuthConfig::dpop_bound_access_tokens>("dpop_bound_access_tokens"),
    key<any_text, &OAuthConfig::pushes_authorization>("pushes_authorization"),
    dialect<secret_method, &ProviderDialect::client_secret_method>("client_secret_method"),
    dialect<scope_separator, &ProviderDialect::scope_separator>("scope_separator"),
    dialect<granted_scope_separator, &ProviderDialect::granted_scope_separator>("granted_scope_separator"),
    dialect<any_text, &ProviderDialect::json_requests>("json_requests"),
    dialect<any_text, &ProviderDialect::state_in_token_request>("state_in_token_request"),
    dialect<any_text, &ProviderDialect::redirect_uri_in_refresh>("redirect_uri_in_refresh"),
    dialect<any_text, &ProviderDialect::bearer_when_silent>("bearer_when_silent"),
    dialect<any_text, &ProviderDialect::request_headers>("request_headers"),
    dialect<any_text, &ProviderDialect::error_synonyms>("error_synonyms"),
    dialect<any_text, &ProviderDialect::parameter_names>("parameter_names"),
    endpoint<&Endpoints::authorization>("endpoints.authorization"),
    endpoint<&Endpoints::token>("endpoints.token"),
    endpoint<&Endpoints::revocation>("endpoints.revocation"),
    endpoint<&Endpoints::userinfo>("endpoints.userinfo"),
    endpoint<&Endpoints::jwks>("endpoints.jwks"),
    endpoint<&Endpoints::device_authorization>("endpoints.device_authorization"),
    endpoint<&Endpoints::pushed_authorization_request>("endpoints.pushed_authorization_request"),
    endpoint<&Endpoints::registration>("endpoints.registration"),
};

constexpr SettingKey kSettingKeys[] = {
    key_of<Settings, any_text, &Settings::storage>("storage"),
    key_of<Settings, any_text, &Settings::opens_browser>("browser"),
    key_of<Settings, any_text, &Settings::login_timeout>("login_timeout"),
};

}  // namespace

std::span<const ProviderKey> provider_keys() { return kProviderKeys; }
std::span<const SettingKey> setting_keys() { return kSettingKeys; }

}  // namespace mimir::oauth::internal
