#include "protocol/id_token.hpp"

#include <mimir/codec/base64url.hpp>
#include <mimir/codec/digest.hpp>

#include "protocol/text.hpp"
#include "protocol/token_response.hpp"

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
  if (answer.login.effects.id_token) return *answer.login.effects.id_token;
  const auto rule = profile.text("id_token.issue");
  return rule == "always" || (rule == "openid_scope" && contains(answer.login.scopes, "openid"));
}

void add_claims(Json& claims, const Json& extra, const Placeholders& values) {
  const auto expanded = values.expand(extra);
  if (!expanded || !expanded->is_object()) return;
  for (const auto& [name, value] : *expanded->as_object()) claims.set(name, value);
}

Checked<std::string> make_id_token(Call& call, const TokenAnswer& answer, const std::string& access_token) {
  const auto& profile = call.profile();
  const auto values = placeholders_for(call, answer.login, answer.scopes);
  const auto algorithm = profile.text("id_token.alg");
  Json claims = Json::object({{"iss", Json(values.expand_text(profile.text("id_token.issuer")))},
                              {"sub", Json(answer.login.user.sub)},
                              {"aud", Json(answer.client.client_id)},
                              {"exp", Json(unix_seconds(call.now + kLife))},
                              {"iat", Json(unix_seconds(call.now))},
                              {"auth_time", Json(unix_seconds(answer.login.auth_time))},
                              {"at_hash", Json(left_half(access_token, algorithm))}});
  if (!answer.nonce.empty()) claims.set("nonce", Json(answer.nonce));
  add_claims(claims, profile.knob("id_token.claims"), values);
  for (const auto& name : profile.list("id_token.string_booleans")) {
    if (const auto value = claims.bool_at(name)) claims.set(name, Json(*value ? "true" : "false"));
  }
  auto jwt = call.realm.keys.sign(claims, algorithm, "JWT", answer.client.client_secret);
  if (!jwt) return refuse(Condition::ServerError, "the id_token could not be signed: " + jwt.error().message);
  return *jwt;
}

}  // namespace mockoauth::server
