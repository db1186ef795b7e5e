// From page to page: sign-in, consent, and what they were for. Nothing is decided by opening an address: every step is a
// form that holds a secret of this interaction, posted by the browser that it began in (RFC 9700 §4.7, OWASP CSRF).
#include "pages/flow.hpp"

#include <algorithm>

#include <mimir/codec/digest.hpp>

#include "pages/forms.hpp"
#include "protocol/account_events.hpp"
#include "protocol/answers.hpp"
#include "protocol/authorization_grant.hpp"
#include "protocol/device_logins.hpp"
#include "protocol/issue.hpp"
#include "protocol/registrations.hpp"
#include "protocol/sign_in.hpp"
#include "protocol/text.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Parameters;

constexpr std::string_view kBrowserCookie = "mockoauth_browser";
constexpr std::size_t kBrowserBytes = 43;  // 256 bits in base64url.

// The form is over; of two of the same only one goes on.
bool finish_page(Call& call, const Interaction& interaction) { return call.realm.interactions.finish(interaction.id); }

HttpResponse expired_page(Call& call) {
  call.exchange.reason = "the page has expired, was used, or belongs to another browser";
  return message_page(call, 400, page_words(call, "expired.title"), page_words(call, "expired.text"));
}

Outcome refuse_finished(Call& call, const Interaction& interaction, const Refusal& refusal) {
  if (!finish_page(call, interaction)) return expired_page(call);
  return tl::unexpected(refusal);
}

Outcome grant_and_leave(Call& call, const Interaction& interaction, const std::vector<std::string>& scopes) {
  const auto& pending = *interaction.authorization;
  auto prepared = prepare_grant(call, pending.request, *interaction.session);
  if (!prepared) return refuse_finished(call, interaction, prepared.error());
  if (!finish_page(call, interaction)) return expired_page(call);
  return answer_grant(call, pending.request, std::move(*prepared), scopes, pending.request_uri);
}

Outcome next_for_authorization(Call& call, const Interaction& interaction) {
  const auto& pending = *interaction.authorization;
  if (pending.refusal) return refuse_finished(call, interaction, *pending.refusal);
  const auto& user = interaction.session->user;
  if (!user.entitled) {
    return refuse_finished(call, interaction, {Condition::NotEntitled, "the user " + user.sub + " may not use this client"});
  }
  const auto prepared = prepare_grant(call, pending.request, *interaction.session);
  if (!prepared) return refuse_finished(call, interaction, prepared.error());
  if (!call.realm.options.takes_any_user && needs_consent(call, pending.request, user.sub)) return consent_page(call, interaction);
  return grant_and_leave(call, interaction, pending.request.scopes);
}

// The page that comes next, or the end.
Outcome show_next(Call& call, const Interaction& interaction) {
  if (!interaction.session) return login_page(call, interaction);
  switch (interaction.kind) {
    case Interaction::Kind::Authorization: return next_for_authorization(call, interaction);
    case Interaction::Kind::Device: return device_page(call, interaction);
    case Interaction::Kind::Logout: return logout_page(call, interaction);
  }
  return expired_page(call);
}

// A user of whom nothing was known, for realms that take whoever comes. Nothing of them outlives their logins.
std::optional<User> anybody(const Call& call, const std::string& username) {
  if (username.empty()) return std::nullopt;
  auto user = call.realm.registrations.find_user(username).value_or(User{.sub = username});
  const auto text = call.form.one("claims").value_or("");
  if (text.empty()) return user;
  auto claims = mimir::codec::Json::parse(text);
  if (!claims || !claims->is_object()) return std::nullopt;
  user.claims = std::move(*claims);
  return user;
}

// Who has no password in the realm signs in by any but one, so that a test can show what a wrong one does.
bool is_password_of(const User& user, const std::string& password) {
  if (user.password.empty()) return !password.empty() && password != "wrong";
  return mimir::codec::constant_time_equal(user.password, password);
}

// RFC 9700 §2.4 forbids clients to see passwords; here only the provider's own page does.
Outcome sign_in_by_password(Call& call, Interaction interaction) {
  const auto username = value_of(call.form, "username").value_or("").substr(0, 200);
  const auto guesser = "login page " + username;
  if (call.realm.guesses.wait(guesser, call.now)) {
    return login_page(call, interaction, 429, page_words(call, "login.too_often"), username);
  }
  const bool takes_any = call.realm.options.takes_any_user;
  const auto user = takes_any ? anybody(call, username) : call.realm.registrations.find_user(username);
  const bool is_right = user && (takes_any || is_password_of(*user, call.form.one("password").value_or("")));
  if (!is_right) {
    call.realm.guesses.failed(guesser, call.now);
    call.exchange.reason = takes_any ? "no user name, or claims that are no JSON object" : "user name or password is wrong";
    return login_page(call, interaction, 200, page_words(call, takes_any ? "login.no_object" : "login.wrong"), username);
  }
  auto session = interaction.authorization && !interaction.authorization->refusal ? sign_in_as(call, interaction.authorization->request, *user)
                                                                                 : start_session(call, *user);
  if (!session) return refuse_finished(call, interaction, session.error());
  interaction.session = std::move(*session);
  call.realm.interactions.put(interaction);
  return show_next(call, interaction);
}

Outcome cancel_page(Call& call, const Interaction& interaction) {
  if (interaction.authorization) return refuse_finished(call, interaction, {Condition::UserDenied, {}, {}, {}, {}});
  if (!finish_page(call, interaction)) return expired_page(call);
  return message_page(call, 200, page_words(call, interaction.kind == Interaction::Kind::Device ? "device.denied" : "logout.stayed"),
                      page_words(call, "close"));
}

Outcome decide_device(Call& call, const Interaction& interaction, UserDecision decision) {
  if (!finish_page(call, interaction)) return expired_page(call);
  if (!call.realm.devices.decide(interaction.user_code, decision, interaction.session->user, call.now)) {
    return message_page(call, 400, page_words(call, "device.title"), page_words(call, "device.wrong"));
  }
  return message_page(call, 200, page_words(call, decision == UserDecision::Approve ? "device.done" : "device.denied"), page_words(call, "device.back"));
}

std::vector<std::string> ticked_scopes(const Call& call) {
  std::vector<std::string> all;
  for (const auto& [name, value] : call.form.pairs()) {
    if (name == "scope") all.push_back(value);
  }
  return all;
}

Outcome approve_page(Call& call, const Interaction& interaction) {
  if (interaction.kind == Interaction::Kind::Device) return decide_device(call, interaction, UserDecision::Approve);
  const auto& pending = *interaction.authorization;
  auto scopes = pending.request.scopes;
  if (call.profile().flag("scope.partial")) {
    const auto ticked = ticked_scopes(call);
    std::erase_if(scopes, [&](const auto& scope) { return !contains(ticked, scope); });
  }
  call.realm.sessions.allow(interaction.session->user.sub, pending.request.client.client_id, scopes);
  return grant_and_leave(call, interaction, scopes);
}

Outcome leave_signed_out(Call& call, const Interaction& interaction, bool signs_out) {
  if (!finish_page(call, interaction)) return expired_page(call);
  if (!signs_out) return message_page(call, 200, page_words(call, "logout.stayed"), page_words(call, "close"));
  end_session_of(call, *interaction.session);
  if (interaction.post_logout_redirect_uri.empty()) return message_page(call, 200, page_words(call, "logout.done"), page_words(call, "close"));
  Parameters answer;
  if (interaction.state) answer.add("state", *interaction.state);
  return redirect_answer(interaction.post_logout_redirect_uri, answer);
}

Outcome act_on(Call& call, const Interaction& interaction, const std::string& action) {
  using enum Interaction::Kind;
  const bool asks_consent = interaction.session && (interaction.kind == Device || (interaction.kind == Authorization && !interaction.authorization->refusal));
  if (action == "sign_in" && !interaction.session) return sign_in_by_password(call, interaction);
  if (action == "cancel") return cancel_page(call, interaction);
  if (action == "approve" && asks_consent) return approve_page(call, interaction);
  if (action == "deny" && asks_consent) {
    return interaction.kind == Device ? decide_device(call, interaction, UserDecision::Deny) : cancel_page(call, interaction);
  }
  if (action == "other_account" && asks_consent) {
    Interaction anew = interaction;
    anew.session.reset();
    call.realm.interactions.put(anew);
    return show_next(call, anew);
  }
  const bool asks_logout = interaction.kind == Logout && interaction.session;
  if ((action == "sign_out" || action == "stay") && asks_logout) return leave_signed_out(call, interaction, action == "sign_out");
  return show_next(call, interaction);
}

// `scope` is a list of boxes; nothing else may come twice.
Checked<void> refuse_repeated_fields(const Call& call) {
  auto fields = call.form;
  fields.remove("scope");
  return refuse_repeated(fields);
}

}  // namespace

bool asks_by_form(const RealmState& realm) {
  return realm.options.login_by_form.value_or(realm.profile().text("login.mode") == "form");
}

std::string browser_cookie(const HttpRequest& request) { return cookie_of(request, kBrowserCookie); }

Outcome begin_interaction(Call& call, Interaction interaction) {
  auto browser = browser_cookie(call.request);
  if (browser.size() != kBrowserBytes) {
    auto made = mint(call);
    if (!made) return tl::unexpected(made.error());
    browser = std::move(*made);
    call.answer_headers.emplace_back("Set-Cookie", set_cookie(call.realm.options, kBrowserCookie, browser));
  }
  auto id = mint(call);
  if (!id) return tl::unexpected(id.error());
  interaction.id = std::move(*id);
  interaction.browser = std::move(browser);
  interaction.expires_at = call.now + Interactions::kLife;
  call.realm.interactions.put(interaction);
  return show_next(call, interaction);
}

Outcome ask_person(Call& call, PendingAuthorization pending) {
  Interaction interaction{.kind = Interaction::Kind::Authorization};
  if (!pending.refusal) interaction.session = usable_session(call, pending.request);
  interaction.authorization = std::make_shared<const PendingAuthorization>(std::move(pending));
  return begin_interaction(call, std::move(interaction));
}

Outcome continue_interaction(Call& call) {
  if (auto checked = refuse_repeated_fields(call); !checked) return tl::unexpected(checked.error());
  auto found = call.realm.interactions.find(value_of(call.form, "interaction").value_or(""), browser_cookie(call.request), call.now);
  if (!found) return expired_page(call);
  // Signed out elsewhere in the meantime.
  if (found->session && !call.realm.sessions.find(found->session->id, call.now)) found->session.reset();
  if (found->authorization) {
    call.redirect = found->authorization->redirect;
    call.exchange.client_id = found->authorization->request.client.client_id;
  }
  return act_on(call, *found, value_of(call.form, "action").value_or(""));
}

}  // namespace mockoauth::server
