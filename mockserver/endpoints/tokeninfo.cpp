// Looking up an access token other than by RFC 7662 (knob `introspection.style`): by GET, where whoever holds the token
// may ask, or at a private API, where the client asks about its own tokens and whoever holds one about that. The answer
// has a form of its own (knob `introspection.answer`).
#include "protocol/answers.hpp"
#include "protocol/bearer.hpp"
#include "protocol/client_auth.hpp"
#include "protocol/endpoint.hpp"
#include "protocol/error_writer.hpp"
#include "protocol/issue.hpp"
#include "protocol/text.hpp"
#include "protocol/token_response.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;
using mimir::codec::Parameters;

bool is_private_api(const Profile& profile) { return profile.text("introspection.style") == "rest"; }

std::optional<std::string> named_token(const Parameters& parameters) {
  auto text = value_of(parameters, "access_token");
  return text ? text : value_of(parameters, "token");
}

// RFC 7662 §4: a client that may ask about others' tokens could try tokens out.
Checked<std::string> token_of_client(Call& call) {
  const auto client = authenticate_client(call);
  if (!client) return tl::unexpected(client.error());
  call.exchange.client_id = client->client_id;
  const auto text = named_token(call.form);
  if (!text) return refuse(Condition::ParamMissing, "access_token is missing");
  const auto access = find_access_token(call, *text);
  if (access && access->login.client_id != client->client_id) return refuse(Condition::TokenOfAnotherClient);
  return *text;
}

Checked<std::string> asked_token(Call& call) {
  if (is_private_api(call.profile()) && call.request.method == "POST") return token_of_client(call);
  if (auto text = is_private_api(call.profile()) ? std::nullopt : named_token(call.query)) return *text;
  const auto header = call.request.header("Authorization").value_or("");
  const auto space = header.find(' ');
  const auto text = space == std::string::npos ? std::string_view() : trim(std::string_view(header).substr(space));
  if (!text.empty()) return std::string(text);
  return refuse(Condition::ParamMissing, "access_token is missing");
}

Outcome tokeninfo(Call& call) {
  if (auto checked = refuse_repeated(call.exchange.parameters); !checked) return tl::unexpected(checked.error());
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
  const auto style = profile.text("introspection.style");
  return profile.text("kind") == "oauth" && (style == "tokeninfo" || style == "rest");
}

std::vector<std::string> methods(const Profile& profile) {
  if (is_private_api(profile)) return {"GET", "POST"};
  return {"GET"};
}

}  // namespace

void register_tokeninfo(Endpoints& endpoints) {
  endpoints.add({.name = "introspect",
                 .role = "introspection",
                 .path = "/tokeninfo",
                 .handle = tokeninfo,
                 .served = is_served,
                 .methods_by_profile = methods});
}

}  // namespace mockoauth::server
