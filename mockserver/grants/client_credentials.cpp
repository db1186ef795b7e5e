// The client acts for itself, RFC 6749 §4.4.
#include "protocol/grant.hpp"
#include "protocol/issue.hpp"
#include "protocol/scope.hpp"
#include "protocol/target.hpp"
#include "protocol/text.hpp"

namespace mockoauth::server {
namespace {

Outcome client_credentials(Call& call, const ClientRegistration& client) {
  if (is_public(client)) {
    return refuse(Condition::GrantNotAllowed, "client_credentials is for confidential clients only", "RFC 6749 §4.4");
  }
  auto scopes = grant_scopes(call.realm.options, client, value_of(call.form, "scope"));
  if (!scopes) return tl::unexpected(scopes.error());
  for (const char* scope : {"openid", "offline_access"}) {
    if (contains(*scopes, scope)) {
      return refuse(Condition::ScopeInvalid, "there is no user whom the scope " + std::string(scope) + " could mean",
                    "RFC 6749 §4.4");
    }
  }
  auto resources = read_targets(call, {});
  if (!resources) return tl::unexpected(resources.error());

  Login login;
  login.client_id = client.client_id;
  login.has_user = false;
  login.scopes = *scopes;
  login.resources = *resources;
  login.auth_time = call.now;
  login = call.realm.store.open()->add_login(std::move(login));
  // §4.4.3: no refresh token; the client can ask again.
  return answer_with_tokens(call, {.client = client, .login = std::move(login), .scopes = std::move(*scopes),
                                   .audience = std::move(*resources)});
}

bool is_offered_client_credentials(const Profile& profile) {
  return profile.lists("grants", "client_credentials") || profile.lists("extensions", "client_credentials");
}

}  // namespace

void register_client_credentials(Grants& grants) {
  grants.add(
      {.grant_type = "client_credentials", .handle = client_credentials, .offered = is_offered_client_credentials});
}

}  // namespace mockoauth::server
