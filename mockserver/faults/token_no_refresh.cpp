// A refresh token that the client was to get and does not.
#include "protocol/answer_members.hpp"
#include "protocol/fault.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

std::string misfit_of_token_no_refresh(const Call& call, const Json&) { return lacks_member(call, "refresh_token"); }

void no_refresh(Call& call, const Json&) { set_answer_member(call, "refresh_token", std::nullopt); }

}  // namespace

void register_token_no_refresh(Faults& faults) {
  faults.add({.name = "token.no_refresh",
              .title = "The token answer comes without its refresh_token",
              .layer = "protocol",
              .phase = Phase::BeforeSend,
              .reach = {.endpoint = "token"},
              .apply = no_refresh,
              .misfit = misfit_of_token_no_refresh});
}

}  // namespace mockoauth::server
