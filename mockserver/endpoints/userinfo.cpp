// Claims about the signed-in user, OIDC Core §5.3.
#include "protocol/answers.hpp"
#include "protocol/bearer.hpp"
#include "protocol/endpoint.hpp"
#include "protocol/error_writer.hpp"
#include "protocol/text.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

Outcome userinfo(Call& call) {
  const bool is_openid = call.profile().text("userinfo.style") == "oidc";
  const auto access = check_bearer(call, is_openid ? "openid" : "");
  if (!access) return tl::unexpected(access.error());
  const auto& user = access->login.user;
  Json claims = Json::object({{"sub", Json(user.sub)}});
  // OIDC Core §5.4: what the scopes asked for.
  if (contains(access->token.scopes, "profile") && !user.name.empty()) claims.set("name", Json(user.name));
  if (contains(access->token.scopes, "email") && !user.email.empty()) {
    claims.set("email", Json(user.email));
    claims.set("email_verified", Json(true));
  }
  return json_answer(200, claims);
}

// OIDC Core §5.3.1: both methods have to work, whatever one the knob recommends.
std::vector<std::string> methods(const Profile& profile) {
  if (profile.text("userinfo.style") == "oidc") return {"GET", "POST"};
  return {profile.text("userinfo.method")};
}

bool is_served(const Profile& profile) {
  return profile.text("kind") == "oauth" && profile.text("userinfo.style") != "none";
}

}  // namespace

void register_userinfo(Endpoints& endpoints) {
  endpoints.add({.name = "userinfo",
                 .member = "userinfo_endpoint",
                 .role = "userinfo",
                 .path = "/userinfo",
                 .handle = userinfo,
                 .refuse = write_bearer_challenge,
                 .served = is_served,
                 .methods_by_profile = methods});
}

}  // namespace mockoauth::server
