#include "protocol/assertion.hpp"

#include <cmath>

#include "protocol/text.hpp"

namespace mockoauth::server {

using mimir::codec::Json;
using mimir::codec::JwsAlgorithm;

namespace {

constexpr std::chrono::seconds kSkew{60};
constexpr JwsAlgorithm kAsymmetric[] = {
    JwsAlgorithm::RS256, JwsAlgorithm::RS384, JwsAlgorithm::RS512, JwsAlgorithm::PS256, JwsAlgorithm::PS384,
    JwsAlgorithm::PS512, JwsAlgorithm::ES256, JwsAlgorithm::ES384, JwsAlgorithm::ES512, JwsAlgorithm::EdDSA};
constexpr JwsAlgorithm kSymmetric[] = {JwsAlgorithm::HS256, JwsAlgorithm::HS384, JwsAlgorithm::HS512};

tl::unexpected<Refusal> fault(const Assertion& assertion, const std::string& detail, std::string clause) {
  return refuse(assertion.refused_as, assertion.what + " " + detail, std::move(clause));
}

std::vector<std::string> audiences_of(const Json& claims) {
  std::vector<std::string> audiences;
  const Json* aud = claims.find("aud");
  if (aud == nullptr) return audiences;
  if (const auto* one = aud->as_string()) audiences.push_back(*one);
  if (const auto* several = aud->as_array()) {
    for (const auto& item : *several) {
      if (const auto* text = item.as_string()) audiences.push_back(*text);
    }
  }
  return audiences;
}

}  // namespace

std::span<const JwsAlgorithm> asymmetric_algorithms() { return kAsymmetric; }
std::span<const JwsAlgorithm> symmetric_algorithms() { return kSymmetric; }

Checked<Assertion> read_assertion(std::string_view compact, Condition refused_as, std::string what) {
  auto jws = mimir::codec::Jws::parse(compact);
  if (!jws) return refuse(refused_as, what + " is not a signed JWT: " + jws.error().message, "RFC 7523 §3");
  auto claims = Json::parse(jws->payload);
  if (!claims || !claims->is_object()) {
    return refuse(refused_as, what + " has no JSON object as its claims", "RFC 7519 §7.2");
  }
  return Assertion{std::move(*jws), std::move(*claims), refused_as, std::move(what)};
}

Checked<void> check_signature(const Assertion& assertion, const mimir::codec::KeySet& keys,
                              std::span<const JwsAlgorithm> allowed) {
  const auto kid = assertion.jws.header.string_at("kid");
  std::string why = kid ? "no key has the kid of its header" : "there is no key to verify it with";
  for (const auto& key : keys.keys) {
    if (kid && !key.kid().empty() && key.kid() != *kid) continue;
    const auto verified = mimir::codec::jws_verify(assertion.jws, key, allowed);
    if (verified) return {};
    why = verified.error().message;
  }
  return fault(assertion, "is not signed as it must be: " + why, "RFC 7523 §3");
}

Checked<std::optional<TimePoint>> time_claim(const Assertion& assertion, std::string_view name) {
  const Json* claim = assertion.claims.find(name);
  if (claim == nullptr) return std::optional<TimePoint>();
  const auto seconds = claim->as_double();
  // Beyond the year 9999 no clock gets, and the arithmetic must not overflow.
  if (!seconds || !(std::abs(*seconds) < 253'402'300'800.0)) {
    return fault(assertion, "has a claim " + std::string(name) + " that is no time", "RFC 7519 §2");
  }
  return std::optional(TimePoint(std::chrono::seconds(static_cast<std::int64_t>(*seconds))));
}

Checked<std::string> text_claim(const Assertion& assertion, std::string_view name) {
  auto text = assertion.claims.string_at(name);
  if (!text || text->empty()) return fault(assertion, "lacks the claim " + std::string(name), "RFC 7523 §3");
  return *text;
}

Checked<void> check_times(const Assertion& assertion, TimePoint now) {
  const auto exp = time_claim(assertion, "exp");
  if (!exp) return tl::unexpected(exp.error());
  if (!*exp) return fault(assertion, "lacks the claim exp", "RFC 7523 §3");
  if (**exp <= now) return fault(assertion, "expired at " + mimir::codec::format_iso8601(**exp), "RFC 7523 §3");
  for (const char* name : {"nbf", "iat"}) {
    const auto start = time_claim(assertion, name);
    if (!start) return tl::unexpected(start.error());
    if (*start && **start > now + kSkew) {
      return fault(assertion, "is not valid before " + mimir::codec::format_iso8601(**start), "RFC 7523 §3");
    }
  }
  return {};
}

Checked<void> check_audience(const Call& call, const Assertion& assertion) {
  const auto& realm = call.realm;
  const Json* aud = assertion.claims.find("aud");
  if (aud == nullptr) return fault(assertion, "lacks the claim aud", "RFC 7523 §3");
  if (call.profile().text("client.assertion_audience") == "issuer") {
    if (aud->as_string() != nullptr && *aud->as_string() == realm.issuer) return {};
    return fault(assertion, "must have the issuer " + realm.issuer + " as its only aud", "RFC 7523bis §4");
  }
  const std::vector<std::string> ours = {realm.issuer, realm.url_of("token"),
                                         realm.options.base_url + call.request.path()};
  for (const auto& audience : audiences_of(assertion.claims)) {
    if (!audience.empty() && contains(ours, audience)) return {};
  }
  return fault(assertion, "is meant for another server: aud is neither the issuer nor the token endpoint",
               "RFC 7523 §3");
}

Json claims_of_own_jwt(std::string_view compact) {
  const auto jws = mimir::codec::Jws::parse(compact);
  if (!jws) return {};
  auto claims = Json::parse(jws->payload);
  return claims && claims->is_object() ? std::move(*claims) : Json();
}

}  // namespace mockoauth::server
