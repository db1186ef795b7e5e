// An id_token that goes with another access token (OIDC Core §3.1.3.8).
#include "protocol/jwt_fault.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

std::string misfit_of_jwt_wrong_at_hash(const Call& call, const Json& arguments) {
  return lacks_claim(call, arguments, "at_hash");
}

void wrong_at_hash(Call& call, const Json&) { call.signing->claims.set("at_hash", "d3JvbmcgYXQgaGFzaA"); }

}  // namespace

void register_jwt_wrong_at_hash(Faults& faults) {
  auto fault = jwt_fault("jwt.wrong_at_hash",
                         "The at_hash of the id_token is that of another access token; its signature is right",
                         wrong_at_hash);
  fault.misfit = misfit_of_jwt_wrong_at_hash;
  faults.add(std::move(fault));
}

}  // namespace mockoauth::server
