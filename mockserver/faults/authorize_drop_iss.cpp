// A response without the iss that the metadata announced (RFC 9207 §2.4).
#include "protocol/call.hpp"
#include "protocol/fault.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

std::string misfit_of_authorize_drop_iss(const Call& call, const Json&) {
  return call.going_back->count("iss") > 0 ? "" : "the response has no iss";
}

void drop_iss(Call& call, const Json&) { call.going_back->remove("iss"); }

}  // namespace

void register_authorize_drop_iss(Faults& faults) {
  faults.add({.name = "authorize.drop_iss",
              .title = "The authorization response lacks its iss",
              .layer = "protocol",
              .phase = Phase::BeforeRedirect,
              .reach = {.endpoint = "authorize"},
              .apply = drop_iss,
              .misfit = misfit_of_authorize_drop_iss,
              .example = {.asks = "authorize"}});
}

}  // namespace mockoauth::server
