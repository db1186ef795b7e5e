#include "protocol/page.hpp"

#include <mimir/codec/base64url.hpp>
#include <mimir/codec/digest.hpp>

#include "protocol/answers.hpp"
#include "protocol/text.hpp"

namespace mockoauth::server {
namespace {

constexpr std::string_view kStyle = R"(
:root { color-scheme: light dark; --accent: ACCENT; --on-accent: ONACCENT; --page: #f3f4f6; --card: #fff; --text: #1b1f24; --soft: #57606a; --line: #c9d1d9; }
@media (prefers-color-scheme: dark) { :root { --page: #0d1117; --card: #161b22; --text: #e6edf3; --soft: #9da7b1; --line: #3d444d; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--page); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
main { width: min(26rem, 100vw); padding: 2rem; background: var(--card); border-top: .3rem solid var(--accent); }
@media (min-width: 28rem) { main { margin: 1rem; border-radius: .5rem; box-shadow: 0 1px 3px rgb(0 0 0 / 20%); } }
.brand { margin: 0; color: var(--soft); font-weight: 600; }
h1 { margin: .25rem 0 1rem; font-size: 1.4rem; line-height: 1.25; overflow-wrap: anywhere; }
p, ul { margin: 0 0 1rem; overflow-wrap: anywhere; }
ul { padding: 0; list-style: none; }
label { display: block; margin: 0 0 1rem; }
.scope { display: flex; gap: .6rem; align-items: baseline; margin: 0; padding: .45rem 0; border-top: 1px solid var(--line); }
.scope small { display: block; color: var(--soft); }
li:last-child .scope { border-bottom: 1px solid var(--line); }
input:not([type=checkbox]), textarea { display: block; width: 100%; margin-top: .25rem; padding: .6rem; border: 1px solid var(--line); border-radius: .3rem; background: var(--page); color: inherit; font: inherit; }
input[type=checkbox] { accent-color: var(--accent); }
.code { font: 600 1.5rem ui-monospace, monospace; letter-spacing: .1em; }
.actions { display: flex; flex-wrap: wrap; gap: .6rem; }
button { padding: .6rem 1.1rem; border: 1px solid var(--line); border-radius: .3rem; background: transparent; color: inherit; font: inherit; cursor: pointer; }
button.main { border-color: var(--accent); background: var(--accent); color: var(--on-accent); font-weight: 600; }
button.link { padding: 0; border: 0; color: var(--text); text-decoration: underline; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
[role=alert] { padding: .6rem .8rem; border-left: .3rem solid #cf222e; background: rgb(207 34 46 / 12%); }
footer { margin-top: 1.5rem; padding-top: .8rem; border-top: 1px solid var(--line); color: var(--soft); font-size: .85rem; }
)";

int hex_pair(std::string_view text) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; };
  return digit(text[0]) * 16 + digit(text[1]);
}

// Black or white, whichever can be read on the colour (WCAG 2.2 §1.4.3, by relative luminance without gamma).
std::string_view readable_on(std::string_view colour) {
  const int light = 299 * hex_pair(colour.substr(1, 2)) + 587 * hex_pair(colour.substr(3, 2)) + 114 * hex_pair(colour.substr(5, 2));
  return light > 150'000 ? "#000" : "#fff";
}

std::string style_of(const Profile& profile) {
  const auto& colour = profile.text("pages.colour");
  return replace_all(replace_all(std::string(kStyle), "ONACCENT", readable_on(colour)), "ACCENT", colour);
}

std::string provider_of(const Call& call) {
  const auto& title = call.profile().text("pages.title");
  return title.empty() ? call.profile().title() : title;
}

// Only the style that is there, by its digest (CSP 3 §8.2). Chromium holds each redirect after a form against form-action,
// so a page that leads back to the client lets it go on to wherever that sends the browser.
std::string policy_of(const Call& call, std::string_view style, PageLeads leads) {
  std::string actions = "'self'";
  if (leads == PageLeads::ToClient) {
    actions += " http: https:";
    const auto& uri = call.redirect ? call.redirect->uri : std::string();
    if (const auto colon = uri.find(':'); colon != std::string::npos && !uri.starts_with("http")) actions += " " + uri.substr(0, colon + 1);
  }
  return "default-src 'none'; style-src 'sha256-" + mimir::codec::base64_encode(mimir::codec::sha256(style)) + "'; form-action " + actions +
         "; base-uri 'none'; frame-ancestors 'none'";
}

}  // namespace

std::string page_words(const Call& call, std::string_view key, const PageValues& values) {
  std::string text;
  for (const auto& [name, usual] : usual_page_words()) {
    if (name == key) text = usual;
  }
  if (const auto own = call.profile().knob("pages.words").string_at(key)) text = *own;
  // What is filled in is not looked through again: a client may call itself `{user}`.
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto open = text.find('{', at);
    const auto close = open == std::string::npos ? open : text.find('}', open);
    if (close == std::string::npos) return out + text.substr(at);
    out += text.substr(at, open - at);
    const auto name = text.substr(open + 1, close - open - 1);
    std::string value = name == "provider" ? provider_of(call) : text.substr(open, close - open + 1);
    for (const auto& [known, filled] : values) {
      if (known == name) value = filled;
    }
    out += value;
    at = close + 1;
  }
  return out;
}

std::string page_html(const Call& call, std::string_view key, const PageValues& values) { return escape_html(page_words(call, key, values)); }

std::string scope_sentence(const Call& call, const std::string& scope) {
  return call.profile().knob("pages.scopes").string_at(scope).value_or(scope);
}

HttpResponse provider_page(const Call& call, int status, std::string_view title, std::string_view inner_html, PageLeads leads) {
  const auto style = style_of(call.profile());
  HttpResponse response{status, {{"Content-Type", "text/html; charset=utf-8"}}, {}};
  response.body = "<!doctype html>\n<html lang=\"" + escape_html(call.profile().text("pages.language")) +
                  "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>" +
                  escape_html(title) + "</title><style>" + style + "</style></head><body><main><p class=\"brand\">" +
                  escape_html(provider_of(call)) + "</p><h1>" + escape_html(title) + "</h1>" + std::string(inner_html) + "<footer>" +
                  page_html(call, "footer") + "</footer></main></body></html>\n";
  response.set_header("Cache-Control", "no-store");
  response.set_header("Pragma", "no-cache");
  response.set_header("Referrer-Policy", "no-referrer");
  response.set_header("X-Frame-Options", "DENY");
  response.set_header("X-Content-Type-Options", "nosniff");
  response.set_header("Content-Security-Policy", policy_of(call, style, leads));
  return response;
}

HttpResponse message_page(const Call& call, int status, std::string_view title, std::string_view text, std::string_view small) {
  std::string inner = text.empty() ? std::string() : "<p>" + escape_html(text) + "</p>";
  if (!small.empty()) inner += "<p><small>" + escape_html(small) + "</small></p>";
  return provider_page(call, status, title, inner);
}

std::string hidden_field(std::string_view name, std::string_view value) {
  return "<input type=\"hidden\" name=\"" + escape_html(name) + "\" value=\"" + escape_html(value) + "\">";
}

std::string action_button(std::string_view action, std::string_view label, bool is_main) {
  return "<button name=\"action\" value=\"" + escape_html(action) + "\"" + (is_main ? " class=\"main\"" : "") + ">" + escape_html(label) + "</button>";
}

std::string alert_html(std::string_view text) { return text.empty() ? std::string() : "<p role=\"alert\">" + escape_html(text) + "</p>"; }

}  // namespace mockoauth::server
