// Token revocation, RFC 7009, and the other forms that the knob `revocation.style` knows.
#include <algorithm>

#include "protocol/bearer.hpp"
#include "protocol/client_auth.hpp"
#include "protocol/endpoint.hpp"
#include "protocol/error_writer.hpp"
#include "protocol/resource_challenge.hpp"
#include "protocol/text.hpp"
#include "protocol/url_template.hpp"

namespace mockoauth::server {
namespace {

/// What is to be revoked, and who may: the client, or whoever holds the token.
struct Asked {
  std::string token;
  std::optional<std::string> client_id = {};
};

struct Found {
  std::string login;
  std::string client_id;
  std::string user_sub;
  std::optional<TimePoint>* revoked_at;
};

std::optional<std::string> own_template(const Profile& profile) {
  const auto url = profile.knob("endpoints").string_at("revocation");
  return url ? std::optional(path_of_template(profile, *url)) : std::nullopt;
}

// A private API is the client's where its URL names the client, and the token holder's otherwise.
bool is_by_holder(const Profile& profile) {
  const auto style = profile.text("revocation.style");
  if (style == "bearer_self") return true;
  return style == "rest_delete" && own_template(profile).value_or("").find("{client_id}") == std::string::npos;
}

Checked<void> check_form(const Call& call, std::string_view style) {
  // RFC 6749 §2.3.1: credentials are never in the URL, where logs would keep them.
  if (call.query.count("token") > 0 || call.query.count("client_secret") > 0) {
    return refuse(Condition::ParamInvalid, "credentials are in the URL; they belong into the body", "RFC 7009 §2.1");
  }
  const bool wants_json = style != "rfc7009";
  const auto format = call.body_format;
  if (format == BodyFormat::None || format == (wants_json ? BodyFormat::Json : BodyFormat::Form)) return {};
  return refuse(Condition::BodyFormat, wants_json ? "the body is not application/json"
                                                  : "the body is not application/x-www-form-urlencoded",
                wants_json ? "" : "RFC 7009 §2.1");
}

Checked<Asked> asked_by_client(Call& call, std::string_view style) {
  if (auto checked = check_form(call, style); !checked) return tl::unexpected(checked.error());
  if (auto checked = refuse_repeated(call.form); !checked) return tl::unexpected(checked.error());
  const auto client = authenticate_client(call);
  if (!client) return tl::unexpected(client.error());
  call.exchange.client_id = client->client_id;
  const auto url = own_template(call.profile());
  const auto named = url ? segment_of(*url, call.request.path(), "client_id") : std::nullopt;
  if (named && *named != client->client_id) {
    return refuse(Condition::ClientUnknown, "the URL names another client than the one that authenticates");
  }
  const auto token = required(call.form, style == "rest_delete" ? "access_token" : "token", "RFC 7009 §2.1");
  if (!token) return tl::unexpected(token.error());
  return Asked{*token, client->client_id};
}

// Whoever holds the token may end it.
Checked<Asked> asked_by_holder(Call& call, std::string_view style) {
  if (style == "query") {
    const auto& parameters = call.exchange.parameters;
    if (auto checked = refuse_repeated(parameters); !checked) return tl::unexpected(checked.error());
    const auto token = required(parameters, "token", "RFC 7009 §2.1");
    if (!token) return tl::unexpected(token.error());
    return Asked{*token};
  }
  if (const auto access = check_bearer(call); !access) return tl::unexpected(access.error());
  const auto header = call.request.header("Authorization").value_or("");
  return Asked{std::string(trim(std::string_view(header).substr(std::min(header.find(' '), header.size()))))};
}

Checked<std::optional<Found>> find_live(Call& call, Tables& tables, const std::string& text) {
  const auto& profile = call.profile();
  // RFC 7009 §2.1: a wrong token_type_hint must not matter, so it is not looked at.
  Found found;
  AccessToken* access = tables.find_access(text);
  RefreshToken* refresh = access == nullptr ? tables.find_refresh(text) : nullptr;
  if (access == nullptr && refresh == nullptr) return std::nullopt;
  if (!profile.lists("revocation.tokens", access != nullptr ? "access_token" : "refresh_token")) {
    return refuse(Condition::TokenTypeUnsupported, access != nullptr ? "access tokens cannot be revoked here"
                                                                     : "refresh tokens cannot be revoked here");
  }
  if (access != nullptr) {
    if (access->expires_at && *access->expires_at <= call.now) return std::nullopt;
    found = {access->login, {}, {}, &access->revoked_at};
    call.consumed("access", access->name);
  } else {
    found = {refresh->login, {}, {}, &refresh->revoked_at};
    call.consumed("refresh", refresh->name);
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
  if (const auto* body = knob.find("body"); body != nullptr) {
    response.body = body->as_string() != nullptr ? *body->as_string() : body->dump();
  }
  if (!response.body.empty()) response.set_header("Content-Type", profile.text("response.content_type"));
  return response;
}

Outcome revocation(Call& call) {
  const auto& profile = call.profile();
  const auto style = profile.text("revocation.style");
  const bool by_holder = style == "query" || is_by_holder(profile);
  const auto asked = by_holder ? asked_by_holder(call, style) : asked_by_client(call, style);
  if (!asked) return tl::unexpected(asked.error());

  auto tables = call.realm.store.open();
  const auto found = find_live(call, *tables, asked->token);
  if (!found) return tl::unexpected(found.error());
  if (!*found) {
    const Refusal unknown{Condition::RevokeUnknown, {}, {}, {}};
    if (word(profile, unknown).status_is_mapped) return tl::unexpected(unknown);
    note(call, unknown, word(profile, unknown));
    return success(profile);
  }
  const auto& live = **found;
  call.exchange.grant = live.login;
  if (asked->client_id && live.client_id != *asked->client_id) return refuse(Condition::TokenOfAnotherClient);
  revoke(profile, *tables, live, call.now + std::chrono::seconds(profile.number("revocation.delay_s")));
  return success(profile);
}

// Where the token is the credential, it is refused as it is at a resource.
HttpResponse refuse_revocation(Call& call, const Refusal& refusal) {
  return is_by_holder(call.profile()) ? write_resource_challenge(call, refusal) : write_error(call, refusal);
}

std::vector<std::string> methods(const Profile& profile) {
  const auto style = profile.text("revocation.style");
  if (style == "query") return {"POST", "GET"};
  return {style == "rest_delete" ? "DELETE" : "POST"};
}

bool is_served(const Profile& profile) {
  return profile.text("kind") == "oauth" && profile.text("revocation.style") != "none";
}

void describe(const RealmState& realm, mimir::codec::Json& document) {
  if (realm.profile().text("revocation.style") != "rfc7009") return;
  describe_client_auth(document, "revocation_endpoint", client_auth_methods(realm.profile()));
}

}  // namespace

void register_revoke(Endpoints& endpoints) {
  endpoints.add({.name = "revoke",
                 .member = "revocation_endpoint",
                 .role = "revocation",
                 .path = "/revoke",
                 .handle = revocation,
                 .refuse = refuse_revocation,
                 .served = is_served,
                 .methods_by_profile = methods,
                 .describe = describe});
}

}  // namespace mockoauth::server
