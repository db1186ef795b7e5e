#include "tests/profiles/choices.hpp"

#include "protocol/text.hpp"

namespace mockoauth::server::testing {
namespace {

using mimir::codec::Json;

bool uses(const Profile& profile, std::string_view method) { return profile.lists("client.auth", method); }

std::string loopback_host(const Profile& profile) {
  const auto hosts = profile.list("redirect.loopback_hosts");
  if (contains(hosts, "127.0.0.1") || hosts.empty()) return "127.0.0.1";
  return hosts.front();
}

}  // namespace

std::string chosen_authentication(const Profile& profile) {
  if (profile.lists("client.types", "public") && uses(profile, "none")) return "none";
  for (const char* method : {"client_secret_post", "client_secret_basic", "bearer_secret"}) {
    if (uses(profile, method)) return method;
  }
  return "none";
}

ChosenRedirect chosen_redirect(const Profile& profile) {
  const auto hosts = profile.list("redirect.loopback_hosts");
  if (profile.text("redirect.http") == "never" || hosts.empty()) {
    return {"https://app.example/callback", "https://app.example/callback"};
  }
  const auto host = loopback_host(profile);
  const auto match = profile.text("redirect.match");
  const auto* ports = profile.knob("redirect.fixed_ports").as_array();
  const std::string base = "http://" + host;
  if (ports != nullptr && ports->size() > 1) {
    return {base + ":" + ports->at(1).dump() + "/callback", base + ":" + ports->at(0).dump() + "/callback"};
  }
  if (match == "subpath") return {base + ":5555/callback/deep", base + ":5555/callback"};
  if (match == "wildcard") return {base + ":5555/callback/x", base + ":5555/callback/*"};
  if (match == "loopback_port_free" && profile.lists("redirect.free_port_hosts", host)) {
    const bool any_path = profile.text("redirect.loopback_path") == "any";
    return {base + ":5555/callback", base + ":7777" + (any_path ? "/other" : "/callback")};
  }
  return {base + ":5555/callback", base + ":5555/callback"};
}

std::string chosen_scope(const Profile& profile) {
  std::vector<std::string> scopes;
  if (profile.text("id_token.issue") != "never") scopes = {"openid", "profile", "email"};
  if (scopes.empty()) scopes = {"api.read"};
  if (profile.text("refresh.issue") == "scope") scopes.push_back(profile.text("refresh.scope"));
  return join(scopes, " ");
}

std::string demanded_value(const Profile& profile, const std::string& name) {
  for (const auto& rule : profile.list("authorize.required")) {
    const auto equals = rule.find('=');
    if (equals != std::string::npos && rule.substr(0, equals) == name) return rule.substr(equals + 1);
  }
  return {};
}

std::string origin_url(std::size_t index) { return "http://127.0.0.1:" + std::to_string(8400 + index); }

RealmOptions realm_for(const Profile& served, const Profile& spoken, const std::string& scope) {
  RealmOptions options;
  options.profile = served;
  options.seed = 7;
  options.base_url = origin_url(0);
  for (std::size_t i = 1; i < served.origins().size(); ++i) options.other_base_urls.push_back(origin_url(i));

  ClientRegistration client{.client_id = "app", .redirect_uris = {chosen_redirect(spoken).registered}};
  const auto authentication = chosen_authentication(spoken);
  if (authentication != "none") client.client_secret = "app-secret";
  client.grant_types = spoken.list("grants");  // Some give refresh tokens only to those who are registered for them.
  if (spoken.text("device.style") != "none") client.grant_types.emplace_back("urn:ietf:params:oauth:grant-type:device_code");
  client.grant_types.emplace_back("urn:ietf:params:oauth:grant-type:token-exchange");
  client.grant_types.emplace_back("urn:ietf:params:oauth:grant-type:jwt-bearer");
  options.clients = {client};
  client.client_id = "other";
  options.clients.push_back(client);

  User ada{.sub = "ada", .name = "Ada Lovelace", .email = "ada@example.org"};
  ada.claims = Json::object({{"email_verified", Json(true)}});
  ada.password = "analytical";
  options.users = {ada, {.sub = "bob", .name = "Bob", .email = "bob@example.org"}};

  std::string_view rest = scope;
  while (!rest.empty()) {
    const auto end = std::min(rest.find(' '), rest.size());
    const std::string word(rest.substr(0, end));
    if (!word.empty() && !contains(options.scopes, word)) options.scopes.push_back(word);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (const auto resource = demanded_value(spoken, "resource"); !resource.empty()) options.resources = {resource};
  return options;
}

}  // namespace mockoauth::server::testing
