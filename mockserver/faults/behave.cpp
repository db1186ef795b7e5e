// Nothing at all: the place of a request in a sequence that is to be answered as ever.
#include "protocol/call.hpp"
#include "protocol/fault.hpp"

namespace mockoauth::server {

void register_behave(Faults& faults) {
  faults.add({.name = "behave",
              .title = "The request is answered as ever; for the middle of a sequence",
              .layer = "script",
              .phase = Phase::BeforeValidation,
              .other_phases = {Phase::AfterCommit, Phase::BeforeSend},
              .apply = [](Call&, const mimir::codec::Json&) {},
              .example = {.shows = false}});
}

}  // namespace mockoauth::server
