// A mix-up: the response names another authorization server (RFC 9207 §2.4, RFC 9700 §4.4).
#include "protocol/call.hpp"
#include "protocol/fault.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

void other_iss(Call& call, const Json& arguments) {
  call.going_back->set("iss", arguments.string_at("iss").value_or("https://attacker.example"));
}

}  // namespace

void register_authorize_other_iss(Faults& faults) {
  faults.add({.name = "authorize.other_iss",
              .title = "The authorization response comes with the iss of another server",
              .layer = "protocol",
              .phase = Phase::BeforeRedirect,
              .reach = {.endpoint = "authorize"},
              .arguments = {{.name = "iss", .meaning = "Which one; `https://attacker.example` when left out."}},
              .apply = other_iss,
              .example = {.asks = "authorize"}});
}

}  // namespace mockoauth::server
