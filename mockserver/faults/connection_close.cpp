// The end of the stream before the answer, or in the middle of it: a server or a gateway that dies.
#include "protocol/alter_delivery.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

void end_stream(Delivery& delivery, const Json& arguments) {
  delivery.place = place_of(arguments);
  delivery.then = Delivery::Then::Close;
}

void close(Call& call, const Json& arguments) {
  alter_delivery(call, "closed " + std::string(to_string(place_of(arguments))), end_stream, arguments);
}

void meet_connection_close(Welcome& welcome, const Json&) { welcome.deed = Welcome::Deed::Close; }

}  // namespace

void register_connection_close(Faults& faults) {
  faults.add({.name = "connection.close",
              .title = "The connection is closed in order (FIN) before the answer, or within it",
              .layer = "wire",
              .phase = Phase::BeforeSend,
              .other_phases = {Phase::Accept, Phase::Handshake, Phase::BeforeValidation, Phase::AfterCommit},
              .other_names = {"EMPTY_RESPONSE"},
              .arguments = {place_argument()},
              .apply = close,
              .welcome = meet_connection_close,
              .example = {.rule = R"({"arguments": {"at": "mid_body"}})"}});
}

}  // namespace mockoauth::server
