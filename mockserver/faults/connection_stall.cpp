// A server that has the request and says nothing more: what only a time limit of the client's own ends.
#include "protocol/alter_delivery.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

void fall_silent(Delivery& delivery, const Json& arguments) {
  delivery.place = place_of(arguments);
  delivery.then = Delivery::Then::Stall;
  if (const auto limit = arguments.int_at("limit_ms")) delivery.stall = std::chrono::milliseconds(*limit);
}

void stall(Call& call, const Json& arguments) {
  alter_delivery(call, "stalled " + std::string(to_string(place_of(arguments))), fall_silent, arguments);
}

void meet_connection_stall(Welcome& welcome, const Json& arguments) {
  welcome.deed = Welcome::Deed::Stall;
  if (const auto limit = arguments.int_at("limit_ms")) welcome.stall = std::chrono::milliseconds(*limit);
}

}  // namespace

void register_connection_stall(Faults& faults) {
  faults.add({.name = "connection.stall",
              .title = "Nothing more is sent from there on, and the connection stays open",
              .layer = "wire",
              .phase = Phase::BeforeSend,
              .other_phases = {Phase::Accept, Phase::Handshake, Phase::BeforeValidation, Phase::AfterCommit},
              .other_names = {"timeout"},
              .arguments = {place_argument(),
                            milliseconds_argument("limit_ms",
                                                  "Closed after so many milliseconds; 600000 when left out.", false)},
              .apply = stall,
              .welcome = meet_connection_stall,
              .example = {.rule = R"({"arguments": {"limit_ms": 100}})"}});
}

}  // namespace mockoauth::server
