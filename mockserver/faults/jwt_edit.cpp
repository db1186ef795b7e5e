// Any change of a JWT, which is then signed properly, or in one of the wrong ways.
#include "protocol/json_patch.hpp"
#include "protocol/jwt_fault.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;
using mimir::codec::Result;

Result<Json> patched_part(const Json& document, const Json* patch) {
  if (patch == nullptr) return document;
  const auto read = JsonPatch::parse(*patch);
  return read ? read->apply(document) : mimir::codec::fail("patch", read.error().message);
}

std::string misfit_of_jwt_edit(const Call& call, const Json& arguments) {
  if (auto other = other_jwt(call, arguments); !other.empty()) return other;
  const auto header = patched_part(call.signing->header, arguments.find("header"));
  if (!header) return "header: " + header.error().message;
  const auto claims = patched_part(call.signing->claims, arguments.find("claims"));
  return claims ? std::string() : "claims: " + claims.error().message;
}

SigningJwt::Signature signature_named(const std::string& name) {
  using Signature = SigningJwt::Signature;
  if (name == "none") return Signature::None;
  if (name == "broken") return Signature::Broken;
  if (name == "other_key") return Signature::OtherKey;
  return name == "public_key_as_secret" ? Signature::PublicKeyAsSecret : Signature::Right;
}

void edit_jwt(Call& call, const Json& arguments) {
  auto& jwt = *call.signing;
  auto header = patched_part(jwt.header, arguments.find("header"));
  auto claims = patched_part(jwt.claims, arguments.find("claims"));
  if (!header || !claims) return;
  jwt.header = std::move(*header);
  jwt.claims = std::move(*claims);
  jwt.signature = signature_named(arguments.string_at("signature").value_or("right"));
}

}  // namespace

void register_jwt_edit(Faults& faults) {
  auto fault = jwt_fault("jwt.edit", "Header, claims or signature of a JWT are other ones", edit_jwt);
  fault.arguments.push_back({.name = "header", .kind = ArgumentKind::Patch, .meaning = "A JSON Patch of the header."});
  fault.arguments.push_back({.name = "claims", .kind = ArgumentKind::Patch, .meaning = "A JSON Patch of the claims."});
  fault.arguments.push_back(
      {.name = "signature",
       .meaning = "`right` by the algorithm that the server signs with, whatever the header says; an empty one; one with a wrong "
                  "bit; by a key that is not published; HS256 with the public key as the secret. `right` when left out.",
       .choices = {"right", "none", "broken", "other_key", "public_key_as_secret"}});
  fault.misfit = misfit_of_jwt_edit;
  fault.example = {.rule = R"({"arguments": {"header": [{"op": "remove", "path": "/kid"}],
                               "claims": [{"op": "replace", "path": "/aud", "value": ["app", "other"]}]}})"};
  faults.add(std::move(fault));
}

}  // namespace mockoauth::server
