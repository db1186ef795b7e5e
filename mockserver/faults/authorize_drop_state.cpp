// A response without state: a client that sent one must refuse it (RFC 6749 §4.1.2).
#include "protocol/call.hpp"
#include "protocol/fault.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

std::string misfit_of_authorize_drop_state(const Call& call, const Json&) {
  return call.going_back->count("state") > 0 ? "" : "the response has no state";
}

void drop_state(Call& call, const Json&) { call.going_back->remove("state"); }

}  // namespace

void register_authorize_drop_state(Faults& faults) {
  faults.add({.name = "authorize.drop_state",
              .title = "The authorization response lacks the state that the client sent",
              .layer = "protocol",
              .phase = Phase::BeforeRedirect,
              .reach = {.endpoint = "authorize"},
              .apply = drop_state,
              .misfit = misfit_of_authorize_drop_state,
              .example = {.asks = "authorize"}});
}

}  // namespace mockoauth::server
