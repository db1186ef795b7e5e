// Signing out at the provider, OpenID Connect RP-Initiated Logout 1.0.
#include "pages/flow.hpp"
#include "protocol/account_events.hpp"
#include "protocol/answers.hpp"
#include "protocol/endpoint.hpp"
#include "protocol/error_writer.hpp"
#include "protocol/id_token.hpp"
#include "protocol/page.hpp"
#include "protocol/sessions.hpp"
#include "protocol/text.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;
using mimir::codec::Parameters;

/// Who asks for it, as far as the request shows.
struct Asker {
  std::string client_id = {};
  std::string hinted_sub = {};
};

Checked<Asker> find_asker(Call& call, const Parameters& parameters) {
  Asker asker{value_of(parameters, "client_id").value_or(""), {}};
  if (const auto hint = value_of(parameters, "id_token_hint")) {
    const auto claims = read_id_token_hint(call, *hint);  // §4: even one that has expired.
    if (!claims) return tl::unexpected(claims.error());
    const auto audience = claims->string_at("aud").value_or("");
    if (!asker.client_id.empty() && asker.client_id != audience) {
      return refuse(Condition::ParamInvalid, "client_id is not the audience of id_token_hint",
                    "OIDC RP-Initiated Logout §2");
    }
    asker = {audience, claims->string_at("sub").value_or("")};
  }
  call.exchange.client_id = asker.client_id;
  return asker;
}

Checked<void> check_target_of_logout(Call& call, const Asker& asker, const std::string& uri) {
  if (asker.client_id.empty()) {
    return refuse(Condition::ParamMissing, "post_logout_redirect_uri came without id_token_hint or client_id",
                  "OIDC RP-Initiated Logout §3");
  }
  const auto client = call.realm.registrations.find_client(asker.client_id);
  if (!client) return refuse(Condition::ClientUnknown, "the client_id is not registered");
  if (!contains(client->post_logout_redirect_uris, uri)) {
    return refuse(Condition::RedirectMismatch, "post_logout_redirect_uri is not registered for this client",
                  "OIDC RP-Initiated Logout §3");
  }
  return {};
}

Outcome end_session(Call& call) {
  const auto& parameters = call.exchange.parameters;
  if (auto checked = refuse_repeated(parameters); !checked) return tl::unexpected(checked.error());
  const auto asker = find_asker(call, parameters);
  if (!asker) return tl::unexpected(asker.error());
  const auto uri = value_of(parameters, "post_logout_redirect_uri");
  if (uri) {
    if (auto checked = check_target_of_logout(call, *asker, *uri); !checked) return tl::unexpected(checked.error());
  }
  const auto session = call.realm.sessions.find(session_cookie(call.request), call.now);
  // §2: without a hint that fits the user must be asked. The person of the realm answers at once.
  const bool must_ask = session && asker->hinted_sub != session->user.sub;
  if (must_ask && asks_by_form(call.realm)) {
    Interaction interaction{.kind = Interaction::Kind::Logout, .post_logout_redirect_uri = uri.value_or(""), .state = parameters.one("state")};
    interaction.session = session;
    return begin_interaction(call, std::move(interaction));
  }
  if (must_ask && call.realm.registrations.person().decision != UserDecision::Approve) {
    return message_page(call, 200, page_words(call, "logout.stayed"), page_words(call, "logout.unasked"));
  }
  if (session) end_session_of(call, *session);
  if (!uri) return message_page(call, 200, page_words(call, "logout.done"), page_words(call, "close"));
  Parameters answer;
  if (const auto state = parameters.one("state")) answer.add("state", *state);
  return redirect_answer(*uri, answer);
}

// §4: an error is shown; nothing is sent anywhere.
HttpResponse refuse_logout(Call& call, const Refusal& refusal) {
  const auto wire = word(call.profile(), refusal);
  note(call, refusal, wire);
  return message_page(call, wire.status_is_mapped ? wire.status : 400, page_words(call, "logout.broken"), wire.description,
                      wire.code + " - " + call.exchange.clause);
}

bool is_served(const Profile& profile) {
  return profile.text("kind") == "oauth" &&
         (profile.lists("extensions", "end_session") || profile.knob("endpoints").find("end_session") != nullptr);
}

}  // namespace

void register_end_session(Endpoints& endpoints) {
  endpoints.add({.name = "end_session",
                 .member = "end_session_endpoint",
                 .role = "end_session",
                 .path = "/end-session",
                 .methods = {"GET", "POST"},
                 .handle = end_session,
                 .refuse = refuse_logout,
                 .served = is_served});
}

}  // namespace mockoauth::server
