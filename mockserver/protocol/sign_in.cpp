#include "protocol/sign_in.hpp"

#include <algorithm>

#include "protocol/claims_request.hpp"
#include "protocol/issue.hpp"
#include "protocol/page.hpp"
#include "protocol/person_answer.hpp"
#include "protocol/redirect_uri.hpp"
#include "protocol/registrations.hpp"
#include "protocol/text.hpp"

namespace mockoauth::server {
namespace {

/// How strongly the user is to be signed in.
struct WantedStrength {
  std::vector<std::string> acr = {};  ///< One of these, the first the best; empty: any.
  bool required = false;
};

WantedStrength wanted_strength(const Call& call, const AuthorizationRequest& request) {
  auto values = wanted_values(request.claims, "id_token", "acr");
  if (!values.empty()) return {std::move(values), is_essential(request.claims, "id_token", "acr")};
  // OIDC Core §3.1.2.1 has acr_values as a wish; who speaks step-up takes it as required (RFC 9470 §5).
  return {request.acr_values, !request.acr_values.empty() && call.realm.offers("step_up")};
}

// OIDC Core §3.1.2.2: the only user the answer may be about.
std::vector<std::string> demanded_subjects(const AuthorizationRequest& request) {
  if (!request.hinted_sub.empty()) return {request.hinted_sub};
  return wanted_values(request.claims, "id_token", "sub");
}

/// @returns why the session is not good enough; empty: it is.
std::string what_is_wrong(const Call& call, const AuthorizationRequest& request, const UserSession& session) {
  if (contains(request.prompt, "login")) return "the request asks for a new sign-in";
  if (request.max_age && session.auth_time + *request.max_age < call.now) {
    return "the sign-in is older than max_age";
  }
  const auto strength = wanted_strength(call, request);
  if (strength.required && !contains(strength.acr, session.acr)) return "the sign-in is weaker than what is asked for";
  const auto subjects = demanded_subjects(request);
  if (!subjects.empty() && !contains(subjects, session.user.sub)) return "another user is signed in";
  return {};
}

Checked<AuthenticationContext> choose_context(const Call& call, const WantedStrength& wanted, const User& user) {
  std::vector<AuthenticationContext> reachable;
  for (const auto& context : call.realm.options.authentication_contexts) {
    reachable.push_back(context);
    if (context.acr == user.strongest_acr) break;
  }
  for (const auto& acr : wanted.acr) {
    const auto found = std::find_if(reachable.begin(), reachable.end(), [&](const auto& c) { return c.acr == acr; });
    if (found != reachable.end()) return *found;
  }
  if (wanted.required) {
    return refuse(Condition::AuthenticationUnmet, "the user cannot sign in by any of " + join(wanted.acr, " "));
  }
  return reachable.empty() ? AuthenticationContext{} : reachable.front();
}

Checked<UserSession> new_session(Call& call, const User& user, const AuthenticationContext& context) {
  auto id = mint(call);
  if (!id) return tl::unexpected(id.error());
  UserSession session{*id, user, call.now, context.acr, context.amr};
  call.realm.sessions.end(session_cookie(call.request));  // A session id does not outlive the sign-in it came from.
  call.realm.sessions.put(session);
  call.answer_headers.emplace_back("Set-Cookie", set_session_cookie(call.realm.options, session.id));
  return session;
}

// A native app's identity is not assured by its client_id alone (RFC 8252 §8.6).
bool is_assured(const Call& call, const AuthorizationRequest& request) {
  return !is_public(request.client) || redirect_kind(call.profile(), request.redirect_uri) == "https";
}

bool has_consent(Call& call, const AuthorizationRequest& request, const std::string& sub) {
  const auto& client_id = request.client.client_id;
  // The store forgets a consent that was withdrawn.
  return call.realm.store.open()->has_consented(sub, client_id) &&
         call.realm.sessions.has_allowed(sub, client_id, request.scopes);
}

}  // namespace

std::optional<UserSession> usable_session(Call& call, const AuthorizationRequest& request) {
  auto session = call.realm.sessions.find(session_cookie(call.request), call.now);
  if (!session || contains(request.prompt, "select_account") || !what_is_wrong(call, request, *session).empty()) return std::nullopt;
  return session;
}

Checked<UserSession> sign_in_as(Call& call, const AuthorizationRequest& request, const User& user) {
  const auto context = choose_context(call, wanted_strength(call, request), user);
  if (!context) return tl::unexpected(context.error());
  auto fresh = new_session(call, user, *context);
  if (!fresh) return fresh;
  const auto subjects = demanded_subjects(request);
  if (!subjects.empty() && !contains(subjects, user.sub)) {
    return refuse(Condition::LoginRequired, "another user signed in than the one asked for", "OIDC Core §3.1.2.2");
  }
  return fresh;
}

Checked<UserSession> start_session(Call& call, const User& user) {
  const auto& contexts = call.realm.options.authentication_contexts;
  return new_session(call, user, contexts.empty() ? AuthenticationContext{} : contexts.front());
}

bool needs_consent(Call& call, const AuthorizationRequest& request, const std::string& sub) {
  return contains(request.prompt, "consent") || !is_assured(call, request) || !has_consent(call, request, sub);
}

Checked<SignIn> sign_in(Call& call, const AuthorizationRequest& request) {
  const auto person = person_at(call, value_of(request.parameters, "login_hint").value_or(""));
  const auto session = call.realm.sessions.find(session_cookie(call.request), call.now);
  const auto wrong = session ? what_is_wrong(call, request, *session) : "nobody is signed in";
  if (is_silent(request)) {
    if (!wrong.empty()) return refuse(Condition::LoginRequired, wrong);
    return SignIn{*session};
  }
  if (wrong.empty() && session->user.sub == person.user.sub) {
    const bool picks = contains(request.prompt, "select_account");
    return SignIn{*session, picks && person.decision == UserDecision::Abandon};
  }
  if (person.decision == UserDecision::Abandon) return SignIn{{}, true};
  auto fresh = sign_in_as(call, request, person.user);
  if (!fresh) return tl::unexpected(fresh.error());
  return SignIn{std::move(*fresh)};
}

Checked<std::vector<std::string>> ask_consent(Call& call, const AuthorizationRequest& request, SignIn& signed_in) {
  const auto& user = signed_in.session.user;
  if (!user.entitled) return refuse(Condition::NotEntitled, "the user " + user.sub + " may not use this client");
  const bool needed = needs_consent(call, request, user.sub);
  if (is_silent(request)) {
    if (needed) return refuse(Condition::ConsentRequired);
    return request.scopes;
  }
  const auto person = person_at(call);
  if (person.decision == UserDecision::Deny) return refuse(Condition::UserDenied);
  if (!needed) return request.scopes;
  if (person.decision == UserDecision::Abandon) {
    signed_in.abandoned = true;
    return std::vector<std::string>();
  }
  auto granted = request.scopes;
  if (person.allowed_scopes && call.profile().flag("scope.partial")) {
    std::erase_if(granted, [&](const auto& scope) { return !contains(*person.allowed_scopes, scope); });
  }
  call.realm.sessions.allow(user.sub, request.client.client_id, granted);
  return granted;
}

bool somebody_signs_in(Call& call) {
  if (call.realm.sessions.find(session_cookie(call.request), call.now)) return true;
  const bool just_now = std::any_of(call.answer_headers.begin(), call.answer_headers.end(),
                                    [](const auto& header) { return header.first == "Set-Cookie"; });
  if (just_now) return true;
  const auto person = person_at(call);
  if (person.decision == UserDecision::Abandon) return false;
  (void)start_session(call, person.user);
  return true;
}

HttpResponse sign_in_page(const Call& call) {
  return message_page(call, 200, page_words(call, "login.title"), page_words(call, "login.nobody"), "The person of this realm does nothing.");
}

}  // namespace mockoauth::server
