#include "protocol/software_statement.hpp"

#include <algorithm>

#include "protocol/assertion.hpp"

namespace mockoauth::server {

using mimir::codec::Json;

namespace {

constexpr const char* kMember = "software_statement";

Checked<void> check_issuer(const Call& call, const Assertion& statement) {
  const auto issuer = text_claim(statement, "iss");
  if (!issuer) return tl::unexpected(issuer.error());
  const auto& trusted = call.realm.options.trusted_issuers;
  const auto found = std::find_if(trusted.begin(), trusted.end(), [&](const auto& t) { return t.issuer == *issuer; });
  if (found == trusted.end()) {
    return refuse(Condition::SoftwareStatementUnapproved,
                  "the software statement is issued by " + issuer->substr(0, 100) + ", who is not trusted here");
  }
  const auto keys = mimir::codec::KeySet::from_jwks(found->jwks);
  if (!keys) return refuse(Condition::ServerError, "the keys of the trusted issuer cannot be read", "RFC 7517 §5");
  return check_signature(statement, *keys, asymmetric_algorithms());
}

// RFC 7591 §2.3 asks for no exp; one that is there counts.
Checked<void> check_life(const Call& call, const Assertion& statement) {
  const auto exp = time_claim(statement, "exp");
  if (!exp) return tl::unexpected(exp.error());
  if (*exp && **exp <= call.now) {
    return refuse(Condition::SoftwareStatementInvalid,
                  "the software statement expired at " + mimir::codec::format_iso8601(**exp));
  }
  return {};
}

}  // namespace

Checked<Json> with_software_statement(const Call& call, const Json& sent) {
  Json metadata = sent;
  const Json* member = sent.find(kMember);
  if (member == nullptr) return metadata;
  if (member->is_null() || call.realm.options.trusted_issuers.empty()) {
    metadata.erase(kMember);
    return metadata;
  }
  if (member->as_string() == nullptr) {
    return refuse(Condition::SoftwareStatementInvalid, "software_statement is no text");
  }
  const auto statement =
      read_assertion(*member->as_string(), Condition::SoftwareStatementInvalid, "the software statement");
  if (!statement) return tl::unexpected(statement.error());
  if (auto checked = check_issuer(call, *statement); !checked) return tl::unexpected(checked.error());
  if (auto checked = check_life(call, *statement); !checked) return tl::unexpected(checked.error());
  // §2.3: they take precedence over what came as plain members. Claims of the JWT itself are no metadata.
  for (const auto& [name, value] : *statement->claims.as_object()) metadata.set(name, value);
  return metadata;
}

}  // namespace mockoauth::server
