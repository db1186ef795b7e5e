// The page where a person types the code that a device shows, RFC 8628 §3.3. Nothing is approved by opening an address:
// the code has to be confirmed (§3.3.1, §5.4).
#include "protocol/answers.hpp"
#include "protocol/device_logins.hpp"
#include "protocol/endpoint.hpp"
#include "protocol/error_writer.hpp"
#include "protocol/text.hpp"

namespace mockoauth::server {
namespace {

constexpr const char* kGuesser = "device user code";  // One limit for the realm: a page knows no client to count by.

std::string form(const std::string& inner) {
  return "<form method=\"post\">" + inner + "</form>";
}

HttpResponse ask_for_code(int status, const std::string& prefilled, const std::string& note) {
  return html_answer(status, "Connect a device",
                     (note.empty() ? std::string() : "<p role=\"alert\">" + escape_html(note) + "</p>") +
                     form("<label>Code shown on your device <input name=\"user_code\" autocomplete=\"off\" autofocus "
                          "value=\"" + escape_html(prefilled) + "\"></label> <button>Continue</button>"));
}

HttpResponse ask_to_confirm(const Call& call, const DeviceLogin& login) {
  const auto client = call.realm.registrations.find_client(login.client_id);
  const auto name = client ? client->metadata.string_at("client_name").value_or(login.client_id) : login.client_id;
  return html_answer(200, "Connect a device",
                     "<p>Signed in as " + escape_html(call.realm.registrations.person().user.name) + ". The device "
                     "shows <strong>" + escape_html(login.user_code) + "</strong>? If not, deny.</p><p>" +
                     escape_html(name) + " asks for: " + escape_html(join(login.scopes, ", ")) + "</p>" +
                     form("<input type=\"hidden\" name=\"user_code\" value=\"" + escape_html(login.user_code) +
                          "\"><button name=\"action\" value=\"approve\">Approve</button> "
                          "<button name=\"action\" value=\"deny\">Deny</button>"));
}

Outcome verification(Call& call) {
  const bool is_post = call.request.method == "POST";
  const auto& parameters = is_post ? call.form : call.query;
  if (auto checked = refuse_repeated(parameters); !checked) return tl::unexpected(checked.error());
  const auto typed = value_of(parameters, "user_code").value_or("");
  if (!is_post || typed.empty()) return ask_for_code(200, typed.substr(0, 64), "");

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
    return ask_for_code(400, "", "This code is wrong, has expired or was used.");
  }
  call.exchange.client_id = login->client_id;
  const auto action = value_of(parameters, "action");
  if (action != "approve" && action != "deny") return ask_to_confirm(call, *login);
  const auto decision = action == "approve" ? UserDecision::Approve : UserDecision::Deny;
  if (!call.realm.devices.decide(typed, decision, call.realm.registrations.person().user, call.now)) {
    return ask_for_code(400, "", "This code was used just now.");
  }
  return html_answer(200, decision == UserDecision::Approve ? "Device connected" : "Device not connected",
                     "<p>You can close this page and go back to your device.</p>");
}

HttpResponse refuse_on_page(Call& call, const Refusal& refusal) {
  const auto wire = word(call.profile(), refusal);
  note(call, refusal, wire);
  auto response = html_answer(wire.status, "Connect a device", "<p>" + escape_html(wire.description) + "</p>");
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
