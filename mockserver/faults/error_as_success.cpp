// Errors with status 200, as some providers send them (RFC 6749 §5.2 wants 400).
#include "protocol/call.hpp"
#include "protocol/fault.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

std::string misfit_of_error_as_success(const Call& call, const Json&) {
  return call.answer->status >= 400 ? "" : "the answer is no error";
}

void as_success(Call& call, const Json&) { call.answer->status = 200; }

}  // namespace

void register_error_as_success(Faults& faults) {
  faults.add({.name = "error.as_success",
              .title = "An error is answered with status 200",
              .layer = "protocol",
              .phase = Phase::BeforeSend,
              .apply = as_success,
              .misfit = misfit_of_error_as_success,
              .example = {.asks = "wrong code"}});
}

}  // namespace mockoauth::server
