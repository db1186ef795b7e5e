// A byte-order mark, which JSON must not have (RFC 8259 §8.1).
#include "protocol/call.hpp"
#include "protocol/fault.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

std::string misfit_of_http_bom(const Call& call, const Json&) {
  return call.answer->body.empty() ? "the answer has no body" : "";
}

void add_mark(Call& call, const Json&) { call.answer->body.insert(0, "\xef\xbb\xbf"); }

}  // namespace

void register_http_bom(Faults& faults) {
  faults.add({.name = "http.bom",
              .title = "The body of the answer begins with a byte-order mark",
              .layer = "http",
              .phase = Phase::BeforeSend,
              .apply = add_mark,
              .misfit = misfit_of_http_bom});
}

}  // namespace mockoauth::server
