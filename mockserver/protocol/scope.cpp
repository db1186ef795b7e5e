#include "protocol/scope.hpp"

#include <algorithm>

#include "protocol/text.hpp"

namespace mockoauth::server {
namespace {

// RFC 6749 §3.3: scope-token is printable ASCII without quote and backslash.
bool is_scope_token(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f && c != '"' && c != '\\'; });
}

}  // namespace

std::vector<std::string> split_scopes(const Profile& profile, std::string_view text) {
  std::string separators;
  for (const auto& separator : profile.list("scope.separators")) separators += separator;
  std::vector<std::string> scopes;
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of(separators), text.size());
    const std::string scope(text.substr(0, end));
    if (!scope.empty() && !contains(scopes, scope)) scopes.push_back(scope);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return scopes;
}

Checked<std::vector<std::string>> grant_scopes(const RealmOptions& realm, const ClientRegistration& client,
                                               const std::optional<std::string>& asked) {
  const auto& known = client.scopes.empty() ? realm.scopes : client.scopes;
  std::vector<std::string> granted;
  if (!asked) {
    // RFC 6749 §3.3: a default. What only means something when asked for is not in it (OIDC Core §3.1.2.1, §11).
    std::copy_if(known.begin(), known.end(), std::back_inserter(granted),
                 [](const auto& scope) { return scope != "openid" && scope != "offline_access"; });
    return granted;
  }
  const auto policy = realm.profile.text("scope.unknown");
  for (auto& scope : split_scopes(realm.profile, *asked)) {
    if (!is_scope_token(scope)) return refuse(Condition::ScopeInvalid, "a scope holds characters that are not allowed");
    if (contains(known, scope) || policy == "grant") {
      granted.push_back(std::move(scope));
    } else if (policy == "reject") {
      return refuse(Condition::ScopeInvalid, "the scope " + scope.substr(0, 100) +
                    " is unknown or not allowed for this client");
    }
  }
  return granted;
}

Checked<std::string> resource_of_scopes(const std::vector<std::string>& scopes) {
  std::string resource;
  for (const auto& scope : scopes) {
    if (scope.find("://") == std::string::npos) continue;
    auto named = scope.substr(0, scope.rfind('/'));
    if (!resource.empty() && named != resource) {
      return refuse(Condition::ScopeInvalid, "the scopes are of more than one resource: " + resource.substr(0, 100) +
                    " and " + named.substr(0, 100));
    }
    resource = std::move(named);
  }
  return resource;
}

Checked<std::vector<std::string>> narrow_scopes(const Profile& profile, const std::vector<std::string>& granted,
                                                const std::optional<std::string>& asked) {
  const auto meaning = profile.text("refresh.scope_param");
  if (!asked || meaning == "ignored") return granted;
  if (meaning == "must_omit") return refuse(Condition::ParamInvalid, "scope must not be sent with a refresh here");
  auto wanted = split_scopes(profile, *asked);
  for (const auto& scope : wanted) {
    if (!contains(granted, scope)) {
      return refuse(Condition::ScopeInvalid, "the scope " + scope.substr(0, 100) + " was not granted by the user",
                    "RFC 6749 §6");
    }
  }
  return wanted;
}

}  // namespace mockoauth::server
