// A server that does not store the code_challenge with the code, so that it has nothing to check the verifier against.
#include "protocol/call.hpp"
#include "protocol/fault.hpp"

namespace mockoauth::server {
namespace {

void lose_challenge(Call& call, const mimir::codec::Json&) {
  const auto text = call.form.first("code");
  if (!text) return;
  auto tables = call.realm.store.open();
  if (Code* code = tables->find_code(*text)) code->challenge.clear();
}

}  // namespace

void register_pkce_lose_challenge(Faults& faults) {
  faults.add({.name = "pkce.lose_challenge",
              .title = "The server has forgotten the code_challenge of a code, and refuses the code_verifier",
              .layer = "protocol",
              .phase = Phase::BeforeValidation,
              .reach = {.endpoint = "token", .grant_type = "authorization_code"},
              .apply = lose_challenge});
}

}  // namespace mockoauth::server
