// A server that takes a refresh token after it was rotated away (against RFC 9700 §4.14.2).
#include "protocol/call.hpp"
#include "protocol/fault.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

std::string misfit_of_reuse_refresh(const Call& call, const Json&) {
  const auto text = call.form.first("refresh_token").value_or("");
  auto tables = call.realm.store.open();
  const RefreshToken* token = tables->find_refresh(text);
  return token != nullptr && token->rotated_at ? "" : "the refresh token was not rotated away before";
}

void reuse_refresh(Call& call, const Json&) { call.waived.push_back(Condition::RefreshReused); }

}  // namespace

void register_token_reuse_refresh(Faults& faults) {
  faults.add({.name = "token.reuse_refresh",
              .title = "A refresh token that was rotated away is taken again",
              .layer = "protocol",
              .phase = Phase::BeforeValidation,
              .reach = {.endpoint = "token", .grant_type = "refresh_token"},
              .apply = reuse_refresh,
              .misfit = misfit_of_reuse_refresh,
              .example = {.asks = "used refresh token"}});
}

}  // namespace mockoauth::server
