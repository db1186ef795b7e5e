#include "pages/forms.hpp"

#include "protocol/answers.hpp"
#include "protocol/registrations.hpp"

namespace mockoauth::server {
namespace {

std::string name_of_client(const Call& call, const ClientRegistration& client) {
  (void)call;
  return client.metadata.string_at("client_name").value_or(client.client_id);
}

std::string client_of_page(const Call& call, const Interaction& interaction) {
  if (interaction.authorization) return name_of_client(call, interaction.authorization->request.client);
  const auto device = call.realm.devices.find_by_user_code(interaction.user_code, call.now);
  return device ? client_name(call, device->client_id) : std::string();
}

std::string interaction_form(const Call& call, const Interaction& interaction, const std::string& inner) {
  return "<form method=\"post\" action=\"" + escape_html(call.realm.url_of("interaction")) + "\">" +
         hidden_field("interaction", interaction.id) + inner + "</form>";
}

std::string button_row(const std::string& buttons) { return "<p class=\"actions\">" + buttons + "</p>"; }

std::string other_account_html(const Call& call) {
  return "<p><button class=\"link\" name=\"action\" value=\"other_account\">" + page_html(call, "consent.other") + "</button></p>";
}

std::string signed_in_as(const Call& call, const Interaction& interaction) {
  const auto& user = interaction.session->user;
  const auto name = user.name.empty() ? user.sub : user.name;
  return "<p>" + page_html(call, "consent.as", {{"user", user.email.empty() ? name : name + " (" + user.email + ")"}}) + "</p>";
}

PageLeads leads_of(const Interaction& interaction) {
  const bool leaves = interaction.authorization != nullptr || !interaction.post_logout_redirect_uri.empty();
  return leaves ? PageLeads::ToClient : PageLeads::Nowhere;
}

// A box to untick where the provider lets people choose (knob `scope.partial`), else a line.
std::string scope_item(const Call& call, const std::string& scope, bool is_choice) {
  const auto sentence = scope_sentence(call, scope);
  std::string text = escape_html(sentence);
  if (sentence != scope) text += "<small>" + escape_html(scope) + "</small>";
  if (!is_choice) return "<li><span class=\"scope\"><span>" + text + "</span></span></li>";
  return "<li><label class=\"scope\"><input type=\"checkbox\" name=\"scope\" value=\"" + escape_html(scope) + "\" checked><span>" + text +
         "</span></label></li>";
}

std::string scope_list(const Call& call, const std::vector<std::string>& scopes, bool is_choice) {
  std::string items;
  for (const auto& scope : scopes) items += scope_item(call, scope, is_choice);
  return "<ul>" + items + "</ul>";
}

}  // namespace

std::string client_name(const Call& call, const std::string& client_id) {
  const auto client = call.realm.registrations.find_client(client_id);
  return client ? name_of_client(call, *client) : client_id;
}

HttpResponse login_page(const Call& call, const Interaction& interaction, int status, std::string_view alert, std::string_view username) {
  const auto client = client_of_page(call, interaction);
  std::string inner;
  if (!client.empty()) inner = "<p>" + page_html(call, "login.for", {{"client", client}}) + "</p>";
  inner += alert_html(alert);
  const std::string at_name = username.empty() ? " autofocus" : "";
  const std::string at_password = username.empty() ? "" : " autofocus";
  const bool takes_any = call.realm.options.takes_any_user;
  const std::string second = takes_any ? "<label>" + page_html(call, "login.claims") + "<textarea name=\"claims\" rows=\"4\" spellcheck=\"false\"></textarea></label>"
                                       : "<label>" + page_html(call, "login.password") + "<input name=\"password\" type=\"password\" autocomplete=\"current-password\" required" + at_password + "></label>";
  inner += interaction_form(call, interaction,
                "<label>" + page_html(call, "login.username") + "<input name=\"username\" autocomplete=\"username\" autocapitalize=\"none\" "
                "spellcheck=\"false\" required" + at_name + " value=\"" + escape_html(username) + "\"></label>" + second +
                button_row(action_button("sign_in", page_words(call, "login.submit"), true) +
                        "<button name=\"action\" value=\"cancel\" formnovalidate>" + page_html(call, "login.cancel") + "</button>"));
  return provider_page(call, status, page_words(call, "login.title"), inner, leads_of(interaction));
}

HttpResponse consent_page(const Call& call, const Interaction& interaction) {
  const PageValues values{{"client", client_of_page(call, interaction)}};
  const auto& scopes = interaction.authorization->request.scopes;
  const bool is_choice = call.profile().flag("scope.partial");
  const auto asks = page_html(call, scopes.empty() ? "consent.nothing" : "consent.asks", values);
  return provider_page(call, 200, page_words(call, "consent.title", values),
                       signed_in_as(call, interaction) + "<p>" + asks + "</p>" +
                           interaction_form(call, interaction,
                                scope_list(call, scopes, is_choice) +
                                    button_row(action_button("approve", page_words(call, "consent.allow"), true) +
                                            action_button("deny", page_words(call, "consent.deny"))) +
                                    other_account_html(call)),
                       leads_of(interaction));
}

HttpResponse device_page(const Call& call, const Interaction& interaction) {
  const auto device = call.realm.devices.find_by_user_code(interaction.user_code, call.now);
  const PageValues values{{"client", client_of_page(call, interaction)}};
  std::string inner = signed_in_as(call, interaction) + "<p>" + page_html(call, "device.compare") + "</p><p class=\"code\">" +
                      escape_html(device ? device->user_code : interaction.user_code) + "</p><p>" + page_html(call, "consent.asks", values) + "</p>";
  if (device) inner += scope_list(call, device->scopes, false);
  inner += interaction_form(call, interaction,
                button_row(action_button("approve", page_words(call, "consent.allow"), true) +
                        action_button("deny", page_words(call, "consent.deny"))) +
                    other_account_html(call));
  return provider_page(call, 200, page_words(call, "device.title"), inner);
}

HttpResponse logout_page(const Call& call, const Interaction& interaction) {
  return provider_page(call, 200, page_words(call, "logout.title"),
                       signed_in_as(call, interaction) + interaction_form(call, interaction,
                                                              button_row(action_button("sign_out", page_words(call, "logout.yes"), true) +
                                                                      action_button("stay", page_words(call, "logout.no")))),
                       leads_of(interaction));
}

}  // namespace mockoauth::server
