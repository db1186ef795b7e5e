#include "protocol/response_mode.hpp"

#include <chrono>

#include <mimir/codec/base64url.hpp>
#include <mimir/codec/digest.hpp>

#include "protocol/answers.hpp"
#include "protocol/redirect_uri.hpp"
#include "protocol/sign_jwt.hpp"
#include "protocol/strike.hpp"
#include "protocol/text.hpp"
#include "protocol/token_response.hpp"

namespace mockoauth::server {

using mimir::codec::Json;
using mimir::codec::Parameters;

namespace {

constexpr std::string_view kSubmit = "document.forms[0].submit()";
constexpr std::chrono::minutes kJwtLife{10};  // JARM §2.1 recommends at most ten.

bool holds_tokens(const Parameters& parameters) {
  const auto type = " " + parameters.first("response_type").value_or("") + " ";
  return type.find(" token ") != std::string::npos || type.find(" id_token ") != std::string::npos;
}

// Form Post Response Mode §2, and a button for browsers without scripts. No form-action: browsers hold it against the
// redirects of the client's own page, too.
HttpResponse form_post_answer(const std::string& uri, const Parameters& answer) {
  std::string form = "<form method=\"post\" action=\"" + escape_html(uri) + "\">";
  for (const auto& [name, value] : answer.pairs()) {
    form += "<input type=\"hidden\" name=\"" + escape_html(name) + "\" value=\"" + escape_html(value) + "\">";
  }
  form += "<button>Continue</button></form><script>" + std::string(kSubmit) + "</script>";
  auto response = html_answer(200, "Back to the application", form);
  response.set_header("Content-Security-Policy", "default-src 'none'; script-src 'sha256-" +
                      mimir::codec::base64_encode(mimir::codec::sha256(kSubmit)) + "'; frame-ancestors 'none'");
  return response;
}

// What the person carries over by hand, in the form of the knob `authorize.manual_code`.
HttpResponse copy_page(const std::string& form, const std::string& uri, const Parameters& answer) {
  const auto code = answer.one("code").value_or("");
  std::string text = code;
  if (form == "code#state") text += "#" + answer.one("state").value_or("");
  if (form == "url") text = redirect_answer(uri, answer).header("Location").value_or("");
  return html_answer(200, "Copy this code into the application",
                     "<p><code id=\"code\">" + escape_html(text) + "</code></p>");
}

// JARM §2.1
Checked<std::string> sign_answer(Call& call, const Parameters& answer) {
  Json claims = Json::object({{"iss", Json(call.realm.issuer)},
                              {"aud", Json(call.redirect->client_id)},
                              {"exp", Json(unix_seconds(call.now + kJwtLife))}});
  for (const auto& [name, value] : answer.pairs()) claims.set(name, Json(value));
  const auto client = call.realm.registrations.find_client(call.redirect->client_id);
  const auto secret = client ? client->client_secret : std::string();
  auto jwt = sign_jwt(call, "response", std::move(claims), call.profile().text("id_token.alg"), "JWT", secret);
  if (!jwt) return refuse(Condition::ServerError, "the response could not be signed: " + jwt.error().message);
  return *jwt;
}

}  // namespace

std::vector<std::string> offered_response_modes(const RealmState& realm) {
  auto modes = realm.profile().list("authorize.response_modes");
  std::erase(modes, "page");
  if (!realm.offers("jarm")) return modes;
  for (const auto& mode : realm.profile().list("authorize.response_modes")) {
    if (mode != "page") modes.push_back(mode + ".jwt");
  }
  modes.emplace_back("jwt");
  return modes;
}

Checked<ResponseMode> read_response_mode(const RealmState& realm, const Parameters& parameters) {
  const std::string usual = holds_tokens(parameters) ? "fragment" : "query";
  const auto asked = value_of(parameters, "response_mode");
  if (!asked) return ResponseMode{usual, false};
  // No standard's: what comes back is for a person to copy.
  if (*asked == "page" && realm.profile().lists("authorize.response_modes", "page")) return ResponseMode{"page", false};
  if (!contains(offered_response_modes(realm), *asked)) {
    return refuse(Condition::ParamInvalid, "response_mode is not offered, only " +
                  join(offered_response_modes(realm), ", "), "OAuth 2.0 Multiple Response Types §2.1");
  }
  if (*asked == "jwt") return ResponseMode{usual, true};
  const auto dot = asked->find('.');
  ResponseMode mode{asked->substr(0, dot), dot != std::string::npos};
  if (mode.form == "query" && usual == "fragment") {
    return refuse(Condition::ParamInvalid, "response_mode query would put tokens into the query",
                  "OAuth 2.0 Multiple Response Types §5");
  }
  return mode;
}

Outcome deliver(Call& call, Parameters answer) {
  const auto& profile = call.profile();
  call.going_back = &answer;
  strike(call, Phase::BeforeRedirect);
  call.going_back = nullptr;
  const auto& redirect = *call.redirect;
  const auto manual = redirect.manual_code.value_or(profile.text("authorize.manual_code"));
  // Nothing leads back to the application: a page of the provider's own, or no redirect_uri and a rule that expects it.
  const bool by_hand = redirect_kind(profile, redirect.uri) == "manual" || (!redirect.was_sent && redirect.manual_code);
  if (redirect.mode.form == "page" && answer.count("code") > 0) {
    return copy_page(manual == "none" ? "code" : manual, redirect.uri, answer);
  }
  if (manual != "none" && answer.count("code") > 0 && by_hand) {
    return copy_page(manual, redirect.uri, answer);
  }
  Parameters parameters = answer;
  if (redirect.mode.is_jwt) {
    const auto jwt = sign_answer(call, answer);
    if (!jwt) return tl::unexpected(jwt.error());
    parameters = Parameters{{"response", *jwt}};
  }
  if (redirect.mode.form == "form_post") return form_post_answer(redirect.uri, parameters);
  if (redirect.mode.form == "query" || redirect.mode.form == "page") return redirect_answer(redirect.uri, parameters);
  auto response = redirect_answer(redirect.uri, {});
  response.set_header("Location", redirect.uri + "#" + parameters.encode());
  return response;
}

}  // namespace mockoauth::server
