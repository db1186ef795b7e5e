#include "internal/callback_pages.hpp"

#include <string_view>

#include <mimir/codec/base64url.hpp>
#include <mimir/codec/digest.hpp>

namespace mimir::oauth::internal {
namespace {

struct Content {
  std::string_view status;
  std::string_view heading;
  std::string_view text;
};

Content content_of(CallbackPage page) {
  switch (page) {
    case CallbackPage::SignedIn:
      return {"200 OK", "You are signed in", "You can close this window and go back to the program that asked for it."};
    case CallbackPage::NotSignedIn:
      return {"400 Bad Request", "You are not signed in",
              "The login was not completed. Go back to the program that asked for it; it says why."};
    case CallbackPage::BadRequest:
      return {"400 Bad Request", "Nothing to see here", "This request does not belong to a login that is under way."};
    case CallbackPage::NotFound: return {"404 Not Found", "Not found", "There is no such page here."};
    case CallbackPage::MethodNotAllowed:
      return {"405 Method Not Allowed", "Not allowed", "This page can only be fetched with GET."};
    case CallbackPage::TooLarge:
      return {"431 Request Header Fields Too Large", "Too large", "The request is larger than this page takes."};
    case CallbackPage::WrongHost:
      return {"421 Misdirected Request", "Wrong address", "This request was meant for another host."};
  }
  return {"500 Internal Server Error", "", ""};
}

constexpr std::string_view kStyle =
    "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:20vh auto;padding:0 1rem}"
    "@media(prefers-color-scheme:dark){body{background:#111;color:#eee}}";
// The code must not stay in the browser's history (RFC 9700 §4.3.1).
constexpr std::string_view kScript = "history.replaceState(null,'',location.pathname)";

std::string csp_hash(std::string_view text) { return "'sha256-" + codec::base64_encode(codec::sha256(text)) + "'"; }

const std::string& content_security_policy() {
  static const std::string policy = "default-src 'none'; style-src " + csp_hash(kStyle) + "; script-src " +
                                    csp_hash(kScript) + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  return policy;
}

std::string html(const Content& content) {
  std::string page = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>";
  page.append(content.heading).append("</title><style>").append(kStyle).append("</style></head>\n<body><h1>");
  page.append(content.heading).append("</h1><p>").append(content.text).append("</p><script>").append(kScript);
  page.append("</script></body></html>\n");
  return page;
}

}  // namespace

std::string callback_response(CallbackPage page, bool with_body) {
  const Content content = content_of(page);
  const std::string body = html(content);
  std::string response = "HTTP/1.1 ";
  response.append(content.status).append("\r\n");
  if (page == CallbackPage::MethodNotAllowed) response += "Allow: GET\r\n";  // RFC 9110 §15.5.6
  response += "Content-Type: text/html; charset=utf-8\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  // RFC 9700 §4.2.4: nothing on the page may load from elsewhere or leak the URL with the code.
  response += "Content-Security-Policy: " + content_security_policy() + "\r\n";
  response +=
      "X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\nCache-Control: no-store\r\n"
      "Connection: close\r\n\r\n";
  if (with_body) response += body;
  return response;
}

}  // namespace mimir::oauth::internal
