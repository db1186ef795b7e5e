// A live access token for one that lives longer: what providers without refresh tokens have instead. The new one has the
// knobs' lifetime from now on; the old one stays what it was.
#include "protocol/bearer.hpp"
#include "protocol/grant.hpp"
#include "protocol/issue.hpp"

namespace mockoauth::server {
namespace {

constexpr const char* kName = "fb_exchange_token";  // Of the grant and of its parameter.

Outcome exchange_for_longer_life(Call& call, const ClientRegistration& client) {
  const auto text = required(call.form, kName);
  if (!text) return tl::unexpected(text.error());
  const auto access = find_access_token(call, *text);
  if (!access) return tl::unexpected(access.error());
  if (auto lives = check_life(call, access->token); !lives) return tl::unexpected(lives.error());
  if (access->login.client_id != client.client_id) return refuse(Condition::TokenOfAnotherClient);
  call.exchange.grant = access->login.id;
  call.consumed("access", access->token.name);
  return answer_with_tokens(call, {.client = client, .login = access->login, .scopes = access->token.scopes});
}

}  // namespace

void register_fb_exchange_token(Grants& grants) {
  grants.add({.grant_type = kName, .handle = exchange_for_longer_life});
}

}  // namespace mockoauth::server
