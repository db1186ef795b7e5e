// A chunked answer whose framing breaks (RFC 9112 §7.1): the body so far must not be taken for a whole one.
#include "protocol/alter_delivery.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

void break_chunks(Delivery& delivery, const Json&) {
  delivery.framing = Headers{{"Transfer-Encoding", "chunked"}};
}

// The body itself stands where the size of the first chunk should.
void malformed_chunk(Call& call, const Json& arguments) { alter_delivery(call, "malformed chunk", break_chunks, arguments); }

}  // namespace

void register_response_malformed_chunk(Faults& faults) {
  faults.add({.name = "response.malformed_chunk",
              .title = "The answer says that it is chunked, and its body is not; then the end of the stream",
              .layer = "wire",
              .phase = Phase::BeforeSend,
              .other_phases = {Phase::AfterCommit},
              .other_names = {"MALFORMED_RESPONSE_CHUNK"},
              .apply = malformed_chunk});
}

}  // namespace mockoauth::server
