#include "protocol/client_assertion.hpp"

#include "protocol/assertion.hpp"

namespace mockoauth::server {
namespace {

constexpr std::string_view kType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

Checked<Assertion> read(const Call& call) {
  const auto text = value_of(call.form, "client_assertion");
  const auto type = value_of(call.form, "client_assertion_type");
  if (!text || !type || *type != kType) {
    return refuse(Condition::ClientBadSecret, !text ? "client_assertion is missing beside its type"
                                                    : "client_assertion_type is not " + std::string(kType),
                  "RFC 7523 §2.2");
  }
  return read_assertion(*text, Condition::ClientBadSecret, "the client assertion");
}

}  // namespace

bool has_client_assertion(const Call& call) {
  return value_of(call.form, "client_assertion") || value_of(call.form, "client_assertion_type");
}

bool has_symmetric_assertion(const Call& call) {
  const auto jws = mimir::codec::Jws::parse(value_of(call.form, "client_assertion").value_or(""));
  return jws && jws->header.string_at("alg").value_or("").starts_with("HS");
}

Checked<Presented> read_client_assertion(const Call& call) {
  const auto assertion = read(call);
  if (!assertion) return tl::unexpected(assertion.error());
  const auto subject = text_claim(*assertion, "sub");
  if (!subject) return tl::unexpected(subject.error());
  return Presented{*subject, {}};
}

Checked<void> check_client_assertion(Call& call, const ClientRegistration& client, const mimir::codec::KeySet& keys,
                                     std::span<const mimir::codec::JwsAlgorithm> allowed) {
  const auto assertion = read(call);
  if (!assertion) return tl::unexpected(assertion.error());
  if (auto checked = check_signature(*assertion, keys, allowed); !checked) return checked;
  for (const char* name : {"iss", "sub"}) {
    const auto claim = text_claim(*assertion, name);
    if (!claim) return tl::unexpected(claim.error());
    if (*claim != client.client_id) {
      return refuse(Condition::ClientBadSecret, "the client assertion's " + std::string(name) +
                    " is not the client_id", "RFC 7523 §3");
    }
  }
  if (auto checked = check_audience(call, *assertion); !checked) return checked;
  if (auto checked = check_times(*assertion, call.now); !checked) return checked;
  const auto id = text_claim(*assertion, "jti");  // OIDC Core §9: REQUIRED, to be used once.
  if (!id) return tl::unexpected(id.error());
  const auto exp = time_claim(*assertion, "exp");
  if (!call.realm.replays.first_use("assertion " + client.client_id, *id, exp->value(), call.now)) {
    return refuse(Condition::ClientBadSecret, "the client assertion was used before: its jti is known",
                  "OIDC Core §9");
  }
  return {};
}

}  // namespace mockoauth::server
