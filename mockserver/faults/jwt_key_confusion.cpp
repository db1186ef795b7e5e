// A JWT whose HMAC is keyed with the public key: whoever lets the header choose takes it (RFC 8725 §2.1, §3.1).
#include "protocol/jwt_fault.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

std::string misfit_of_jwt_key_confusion(const Call& call, const Json& arguments) {
  if (auto other = other_jwt(call, arguments); !other.empty()) return other;
  const bool has_public_key = !call.signing->algorithm.starts_with("HS");
  return has_public_key ? "" : "the JWT is signed with the client secret, so there is no public key";
}

void confuse(Call& call, const Json&) {
  call.signing->header.set("alg", "HS256");
  call.signing->signature = SigningJwt::Signature::PublicKeyAsSecret;
}

}  // namespace

void register_jwt_key_confusion(Faults& faults) {
  auto fault = jwt_fault("jwt.key_confusion",
                         "The JWT is signed by HS256 with the PEM of the public key as the secret",
                         confuse);
  fault.misfit = misfit_of_jwt_key_confusion;
  faults.add(std::move(fault));
}

}  // namespace mockoauth::server
