// Bytes that are no UTF-8, in the last text of the body.
#include "protocol/call.hpp"
#include "protocol/fault.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

std::string misfit_of_http_bad_utf8(const Call& call, const Json&) {
  return call.answer->body.find('"') == std::string::npos ? "the body of the answer has no quoted text" : "";
}

void add_bytes(Call& call, const Json&) {
  auto& body = call.answer->body;
  body.insert(body.rfind('"'), "\xc3\x28\xff");  // A lead byte without its follower, and one that never is.
}

}  // namespace

void register_http_bad_utf8(Faults& faults) {
  faults.add({.name = "http.bad_utf8",
              .title = "A text in the body of the answer has bytes that are no UTF-8",
              .layer = "http",
              .phase = Phase::BeforeSend,
              .apply = add_bytes,
              .misfit = misfit_of_http_bad_utf8});
}

}  // namespace mockoauth::server
