// The page where a person types the code that a device shows, RFC 8628 §3.3. Nothing is approved by opening an address:
// the code has to be confirmed (§3.3.1, §5.4).
#include "pages/forms.hpp"
#include "protocol/answers.hpp"
#include "protocol/device_logins.hpp"
#include "protocol/endpoint.hpp"
#include "protocol/error_writer.hpp"
#include "protocol/registrations.hpp"
#include "protocol/text.hpp"

namespace mockoauth::server {
namespace {

constexpr const char* kGuesser = "device user code";  // One limit for the realm: a page knows no client to count by.

std::string form(const std::string& inner) {
  return "<form method=\"post\">" + inner + "</form>";
}

HttpResponse ask_for_code(const Call& call, int status, const std::string& prefilled, const std::string& note) {
  return provider_page(call, status, page_words(call, "device.title"),
                       alert_html(note) + form("<label>" + page_html(call, "device.code") + "<input name=\"user_code\" autocomplete=\"off\" "
                                               "autocapitalize=\"characters\" spellcheck=\"false\" required autofocus value=\"" +
                                               escape_html(prefilled) + "\"></label><p class=\"actions\"><button class=\"main\">" +
                                               page_html(call, "device.next") + "</button></p>"));
}

// The person of the realm is signed in already.
HttpResponse ask_to_confirm(const Call& call, const DeviceLogin& login) {
  const PageValues values{{"client", client_name(call, login.client_id)}, {"user", call.realm.registrations.person().user.name}};
  std::string scopes;
  for (const auto& scope : login.scopes) scopes += "<li><span class=\"scope\">" + escape_html(scope_sentence(call, scope)) + "</span></li>";
  return provider_page(call, 200, page_words(call, "device.title"),
                       "<p>" + page_html(call, "consent.as", values) + "</p><p>" + page_html(call, "device.compare") + "</p><p class=\"code\">" +
                           escape_html(login.user_code) + "</p><p>" + page_html(call, "consent.asks", values) + "</p><ul>" + scopes + "</ul>" +
                           form(hidden_field("user_code", login.user_code) + "<p class=\"actions\">" +
                                action_button("approve", page_words(call, "consent.allow"), true) +
                                action_button("deny", page_words(call, "consent.deny")) + "</p>"));
}

Outcome verification(Call& call) {
  const bool is_post = call.request.method == "POST";
  const auto& parameters = is_post ? call.form : call.query;
  if (auto checked = refuse_repeated(parameters); !checked) return tl::unexpected(checked.error());
  const auto typed = value_of(parameters, "user_code").value_or("");
  if (!is_post || typed.empty()) return ask_for_code(call, 200, typed.substr(0, 64), "");

  // §5.1: user codes are short, so guessing is slowed.
  if (const auto wait = call.realm.guesses.wait(kGuesser, call.now)) {
    Refusal refusal{Condition::RateLimited, "too many wrong user codes were typed", "RFC 8628 §5.1"};
    refusal.wait = wait;
    return tl::unexpected(std::move(refusal));
  }
  const auto login = call.realm.devices.find_by_user_code(typed, call.now);
  if (!login) {
    call.realm.guesses.failed(kGuesser, call.now);
    call.exchange.reason = "the user code is wrong, expired or was used";
    return ask_for_code(call, 400, "", page_words(call, "device.wrong"));
  }
  call.exchange.client_id = login->client_id;
  if (asks_by_form(call.realm)) {
    Interaction interaction{.kind = Interaction::Kind::Device, .user_code = login->user_code};
    interaction.session = call.realm.sessions.find(session_cookie(call.request), call.now);
    return begin_interaction(call, std::move(interaction));
  }
  const auto action = value_of(parameters, "action");
  if (action != "approve" && action != "deny") return ask_to_confirm(call, *login);
  const auto decision = action == "approve" ? UserDecision::Approve : UserDecision::Deny;
  if (!call.realm.devices.decide(typed, decision, call.realm.registrations.person().user, call.now)) {
    return ask_for_code(call, 400, "", page_words(call, "device.wrong"));
  }
  return message_page(call, 200, page_words(call, decision == UserDecision::Approve ? "device.done" : "device.denied"), page_words(call, "device.back"));
}

HttpResponse refuse_on_page(Call& call, const Refusal& refusal) {
  const auto wire = word(call.profile(), refusal);
  note(call, refusal, wire);
  auto response = message_page(call, wire.status, page_words(call, "device.title"), wire.description);
  if (refusal.wait) response.set_header("Retry-After", std::to_string(refusal.wait->count()));
  return response;
}

bool is_served(const Profile& profile) {
  return profile.text("kind") == "oauth" && profile.text("device.style") != "none";
}

}  // namespace

void register_device_verification(Endpoints& endpoints) {
  endpoints.add({.name = "device_verification",
                 .path = "/device",
                 .methods = {"GET", "POST"},
                 .handle = verification,
                 .refuse = refuse_on_page,
                 .served = is_served});
}

}  // namespace mockoauth::server
