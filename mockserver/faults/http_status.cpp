// An answer from before the application: an outage, a gateway, a rate limit. Nothing is judged or stored.
#include "protocol/call.hpp"
#include "protocol/fault.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::fail;
using mimir::codec::Json;

bool is_field_text(const std::string& text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos;
}

mimir::codec::Result<> check_headers(const Json& headers) {
  if (!headers.is_object()) return fail("fault.arguments", "`headers` is not an object");
  for (const auto& [name, value] : *headers.as_object()) {
    const auto* text = value.as_string();
    if (text == nullptr || name.empty() || !is_field_text(name) || !is_field_text(*text)) {
      return fail("fault.arguments", "the header `" + name + "` is not a text without line breaks");
    }
  }
  return {};
}

mimir::codec::Result<> check(const Json& arguments) {
  if (!arguments.is_object()) return fail("fault.arguments", "expected an object with `status`, `body`, `headers`");
  for (const auto& [name, value] : *arguments.as_object()) {
    if (name != "status" && name != "body" && name != "headers") {
      return fail("fault.arguments", "there is no argument `" + name + "`; known are `status`, `body`, `headers`");
    }
  }
  const auto status = arguments.int_at("status");
  if (!status || *status < 200 || *status > 599) {
    return fail("fault.arguments", "`status` is not a number from 200 to 599");
  }
  if (const auto* headers = arguments.find("headers")) return check_headers(*headers);
  return {};
}

// A text is sent as it is; anything else as JSON.
void status(Call& call, const Json& arguments) {
  HttpResponse response{static_cast<int>(arguments.int_at("status").value_or(503)), {}, {}};
  if (const auto* body = arguments.find("body"); body != nullptr && !body->is_null()) {
    const auto* text = body->as_string();
    response.body = text != nullptr ? *text : body->dump();
    response.set_header("Content-Type", text != nullptr ? "text/plain; charset=utf-8" : "application/json");
  }
  if (const auto* headers = arguments.find("headers"); headers != nullptr && headers->is_object()) {
    for (const auto& [name, value] : *headers->as_object()) response.set_header(name, *value.as_string());
  }
  call.answer = std::move(response);
}

}  // namespace

void register_http_status(Faults& faults) {
  faults.add({.name = "http.status",
              .title = "The answer is this status, body and headers; the endpoint never sees the request",
              .phase = Phase::BeforeValidation,
              .check_arguments = check,
              .apply = status});
}

}  // namespace mockoauth::server
