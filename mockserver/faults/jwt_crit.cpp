// An extension that must be understood and cannot be (RFC 7515 §4.1.11).
#include "protocol/jwt_fault.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

void critical(Call& call, const Json&) {
  call.signing->header.set("crit", Json::array({"http://example.invalid/unknown"}));
  call.signing->header.set("http://example.invalid/unknown", true);
}

}  // namespace

void register_jwt_crit(Faults& faults) {
  faults.add(jwt_fault("jwt.crit",
                       "The JWT has a critical header parameter that nobody knows; its signature is right",
                       critical));
}

}  // namespace mockoauth::server
