// What the pages say unless a profile words it otherwise (knob `pages.words`).
#include "protocol/page.hpp"

namespace mockoauth::server {

const std::vector<std::pair<std::string_view, std::string_view>>& usual_page_words() {
  static const std::vector<std::pair<std::string_view, std::string_view>> all = {
      {"login.title", "Sign in to {provider}"},
      {"login.for", "to go on to {client}"},
      {"login.username", "User name or e-mail"},
      {"login.password", "Password"},
      {"login.claims", "More claims, as JSON (may be empty)"},
      {"login.no_object", "Give a user name, and claims as a JSON object or none."},
      {"login.submit", "Sign in"},
      {"login.cancel", "Cancel"},
      {"login.wrong", "Wrong user name or password."},
      {"login.too_often", "Too many wrong passwords. Wait a little."},
      {"login.nobody", "Somebody has to sign in here before anything goes back to the application."},
      {"consent.title", "Allow {client} to use your account?"},
      {"consent.as", "Signed in as {user}."},
      {"consent.asks", "{client} would like to:"},
      {"consent.nothing", "{client} asks for no more than to know that you are there."},
      {"consent.allow", "Allow"},
      {"consent.deny", "Deny"},
      {"consent.other", "Use another account"},
      {"device.title", "Connect a device"},
      {"device.code", "Code shown on your device"},
      {"device.next", "Continue"},
      {"device.wrong", "This code is wrong, has expired or was used."},
      {"device.compare", "Does your device show this code? If not, deny."},
      {"device.done", "Device connected"},
      {"device.denied", "Device not connected"},
      {"device.back", "You can close this page and go back to your device."},
      {"logout.title", "Sign out of {provider}?"},
      {"logout.yes", "Sign out"},
      {"logout.no", "Stay signed in"},
      {"logout.done", "Signed out"},
      {"logout.stayed", "Still signed in"},
      {"logout.unasked", "The person did not confirm that they want to sign out."},
      {"logout.broken", "This sign-out link does not work"},
      {"error.title", "This sign-in link does not work"},
      {"expired.title", "This page has expired"},
      {"expired.text", "Go back to the application and begin again."},
      {"close", "You can close this page."},
      {"footer", "A mock server for tests. Never type a real password here."},
  };
  return all;
}

}  // namespace mockoauth::server
