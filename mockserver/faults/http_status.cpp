// An answer from before the application: an outage, a gateway, a rate limit. Nothing is judged or stored.
#include "protocol/call.hpp"
#include "protocol/fault.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

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
              .title = "The answer is this status, body and headers; before validation the endpoint never sees the request",
              .layer = "http",
              .phase = Phase::BeforeValidation,
              .other_phases = {Phase::AfterCommit, Phase::BeforeSend},
              .arguments = {{.name = "status", .kind = ArgumentKind::Number, .meaning = "The status code.",
                             .required = true, .least = 200, .most = 599},
                            {.name = "body", .kind = ArgumentKind::Any,
                             .meaning = "A text is sent as it is, anything else as JSON; left out: nothing."},
                            {.name = "headers", .kind = ArgumentKind::Fields, .meaning = "Sent along."}},
              .apply = status,
              .example = {.rule = R"({"arguments": {"status": 503, "body": "down", "headers": {"Retry-After": "2"}}})"}});
}

}  // namespace mockoauth::server
