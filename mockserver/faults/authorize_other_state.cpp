// The state of somebody else: what cross-site request forgery looks like (RFC 6749 §10.12).
#include "protocol/call.hpp"
#include "protocol/fault.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

std::string misfit_of_authorize_other_state(const Call& call, const Json&) {
  return call.going_back->count("state") > 0 ? "" : "the response has no state";
}

void other_state(Call& call, const Json& arguments) {
  call.going_back->set("state", arguments.string_at("state").value_or("of-somebody-else"));
}

}  // namespace

void register_authorize_other_state(Faults& faults) {
  faults.add({.name = "authorize.other_state",
              .title = "The authorization response has another state than the client sent",
              .layer = "protocol",
              .phase = Phase::BeforeRedirect,
              .reach = {.endpoint = "authorize"},
              .arguments = {{.name = "state", .meaning = "Which one; `of-somebody-else` when left out."}},
              .apply = other_state,
              .misfit = misfit_of_authorize_other_state,
              .example = {.asks = "authorize"}});
}

}  // namespace mockoauth::server
