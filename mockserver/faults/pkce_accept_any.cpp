// A server that does not check the verifier: what a test of PKCE must be able to tell from a server that does.
#include "protocol/call.hpp"
#include "protocol/fault.hpp"

namespace mockoauth::server {
namespace {

void accept_any(Call& call, const mimir::codec::Json&) { call.waived.push_back(Condition::VerifierMismatch); }

}  // namespace

void register_pkce_accept_any(Faults& faults) {
  faults.add({.name = "pkce.accept_any",
              .title = "The server accepts any code_verifier, and none",
              .layer = "protocol",
              .phase = Phase::BeforeValidation,
              .reach = {.endpoint = "token", .grant_type = "authorization_code"},
              .apply = accept_any,
              .example = {.asks = "wrong verifier"}});
}

}  // namespace mockoauth::server
