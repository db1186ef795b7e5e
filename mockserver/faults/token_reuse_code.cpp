// A server that lets a code be redeemed again (against RFC 6749 §4.1.2, §10.5).
#include "protocol/call.hpp"
#include "protocol/fault.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

std::string misfit_of_reuse_code(const Call& call, const Json&) {
  const auto text = call.form.first("code").value_or("");
  auto tables = call.realm.store.open();
  const Code* code = tables->find_code(text);
  return code != nullptr && code->used ? "" : "the code was not used before";
}

void reuse_code(Call& call, const Json&) { call.waived.push_back(Condition::CodeReused); }

}  // namespace

void register_token_reuse_code(Faults& faults) {
  faults.add({.name = "token.reuse_code",
              .title = "A code that was used before is redeemed again",
              .layer = "protocol",
              .phase = Phase::BeforeValidation,
              .reach = {.endpoint = "token", .grant_type = "authorization_code"},
              .apply = reuse_code,
              .misfit = misfit_of_reuse_code,
              .example = {.asks = "used code"}});
}

}  // namespace mockoauth::server
