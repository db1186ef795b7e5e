#include "protocol/id_token.hpp"

#include <mimir/codec/base64url.hpp>
#include <mimir/codec/digest.hpp>
#include <mimir/codec/jws.hpp>

#include "protocol/claims_request.hpp"
#include "protocol/metadata.hpp"
#include "protocol/sign_jwt.hpp"
#include "protocol/text.hpp"
#include "protocol/token_response.hpp"
#include "protocol/token_rules.hpp"

namespace mockoauth::server {

using mimir::codec::Json;

namespace {

constexpr std::chrono::seconds kLife{3600};

// OIDC Core §3.1.3.6: the left half of the digest that belongs to the signature. Ed25519 hashes with SHA-512.
std::string left_half(std::string_view text, std::string_view algorithm) {
  std::string digest = algorithm.ends_with("384")                            ? mimir::codec::sha384(text)
                       : algorithm.ends_with("512") || algorithm == "EdDSA" ? mimir::codec::sha512(text)
                                                                             : mimir::codec::sha256(text);
  digest.resize(digest.size() / 2);
  return mimir::codec::base64url_encode(digest);
}

}  // namespace

bool wants_id_token(const Profile& profile, const TokenAnswer& answer) {
  if (!answer.login.has_user) return false;
  if (answer.login.effects.id_token) return *answer.login.effects.id_token;
  const auto rule = profile.text("id_token.issue");
  return rule == "always" || (rule == "openid_scope" && contains(answer.login.scopes, "openid"));
}

void add_claims(Json& claims, const Json& extra, const Placeholders& values) {
  const auto expanded = values.expand(extra);
  if (!expanded || !expanded->is_object()) return;
  for (const auto& [name, value] : *expanded->as_object()) claims.set(name, value);
}

Checked<std::string> make_id_token(Call& call, const TokenAnswer& answer, const std::string& access_token,
                                   const std::string& code) {
  const auto& profile = call.profile();
  const auto values = placeholders_for(call, answer.login, answer.scopes);
  const auto algorithm = profile.text("id_token.alg");
  Json claims = Json::object({{"iss", Json(call.realm.on_loopback(values.expand_text(profile.text("id_token.issuer"))))},
                              {"sub", Json(answer.login.user.sub)},
                              {"aud", Json(answer.client.client_id)},
                              {"exp", Json(unix_seconds(call.now + kLife))},
                              {"iat", Json(unix_seconds(call.now))},
                              {"auth_time", Json(unix_seconds(answer.login.auth_time))}});
  if (!access_token.empty()) claims.set("at_hash", Json(left_half(access_token, algorithm)));
  if (!code.empty()) claims.set("c_hash", Json(left_half(code, algorithm)));  // OIDC Core §3.3.2.11
  if (!answer.login.acr.empty()) claims.set("acr", Json(answer.login.acr));
  set_list(claims, "amr", answer.login.amr);
  // OIDC Core §5.4: what the scopes stand for is at the userinfo endpoint, unless there is no token to go there with.
  const auto released = released_claims(answer.login, answer.scopes, "id_token", access_token.empty() && code.empty());
  for (const auto& [name, value] : *released.as_object()) claims.set(name, value);
  if (!answer.nonce.empty()) claims.set("nonce", Json(answer.nonce));
  add_claims(claims, profile.knob("id_token.claims"), values);
  override_claims(claims, answer.login, true);
  for (const auto& name : profile.list("id_token.string_booleans")) {
    if (const auto value = claims.bool_at(name)) claims.set(name, Json(*value ? "true" : "false"));
  }
  auto jwt = sign_jwt(call, "id_token", std::move(claims), algorithm, "JWT", answer.client.client_secret);
  if (!jwt) return refuse(Condition::ServerError, "the id_token could not be signed: " + jwt.error().message);
  return *jwt;
}

Checked<Json> read_id_token_hint(const Call& call, const std::string& hint) {
  const auto jws = mimir::codec::Jws::parse(hint);
  if (!jws) return refuse(Condition::ParamInvalid, "id_token_hint is not a JWT", "OIDC Core §3.1.2.1");
  const auto claims = Json::parse(jws->payload);
  if (!call.realm.keys.verifies(*jws, call.now) || !claims || claims->string_at("iss") != call.realm.issuer) {
    return refuse(Condition::ParamInvalid, "id_token_hint was not issued here", "OIDC Core §3.1.2.1");
  }
  // An access token is signed by the same keys (RFC 8725 §3.11).
  if (const auto typ = jws->header.string_at("typ"); typ && !equal_ignoring_case(*typ, "JWT")) {
    return refuse(Condition::ParamInvalid, "id_token_hint is another kind of token", "RFC 8725 §3.11");
  }
  return *claims;
}

}  // namespace mockoauth::server
