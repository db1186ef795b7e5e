// A TCP reset: what a crashed process, a firewall or a load balancer does to a connection.
#include "protocol/alter_delivery.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

void break_off(Delivery& delivery, const Json& arguments) {
  delivery.place = place_of(arguments);
  delivery.then = Delivery::Then::Reset;
}

void reset_connection(Call& call, const Json& arguments) {
  alter_delivery(call, "reset " + std::string(to_string(place_of(arguments))), break_off, arguments);
}

void meet_connection_reset(Welcome& welcome, const Json&) { welcome.deed = Welcome::Deed::Reset; }

}  // namespace

void register_connection_reset(Faults& faults) {
  faults.add({.name = "connection.reset",
              .title = "The connection is reset (RST) before the answer, or within it; after commit, the answer to "
                       "what was done is lost",
              .layer = "wire",
              .phase = Phase::BeforeSend,
              .other_phases = {Phase::Accept, Phase::Handshake, Phase::BeforeValidation, Phase::AfterCommit},
              .other_names = {"CONNECTION_RESET_BY_PEER", "reset_peer"},
              .arguments = {place_argument()},
              .apply = reset_connection,
              .welcome = meet_connection_reset});
}

}  // namespace mockoauth::server
