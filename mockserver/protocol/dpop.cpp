#include "protocol/dpop.hpp"

#include <array>

#include <mimir/codec/base64url.hpp>
#include <mimir/codec/digest.hpp>
#include <mimir/codec/url.hpp>

#include "protocol/assertion.hpp"
#include "protocol/call.hpp"

namespace mockoauth::server {

using mimir::codec::Json;
using mimir::codec::Key;

namespace {

constexpr std::chrono::seconds kOldest{300};
constexpr std::chrono::seconds kAhead{60};
constexpr std::chrono::minutes kNoncePeriod{5};
constexpr const char* kClause = "RFC 9449 §4.3";

tl::unexpected<Refusal> bad(const std::string& detail, const char* clause = kClause) {
  return refuse(Condition::DpopProofInvalid, detail, clause);
}

// RFC 9449 §4.3 (5), (7): a public key, asymmetric, and nothing private beside it.
Checked<Key> key_of(const Json& header) {
  const Json* jwk = header.find("jwk");
  if (jwk == nullptr || !jwk->is_object()) return bad("the DPoP proof has no jwk in its header");
  for (const char* member : {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}) {
    if (jwk->find(member) != nullptr) return bad("the jwk of the DPoP proof holds private or symmetric key material");
  }
  auto key = Key::from_jwk(*jwk);
  if (!key) return bad("the jwk of the DPoP proof cannot be read: " + key.error().message);
  return *key;
}

// RFC 9449 §4.3 (9): without query and fragment; scheme, host and default port in their normal form (RFC 3986 §6.2).
std::string comparable(std::string_view text) {
  const auto url = mimir::codec::Url::parse(text);
  if (!url) return {};
  return url->scheme() + "://" + url->host() + ":" + std::to_string(url->port()) +
         (url->path().empty() ? "/" : url->path());
}

Checked<void> check_request(const Call& call, const Assertion& proof) {
  if (proof.claims.string_at("htm") != call.request.method) return bad("htm of the DPoP proof is not the method");
  const auto htu = proof.claims.string_at("htu");
  const auto here = call.realm.base_url_of(call.request.origin) + call.request.path();
  if (!htu || comparable(*htu).empty() || comparable(*htu) != comparable(here)) {
    return bad("htu of the DPoP proof is not " + here);
  }
  return {};
}

Checked<void> check_time(const Call& call, const Assertion& proof) {
  const auto iat = time_claim(proof, "iat");
  if (!iat) return tl::unexpected(iat.error());
  if (!*iat) return bad("the DPoP proof lacks iat");
  if (**iat + kOldest < call.now || **iat > call.now + kAhead) {
    return bad("iat of the DPoP proof is " + mimir::codec::format_iso8601(**iat) + ", which is not now", "RFC 9449 §11.1");
  }
  return {};
}

Checked<void> check_nonce(Call& call, const Assertion& proof, std::string_view who) {
  if (call.profile().text("dpop.nonce") != "required") return {};
  // §8.2: whoever gets a new one with every answer is never refused for an old one.
  call.answer_headers.emplace_back("DPoP-Nonce", call.realm.dpop_nonces.current(who, call.now));
  const auto nonce = proof.claims.string_at("nonce");
  if (nonce && call.realm.dpop_nonces.accepts(who, *nonce, call.now)) return {};
  return refuse(Condition::DpopNonceNeeded, nonce ? "the nonce of the DPoP proof is not one of this server's"
                                                  : "the DPoP proof has no nonce", who == "server" ? "RFC 9449 §8"
                                                                                                   : "RFC 9449 §9");
}

Checked<void> check_token_hash(const Assertion& proof, std::string_view access_token) {
  if (access_token.empty()) return {};
  const auto expected = mimir::codec::base64url_encode(mimir::codec::sha256(access_token));
  if (proof.claims.string_at("ath") == expected) return {};
  return bad("ath of the DPoP proof is not the digest of the access token", "RFC 9449 §7.1");
}

}  // namespace

std::string DpopNonces::nonce_of(std::string_view who, std::int64_t period) {
  const std::lock_guard lock(mutex_);
  if (key_.empty()) key_ = mimir::codec::random_base64url(random_, 32).value_or("");
  const auto mac = mimir::codec::hmac_sha256(key_, std::string(who) + ":" + std::to_string(period));
  return mimir::codec::base64url_encode(mac.substr(0, 16));
}

std::string DpopNonces::current(std::string_view who, mimir::codec::TimePoint now) {
  return nonce_of(who, now.time_since_epoch() / kNoncePeriod);
}

bool DpopNonces::accepts(std::string_view who, std::string_view nonce, mimir::codec::TimePoint now) {
  const auto period = now.time_since_epoch() / kNoncePeriod;
  return mimir::codec::constant_time_equal(nonce, nonce_of(who, period)) ||
         mimir::codec::constant_time_equal(nonce, nonce_of(who, period - 1));
}

std::string dpop_algorithms() {
  std::string list;
  for (const auto algorithm : asymmetric_algorithms()) {
    if (!list.empty()) list += ' ';
    list += mimir::codec::to_string(algorithm);
  }
  return list;
}

Checked<std::optional<std::string>> dpop_thumbprint(Call& call, std::string_view access_token) {
  const auto headers = call.request.count_headers("DPoP");
  if (headers == 0 || !call.realm.offers("dpop")) return std::optional<std::string>();
  if (headers > 1) return bad("there is more than one DPoP header");
  const auto proof = read_assertion(*call.request.header("DPoP"), Condition::DpopProofInvalid, "the DPoP proof");
  if (!proof) return tl::unexpected(proof.error());
  if (proof->jws.header.string_at("typ") != "dpop+jwt") return bad("typ of the DPoP proof is not dpop+jwt");
  const auto key = key_of(proof->jws.header);
  if (!key) return tl::unexpected(key.error());
  if (const auto verified = mimir::codec::jws_verify(proof->jws, *key, asymmetric_algorithms()); !verified) {
    return bad("the DPoP proof is not signed with the key in its header: " + verified.error().message);
  }
  const auto id = text_claim(*proof, "jti");
  if (!id) return tl::unexpected(id.error());
  if (auto checked = check_request(call, *proof); !checked) return tl::unexpected(checked.error());
  if (auto checked = check_time(call, *proof); !checked) return tl::unexpected(checked.error());
  const auto who = access_token.empty() ? "server" : "resource";
  if (auto checked = check_nonce(call, *proof, who); !checked) return tl::unexpected(checked.error());
  if (auto checked = check_token_hash(*proof, access_token); !checked) return tl::unexpected(checked.error());
  const auto thumbprint = key->thumbprint();
  if (!thumbprint) return bad("the jwk of the DPoP proof has no thumbprint");
  if (!call.realm.replays.first_use("dpop " + *thumbprint, *id, call.now + kOldest + kAhead, call.now)) {
    return bad("the DPoP proof was used before: its jti is known", "RFC 9449 §11.1");
  }
  return std::optional(*thumbprint);
}

Checked<std::string> requested_dpop_jkt(const Call& call, const mimir::codec::Parameters& parameters) {
  const auto jkt = call.realm.offers("dpop") ? value_of(parameters, "dpop_jkt") : std::nullopt;
  if (!jkt) return std::string();
  const auto digest = mimir::codec::base64url_decode(*jkt);
  if (!digest || digest->size() != 32) {
    return refuse(Condition::ParamInvalid, "dpop_jkt is not the SHA-256 thumbprint of a key", "RFC 9449 §10");
  }
  return *jkt;
}

Checked<void> bind_pushed_request(const std::optional<std::string>& proven, mimir::codec::Parameters& parameters) {
  if (!proven) return {};
  const auto asked = value_of(parameters, "dpop_jkt");
  if (asked && *asked != *proven) {
    return bad("dpop_jkt is not the thumbprint of the key that signed the DPoP proof", "RFC 9449 §10.1");
  }
  parameters.set("dpop_jkt", *proven);
  return {};
}

}  // namespace mockoauth::server
