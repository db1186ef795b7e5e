#include "protocol/trusted_issuer.hpp"

#include <algorithm>

namespace mockoauth::server {

Checked<void> check_trusted(const Call& call, const Assertion& assertion) {
  const auto issuer = text_claim(assertion, "iss");
  if (!issuer) return tl::unexpected(issuer.error());
  const auto& trusted = call.realm.options.trusted_issuers;
  const auto found = std::find_if(trusted.begin(), trusted.end(), [&](const auto& t) { return t.issuer == *issuer; });
  if (found == trusted.end()) {
    return refuse(assertion.refused_as, assertion.what + " is issued by " + issuer->substr(0, 100) +
                  ", who is not trusted here", "RFC 7523 §3");
  }
  const auto keys = mimir::codec::KeySet::from_jwks(found->jwks);
  if (!keys) return refuse(assertion.refused_as, "the keys of the trusted issuer cannot be read", "RFC 7517 §5");
  if (auto checked = check_signature(assertion, *keys, asymmetric_algorithms()); !checked) return checked;
  if (auto checked = check_times(assertion, call.now); !checked) return checked;
  const auto subject = text_claim(assertion, "sub");
  if (!subject) return tl::unexpected(subject.error());
  return {};
}

}  // namespace mockoauth::server
