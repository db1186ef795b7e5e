// Come back later, in both forms that RFC 9110 §10.2.3 has.
#include "protocol/call.hpp"
#include "protocol/fault.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

void later(Call& call, const Json& arguments) {
  const auto wait = arguments.int_at("wait_s").value_or(120);
  HttpResponse response{static_cast<int>(arguments.int_at("status").value_or(503)), {}, {}};
  const bool as_date = arguments.string_at("form") == "http_date";
  response.set_header("Retry-After", as_date ? mimir::codec::format_http_date(call.told_now() + std::chrono::seconds(wait))
                                             : std::to_string(wait));
  call.answer = std::move(response);
}

}  // namespace

void register_http_retry_after(Faults& faults) {
  constexpr std::int64_t kMost = 100'000'000;
  faults.add({.name = "http.retry_after",
              .title = "The server wants the client to come back later; before validation it has judged nothing",
              .layer = "http",
              .phase = Phase::BeforeValidation,
              .other_phases = {Phase::AfterCommit, Phase::BeforeSend},
              .arguments = {{.name = "wait_s", .kind = ArgumentKind::Number,
                             .meaning = "In so many seconds; 120 when left out.", .least = 0, .most = kMost},
                            {.name = "form",
                             .meaning = "Seconds, or a moment of the realm's clock; `seconds` when left out.",
                             .choices = {"seconds", "http_date"}},
                            {.name = "status", .kind = ArgumentKind::Number,
                             .meaning = "503 when left out; 429 is the other one that makes sense.", .least = 200, .most = 599}},
              .apply = later,
              .example = {.rule = R"({"arguments": {"status": 429, "form": "http_date"}})"}});
}

}  // namespace mockoauth::server
