// A JWT of a trusted issuer as a grant, RFC 7523 §2.1, §3.
#include "protocol/grant.hpp"
#include "protocol/issue.hpp"
#include "protocol/scope.hpp"
#include "protocol/target.hpp"
#include "protocol/trusted_issuer.hpp"

namespace mockoauth::server {
namespace {

constexpr const char* kJwtBearerGrant = "urn:ietf:params:oauth:grant-type:jwt-bearer";

// Whoever the issuer names is taken for that user, known here or not.
User subject_of(const Call& call, const std::string& subject) {
  if (auto user = call.realm.registrations.find_user(subject)) return *user;
  User user;
  user.sub = subject;
  return user;
}

Outcome jwt_bearer(Call& call, const ClientRegistration& client) {
  const auto text = required(call.form, "assertion", "RFC 7523 §2.1");
  if (!text) return tl::unexpected(text.error());
  const auto assertion = read_assertion(*text, Condition::AssertionInvalid, "the assertion");
  if (!assertion) return tl::unexpected(assertion.error());
  if (auto checked = check_trusted(call, *assertion); !checked) return tl::unexpected(checked.error());
  if (auto checked = check_audience(call, *assertion); !checked) return tl::unexpected(checked.error());
  auto scopes = grant_scopes(call.realm.options, client, value_of(call.form, "scope"));
  if (!scopes) return tl::unexpected(scopes.error());
  auto resources = read_targets(call, {});
  if (!resources) return tl::unexpected(resources.error());

  Login login;
  login.client_id = client.client_id;
  login.user = subject_of(call, assertion->claims.string_at("sub").value_or(""));
  login.scopes = *scopes;
  login.resources = *resources;
  login.auth_time = time_claim(*assertion, "auth_time").value_or(std::nullopt).value_or(call.now);
  login = call.realm.store.open()->add_login(std::move(login));
  // No refresh token: the client asks again with an assertion that is still good (RFC 7521 §4.1).
  return answer_with_tokens(call, {.client = client, .login = login, .scopes = *scopes, .audience = *resources});
}

bool is_offered_jwt_bearer(const Profile& profile) {
  return profile.lists("grants", kJwtBearerGrant) || profile.lists("extensions", "jwt_bearer");
}

}  // namespace

void register_jwt_bearer(Grants& grants) {
  grants.add({.grant_type = kJwtBearerGrant, .handle = jwt_bearer, .offered = is_offered_jwt_bearer});
}

}  // namespace mockoauth::server
