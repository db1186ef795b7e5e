#include "protocol/resource_challenge.hpp"

#include "protocol/dpop.hpp"
#include "protocol/error_writer.hpp"
#include "protocol/text.hpp"

namespace mockoauth::server {
namespace {

constexpr std::string_view kBearer = "Bearer";

bool came_by_dpop(const Call& call) {
  const auto header = call.request.header("Authorization").value_or("");
  return equal_ignoring_case(std::string_view(header).substr(0, header.find(' ')), "DPoP");
}

std::string offered_algorithms() { return "algs=\"" + dpop_algorithms() + "\""; }

}  // namespace

HttpResponse write_resource_challenge(Call& call, const Refusal& refusal) {
  HttpResponse response = write_error(call, refusal);
  // A bad proof is a 400 to the token endpoint and a 401 here (RFC 9449 §5, §7.1, §9).
  const bool is_proof =
      refusal.condition == Condition::DpopProofInvalid || refusal.condition == Condition::DpopNonceNeeded;
  if (is_proof && came_by_dpop(call) && call.realm.offers("dpop") && !word(call.profile(), refusal).status_is_mapped) {
    response.status = 401;
  }
  add_resource_challenge(call, refusal, response);
  return response;
}

void add_resource_challenge(const Call& call, const Refusal& refusal, HttpResponse& response) {
  add_bearer_challenge(call, refusal, response);
  if (!call.realm.offers("dpop")) return;
  const auto by_bearer = response.header("WWW-Authenticate").value_or("");
  if (!came_by_dpop(call)) {
    if (response.status == 401) response.headers.emplace_back("WWW-Authenticate", "DPoP " + offered_algorithms());
    return;
  }
  response.set_header("WWW-Authenticate", "DPoP" + by_bearer.substr(kBearer.size()) + ", " + offered_algorithms());
}

}  // namespace mockoauth::server
