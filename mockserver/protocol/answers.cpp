#include "protocol/answers.hpp"

#include <string>
#include <utility>

namespace mockoauth::server {

using mimir::codec::Json;
using mimir::codec::Parameters;

namespace {

void forbid_storing(HttpResponse& response) {
  response.set_header("Cache-Control", "no-store");
  response.set_header("Pragma", "no-cache");
}

HttpResponse unstored_answer(int status, std::string content_type, std::string body) {
  HttpResponse response{.status = status, .headers = {}, .body = std::move(body)};
  response.headers.reserve(6);  // With Date and what an endpoint may add.
  response.headers.emplace_back("Content-Type", std::move(content_type));
  response.headers.emplace_back("Cache-Control", "no-store");
  response.headers.emplace_back("Pragma", "no-cache");
  return response;
}

std::string as_form(const Json& body) {
  Parameters parameters;
  if (const auto* members = body.as_object()) {
    for (const auto& [name, value] : *members) {
      const auto* text = value.as_string();
      parameters.add(name, text != nullptr ? *text : value.dump());
    }
  }
  return parameters.encode();
}

bool wants_form(const Call& call) {
  const auto format = call.profile().text("response.format");
  if (format == "form") return true;
  if (format != "form_unless_accept_json") return false;
  const auto accept = call.request.header("Accept");
  return !accept || accept->find("application/json") == std::string::npos;
}

}  // namespace

HttpResponse json_answer(int status, const Json& body) {
  return unstored_answer(status, "application/json", body.dump());
}

HttpResponse data_answer(const Call& call, int status, const Json& body) {
  if (wants_form(call)) {
    return unstored_answer(status, "application/x-www-form-urlencoded; charset=utf-8", as_form(body));
  }
  return unstored_answer(status, call.profile().text("response.content_type"), body.dump());
}

HttpResponse redirect_answer(std::string_view uri, const Parameters& parameters) {
  std::string location(uri);
  if (const auto encoded = parameters.encode(); !encoded.empty()) {
    const auto mark = location.find('?');
    if (mark == std::string::npos) {
      location += '?';
    } else if (mark + 1 != location.size()) {
      location += '&';
    }
    location += encoded;
  }
  HttpResponse response{303, {{"Location", location}}, {}};
  forbid_storing(response);
  response.set_header("Referrer-Policy", "no-referrer");
  return response;
}

std::string escape_html(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

HttpResponse page_answer(int status, std::string_view title, std::string_view text, std::string_view small) {
  return html_answer(status, title, "<p>" + escape_html(text) + "</p><p><small>" + escape_html(small) + "</small></p>");
}

HttpResponse html_answer(int status, std::string_view title, std::string_view inner_html) {
  HttpResponse response{status, {{"Content-Type", "text/html; charset=utf-8"}}, {}};
  response.body = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" + escape_html(title) +
                  "</title></head><body><main><h1>" + escape_html(title) + "</h1>" + std::string(inner_html) +
                  "</main></body></html>\n";
  forbid_storing(response);
  response.set_header("Referrer-Policy", "no-referrer");
  response.set_header("X-Frame-Options", "DENY");
  response.set_header("Content-Security-Policy", "default-src 'none'; form-action 'self'; frame-ancestors 'none'");
  response.set_header("X-Content-Type-Options", "nosniff");
  return response;
}

}  // namespace mockoauth::server
