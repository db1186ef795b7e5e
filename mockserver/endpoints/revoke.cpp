// Token revocation, RFC 7009.
#include "protocol/client_auth.hpp"
#include "protocol/endpoint.hpp"
#include "protocol/error_writer.hpp"
#include "protocol/metadata.hpp"

namespace mockoauth::server {
namespace {

struct Found {
  std::string login;
  std::string client_id;
  std::string user_sub;
  std::optional<TimePoint>* revoked_at;
};

std::optional<Found> find_live(Call& call, Tables& tables, const std::string& text) {
  // RFC 7009 §2.1: a wrong token_type_hint must not matter, so it is not looked at.
  Found found;
  if (AccessToken* access = tables.find_access(text)) {
    if (access->expires_at && *access->expires_at <= call.now) return std::nullopt;
    found = {access->login, {}, {}, &access->revoked_at};
    call.consumed("access", access->name);
  } else if (RefreshToken* refresh = tables.find_refresh(text)) {
    found = {refresh->login, {}, {}, &refresh->revoked_at};
    call.consumed("refresh", refresh->name);
  } else {
    return std::nullopt;
  }
  const Login* login = tables.find_login(found.login);
  if (login == nullptr || login->revoked_at || *found.revoked_at) return std::nullopt;
  found.client_id = login->client_id;
  found.user_sub = login->user.sub;
  return found;
}

void revoke(const Profile& profile, Tables& tables, const Found& found, TimePoint when) {
  *found.revoked_at = when;
  const auto cascade = profile.text("revocation.cascade");
  if (cascade == "pair") tables.revoke_login(found.login, when);
  if (cascade == "grant") tables.revoke_logins(found.user_sub, found.client_id, when);
  if (cascade == "project") tables.revoke_logins(found.user_sub, {}, when);
}

HttpResponse success(const Profile& profile) {
  const auto& knob = profile.knob("revocation.success");
  HttpResponse response{static_cast<int>(knob.int_at("status").value_or(200)), {{"Cache-Control", "no-store"}}, {}};
  if (const auto* body = knob.find("body"); body != nullptr && !body->is_null()) {
    response.body = body->as_string() != nullptr ? *body->as_string() : body->dump();
  }
  if (!response.body.empty()) response.set_header("Content-Type", profile.text("response.content_type"));
  return response;
}

Outcome revocation(Call& call) {
  const auto& profile = call.profile();
  const bool in_query = profile.text("revocation.style") == "query";
  if (!in_query && (call.query.count("token") > 0 || call.query.count("client_secret") > 0)) {
    return refuse(Condition::ParamInvalid, "credentials are in the URL; they belong into the body", "RFC 7009 §2.1");
  }
  const auto& parameters = in_query ? call.exchange.parameters : call.form;
  if (auto checked = refuse_repeated(parameters); !checked) return tl::unexpected(checked.error());
  std::string client_id;
  if (!in_query) {  // Whoever holds the token may end it there.
    const auto client = authenticate_client(call);
    if (!client) return tl::unexpected(client.error());
    client_id = call.exchange.client_id = client->client_id;
  }
  const auto text = required(parameters, "token", "RFC 7009 §2.1");
  if (!text) return tl::unexpected(text.error());

  auto tables = call.realm.store.open();
  const auto found = find_live(call, *tables, *text);
  if (!found) {
    const Refusal unknown{Condition::RevokeUnknown, {}, {}, {}};
    if (word(profile, unknown).status_is_mapped) return tl::unexpected(unknown);
    note(call, unknown, word(profile, unknown));
    return success(profile);
  }
  call.exchange.grant = found->login;
  if (!in_query && found->client_id != client_id) return refuse(Condition::TokenOfAnotherClient);
  revoke(profile, *tables, *found, call.now + std::chrono::seconds(profile.number("revocation.delay_s")));
  return success(profile);
}

std::vector<std::string> methods(const Profile& profile) {
  if (profile.text("revocation.style") == "query") return {"POST", "GET"};
  return {"POST"};
}

bool is_served(const Profile& profile) {
  const auto style = profile.text("revocation.style");
  return profile.text("kind") == "oauth" && (style == "rfc7009" || style == "query");
}

void describe(const RealmState& realm, mimir::codec::Json& document) {
  if (realm.profile().text("revocation.style") != "rfc7009") return;
  set_list(document, "revocation_endpoint_auth_methods_supported", client_auth_methods(realm.profile()));
}

}  // namespace

void register_revoke(Endpoints& endpoints) {
  endpoints.add({.name = "revoke",
                 .member = "revocation_endpoint",
                 .role = "revocation",
                 .path = "/revoke",
                 .handle = revocation,
                 .served = is_served,
                 .methods_by_profile = methods,
                 .describe = describe});
}

}  // namespace mockoauth::server
