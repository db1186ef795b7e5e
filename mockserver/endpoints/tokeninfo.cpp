// Looking up an access token by GET, as some providers had it before RFC 7662 (knob `introspection.style`): whoever
// holds the token may ask, and the answer has a form of its own (knob `introspection.answer`).
#include "protocol/answers.hpp"
#include "protocol/bearer.hpp"
#include "protocol/endpoint.hpp"
#include "protocol/error_writer.hpp"
#include "protocol/issue.hpp"
#include "protocol/text.hpp"
#include "protocol/token_response.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

Checked<std::string> asked_token(const Call& call) {
  for (const char* name : {"access_token", "token"}) {
    if (auto text = value_of(call.query, name)) return *text;
  }
  const auto header = call.request.header("Authorization").value_or("");
  const auto space = header.find(' ');
  const auto text = space == std::string::npos ? std::string_view() : trim(std::string_view(header).substr(space));
  if (!text.empty()) return std::string(text);
  return refuse(Condition::ParamMissing, "access_token is missing");
}

Outcome tokeninfo(Call& call) {
  if (auto checked = refuse_repeated(call.query); !checked) return tl::unexpected(checked.error());
  const auto text = asked_token(call);
  if (!text) return tl::unexpected(text.error());
  const auto access = find_access_token(call, *text);
  if (!access) return tl::unexpected(access.error());
  if (auto lives = check_life(call, access->token); !lives) return tl::unexpected(lives.error());
  auto values = placeholders_for(call, access->login, access->token.scopes);
  if (const auto& end = access->token.expires_at) {
    values.set("exp", Json(unix_seconds(*end)));
    values.set("expires_in", Json(unix_seconds(*end) - unix_seconds(call.now)));
  }
  Json scopes = Json::array();
  for (const auto& scope : access->token.scopes) scopes.push_back(Json(scope));
  values.set("scopes", std::move(scopes));
  return json_answer(200, values.expand(call.profile().knob("introspection.answer")).value_or(Json::object()));
}

bool is_served(const Profile& profile) {
  return profile.text("kind") == "oauth" && profile.text("introspection.style") == "tokeninfo";
}

}  // namespace

void register_tokeninfo(Endpoints& endpoints) {
  endpoints.add({.name = "introspect",
                 .role = "introspection",
                 .path = "/tokeninfo",
                 .methods = {"GET"},
                 .handle = tokeninfo,
                 .served = is_served});
}

}  // namespace mockoauth::server
