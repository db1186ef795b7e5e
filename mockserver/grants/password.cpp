// The resource owner's password, RFC 6749 §4.3. RFC 9700 §2.4 forbids it: served only where a profile lists it.
#include <mimir/codec/digest.hpp>

#include "protocol/grant.hpp"
#include "protocol/issue.hpp"
#include "protocol/scope.hpp"

namespace mockoauth::server {
namespace {

Checked<User> check_password(Call& call) {
  const auto name = required(call.form, "username", "RFC 6749 §4.3.2");
  if (!name) return tl::unexpected(name.error());
  const auto password = required(call.form, "password", "RFC 6749 §4.3.2");
  if (!password) return tl::unexpected(password.error());
  const auto guesser = "password " + name->substr(0, 200);
  if (const auto wait = call.realm.guesses.wait(guesser, call.now)) {
    Refusal refusal{Condition::RateLimited, "the password of this user was guessed too often", "RFC 6749 §4.3.2"};
    refusal.wait = wait;
    return tl::unexpected(std::move(refusal));
  }
  const auto user = call.realm.registrations.find_user(*name);
  if (user && !user->password.empty() && mimir::codec::constant_time_equal(user->password, *password)) return *user;
  call.realm.guesses.failed(guesser, call.now);
  return refuse(Condition::PasswordWrong);
}

Outcome password(Call& call, const ClientRegistration& client) {
  const auto user = check_password(call);
  if (!user) return tl::unexpected(user.error());
  auto scopes = grant_scopes(call.realm.options, client, value_of(call.form, "scope"));
  if (!scopes) return tl::unexpected(scopes.error());

  Login login;
  login.client_id = client.client_id;
  login.user = *user;
  login.scopes = *scopes;
  login.auth_time = call.now;
  login.amr = {"pwd"};  // RFC 8176 §2
  {
    auto tables = call.realm.store.open();
    login.first_consent = tables->consent(login.user.sub, login.client_id);
    login = tables->add_login(std::move(login));
  }
  TokenAnswer answer{.client = client, .login = login, .scopes = *scopes};
  if (auto given = give_refresh_token(call, answer); !given) return tl::unexpected(given.error());
  return answer_with_tokens(call, answer);
}

}  // namespace

void register_password(Grants& grants) { grants.add({.grant_type = "password", .handle = password}); }

}  // namespace mockoauth::server
