// A document of another issuer: it must not be used (RFC 8414 §3.3).
#include "protocol/answer_members.hpp"
#include "protocol/fault.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

std::string misfit_of_metadata_issuer(const Call& call, const Json&) { return lacks_member(call, "issuer"); }

void other_issuer(Call& call, const Json& arguments) {
  set_answer_member(call, "issuer", Json(arguments.string_at("issuer").value_or("https://attacker.example")));
}

}  // namespace

void register_metadata_issuer(Faults& faults) {
  faults.add({.name = "metadata.issuer",
              .title = "The metadata names another issuer than the one it was asked of",
              .layer = "protocol",
              .phase = Phase::BeforeSend,
              .reach = {.endpoint = "metadata"},
              .arguments = {{.name = "issuer", .meaning = "Which one; `https://attacker.example` when left out."}},
              .apply = other_issuer,
              .misfit = misfit_of_metadata_issuer,
              .example = {.asks = "metadata"}});
}

}  // namespace mockoauth::server
