// Refreshing an access token, RFC 6749 §6, with rotation and detection of reuse, RFC 9700 §4.14.2.
#include "protocol/account_events.hpp"
#include "protocol/binding.hpp"
#include "protocol/grant.hpp"
#include "protocol/issue.hpp"
#include "protocol/refresh_life.hpp"
#include "protocol/scope.hpp"
#include "protocol/target.hpp"

namespace mockoauth::server {
namespace {

Checked<void> punish_reuse(Call& call, Tables& tables, const RefreshToken& token) {
  const auto rule = call.profile().text("refresh.reuse");
  if (rule == "accept") return {};
  if (rule == "reject") return refuse(Condition::RefreshReused);
  if (rule == "revoke_session") {
    const Login* login = tables.find_login(token.login);
    tables.revoke_logins(login->user.sub, login->client_id, call.now);
  } else {
    tables.revoke_login(token.login, call.now);
  }
  return refuse(Condition::RefreshReused,
                "the refresh token was used before; everything that came from this login has been revoked");
}

// A provider that tells when to come back at the earliest.
Checked<void> check_not_early(const Call& call, const RefreshToken& token) {
  const std::chrono::seconds pause(call.profile().number("refresh.earliest_s"));
  const auto earliest = token.last_used_at + pause;
  // Calls that come together may have been served in another order: without a pause none is early.
  if (pause == std::chrono::seconds(0) || call.now >= earliest) return {};
  Refusal refusal{.condition = Condition::RefreshEarly,
                  .detail = "a refresh is too early before " + mimir::codec::format_iso8601(earliest)};
  refusal.wait = std::chrono::ceil<std::chrono::seconds>(earliest - call.now);
  return tl::unexpected(std::move(refusal));
}

Checked<void> check_token(Call& call, Tables& tables, const RefreshToken& token, const ClientRegistration& client) {
  const auto& profile = call.profile();
  const Login* login = tables.find_login(token.login);
  // A stranger's attempt must not end the session of the rightful client, so this comes before reuse is punished.
  if (login != nullptr && login->client_id != client.client_id) {
    return refuse(Condition::RefreshUnknown, "the refresh token was issued to another client", "RFC 6749 §6");
  }
  // RFC 9449 §5, RFC 8705 §4: this too comes before reuse is punished, for the same reason.
  if (auto held = check_held(call, token.binding, Condition::RefreshUnknown, "the refresh token"); !held) return held;
  if (login != nullptr && login->ended_by) return tl::unexpected(refusal_after(*login->ended_by));
  if (tables.login_is_dead(token.login, call.now) || (token.revoked_at && *token.revoked_at <= call.now)) {
    return refuse(Condition::RefreshRevoked);
  }
  const bool reused = token.rotated_at && !is_in_grace(profile, tables, token, call.now);
  if (reused && !call.waives(Condition::RefreshReused)) {
    if (auto punished = punish_reuse(call, tables, token); !punished) return punished;
  }
  if (token.expires_at && *token.expires_at <= call.now) {
    return refuse(Condition::RefreshExpired, "the refresh token expired at " +
                  mimir::codec::format_iso8601(*token.expires_at));
  }
  if (is_idle(profile, *login, token, call.now)) {
    return refuse(Condition::RefreshExpired, "the refresh token was not used since " +
                  mimir::codec::format_iso8601(token.last_used_at));
  }
  return check_not_early(call, token);
}

// Where scope selects the resource (knob `refresh.scope_param`), the refresh token is good for all that the client may
// have, and the access token for one resource of it: that of the scopes asked for.
Checked<void> choose_resource(Call& call, TokenAnswer& answer, const std::string& asked) {
  auto scopes = grant_scopes(call.realm.options, answer.client, asked);
  if (!scopes) return tl::unexpected(scopes.error());
  const auto chosen = resource_of_scopes(*scopes);
  if (!chosen) return tl::unexpected(chosen.error());
  const auto usual = resource_of_scopes(answer.login.scopes);
  answer.scopes = std::move(*scopes);
  if (!chosen->empty() && (!usual || *usual != *chosen)) answer.audience = {*chosen};
  return {};
}

// RFC 6749 §6: the access token may have less; the refresh token keeps what the user granted.
Checked<void> choose_scopes(Call& call, TokenAnswer& answer) {
  const auto asked = value_of(call.form, "scope");
  if (asked && call.profile().text("refresh.scope_param") == "selects_resource") {
    return choose_resource(call, answer, *asked);
  }
  auto scopes = narrow_scopes(call.profile(), answer.login.scopes, asked);
  if (!scopes) return tl::unexpected(scopes.error());
  answer.scopes = std::move(*scopes);
  return {};
}

// `sometimes` is every second time: as irregular for a client as it needs to be, and still the same in every run.
bool rotates(std::string_view rule, const RefreshToken& token) {
  return rule == "always" || (rule == "sometimes" && token.uses % 2 == 1);
}

/// @returns the refresh token to send along; empty: the client keeps its own.
std::string next_refresh_token(Call& call, Tables& tables, const std::string& text, const Login& login,
                               std::string fresh) {
  RefreshToken* token = tables.find_refresh(text);
  if (token->rotated_at && is_in_grace(call.profile(), tables, *token, call.now)) return token->successor;
  const auto rule = login.effects.rotation.value_or(call.profile().text("refresh.rotation"));
  const bool with_successor = rotates(rule, *token);
  token->last_used_at = call.now;
  ++token->uses;
  if (!with_successor) return rule == "sometimes" ? std::string() : text;
  token->rotated_at = call.now;
  token->successor = fresh;
  const auto expiry = token->expires_at;
  const Binding binding = token->binding;  // By value: storing may move the table.
  store_refresh_token(call, tables, login, fresh, binding, expiry);
  return fresh;
}

Outcome refresh_token(Call& call, const ClientRegistration& client) {
  const auto text = required(call.form, "refresh_token", "RFC 6749 §6");
  if (!text) return tl::unexpected(text.error());
  auto fresh = mint(call, call.profile().text("refresh.prefix"));
  if (!fresh) return tl::unexpected(fresh.error());

  const auto resources = read_targets(call, {});
  if (!resources) return tl::unexpected(resources.error());

  TokenAnswer answer{.client = client, .is_refresh = true};
  {
    auto tables = call.realm.store.open();  // Held from the check to the change: of two at once one succeeds.
    const RefreshToken* token = tables->find_refresh(*text);
    if (token == nullptr) {
      const bool is_access = tables->find_access(*text) != nullptr;
      return refuse(Condition::RefreshUnknown, is_access ? "this is an access token, not a refresh token"
                                                         : "the refresh token is not one that was issued here");
    }
    call.consumed("refresh", token->name);
    call.exchange.grant = token->login;
    if (auto checked = check_token(call, *tables, *token, client); !checked) return tl::unexpected(checked.error());
    answer.login = *tables->find_login(token->login);
    auto audience = narrow_targets(answer.login.resources, *resources);
    if (!audience) return tl::unexpected(audience.error());
    answer.audience = std::move(*audience);
    if (auto chosen = choose_scopes(call, answer); !chosen) return tl::unexpected(chosen.error());
    if (call.profile().text("refresh.old_access") == "revoke") tables->revoke_access_of(answer.login.id, call.now);
    answer.refresh_token = next_refresh_token(call, *tables, *text, answer.login, std::move(*fresh));
  }
  return answer_with_tokens(call, answer);
}

}  // namespace

void register_refresh_token(Grants& grants) {
  grants.add({.grant_type = "refresh_token", .handle = refresh_token});
}

}  // namespace mockoauth::server
