// The authorization code grant at the token endpoint, RFC 6749 §4.1.3, with PKCE, RFC 7636 §4.6.
#include "protocol/binding.hpp"
#include "protocol/error_writer.hpp"
#include "protocol/grant.hpp"
#include "protocol/issue.hpp"
#include "protocol/person_answer.hpp"
#include "protocol/pkce.hpp"
#include "protocol/scope.hpp"
#include "protocol/target.hpp"

namespace mockoauth::server {
namespace {

Checked<void> check_redirect_uri_again(const Call& call, const Code& code) {
  const auto rule = call.profile().text("redirect.at_token");
  if (rule == "ignored") return {};
  const auto uri = value_of(call.form, "redirect_uri");
  if (!uri) {
    if (!code.redirect_uri_was_sent) return {};
    return refuse(Condition::RedirectChanged, "redirect_uri is missing; it was in the authorization request");
  }
  if (!code.redirect_uri_was_sent && rule == "forbidden_if_absent") {
    return refuse(Condition::RedirectChanged,
                  "redirect_uri was not in the authorization request and must not be sent now");
  }
  if (*uri != code.redirect_uri) return refuse(Condition::RedirectChanged);
  return {};
}

// Everything but use and age comes first: whoever replays a stolen code without the verifier must not be able to end
// the session of the person it was stolen from (OAuth 2.1 draft-16 §7.5.2).
Checked<void> check_code(Call& call, Tables& tables, const Code& code, const ClientRegistration& client) {
  if (code.client_id != client.client_id) {
    return refuse(Condition::CodeUnknown, "the authorization code was issued to another client", "RFC 6749 §4.1.3");
  }
  if (auto checked = check_redirect_uri_again(call, code); !checked) return checked;
  if (auto checked = check_verifier(call.profile(), code, value_of(call.form, "code_verifier"));
      !checked && !call.waives(checked.error().condition)) {
    return checked;
  }
  // RFC 9449 §10
  if (auto held = check_held(call, code.binding, Condition::CodeUnknown, "the authorization code"); !held) return held;
  if (code.used && !call.waives(Condition::CodeReused)) {
    if (call.profile().text("authorize.code_reuse") != "reject_and_revoke") return refuse(Condition::CodeReused);
    tables.revoke_login(code.login, call.now);
    return refuse(Condition::CodeReused, "the authorization code was used before; what it gave has been revoked");
  }
  if (code.expires_at <= call.now) {
    return refuse(Condition::CodeExpired, "the authorization code expired at " +
                  mimir::codec::format_iso8601(code.expires_at));
  }
  if (tables.login_is_dead(code.login, call.now)) {
    return refuse(Condition::CodeUnknown, "the authorization was revoked before the code was used");
  }
  return {};
}

// RealmOptions::takes_any_code.
Outcome redeem_invented_code(Call& call, const ClientRegistration& client, std::vector<std::string> resources) {
  auto scopes = grant_scopes(call.realm.options, client, value_of(call.form, "scope").value_or("openid"));
  if (!scopes) return tl::unexpected(scopes.error());
  Login login;
  login.client_id = client.client_id;
  login.user = person_at(call).user;
  login.scopes = *scopes;
  login.auth_time = call.now;
  login = call.realm.store.open()->add_login(std::move(login));
  call.exchange.grant = login.id;
  TokenAnswer answer{.client = client, .login = std::move(login), .scopes = *std::move(scopes), .audience = std::move(resources)};
  if (auto given = give_refresh_token(call, answer); !given) return tl::unexpected(given.error());
  return answer_with_tokens(call, answer);
}

Outcome authorization_code(Call& call, const ClientRegistration& client) {
  const auto text = required(call.form, "code", "RFC 6749 §4.1.3");
  if (!text) return tl::unexpected(text.error());
  auto refresh_text = mint(call, call.profile().text("refresh.prefix"));
  if (!refresh_text) return tl::unexpected(refresh_text.error());

  auto resources = read_targets(call, {});
  if (!resources) return tl::unexpected(resources.error());

  if (call.realm.options.takes_any_code && call.realm.store.open()->find_code(*text) == nullptr) {
    return redeem_invented_code(call, client, *std::move(resources));
  }

  TokenAnswer answer{.client = client};
  {
    auto tables = call.realm.store.open();  // Held from the check to the change: of two at once one succeeds.
    Code* code = tables->find_code(*text);
    if (code == nullptr) {
      Refusal refusal{Condition::CodeUnknown, "the authorization code is not one that was issued here"};
      refusal.hint = description_text(*text);
      return tl::unexpected(std::move(refusal));
    }
    call.consumed("code", code->name);
    call.exchange.grant = code->login;
    if (auto checked = check_code(call, *tables, *code, client); !checked) return tl::unexpected(checked.error());
    answer.login = *tables->find_login(code->login);
    auto audience = narrow_targets(answer.login.resources, *resources);
    if (!audience) return tl::unexpected(audience.error());
    answer.audience = std::move(*audience);
    code->used = true;
    answer.nonce = code->nonce;
    if (gets_refresh_token(call.profile(), client, answer.login)) {
      answer.refresh_token = *refresh_text;
      store_refresh_token(call, *tables, answer.login, *refresh_text, refresh_binding(call, client));
    }
  }
  answer.scopes = answer.login.scopes;
  return answer_with_tokens(call, answer);
}

}  // namespace

void register_authorization_code(Grants& grants) {
  grants.add({.grant_type = "authorization_code", .handle = authorization_code});
}

}  // namespace mockoauth::server
