// A redirect anywhere: a client must not take its secrets along (RFC 9700 §4.12).
#include <algorithm>

#include "protocol/call.hpp"
#include "protocol/fault.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

constexpr int kStatuses[] = {301, 302, 303, 307, 308};

mimir::codec::Result<> check_http_redirect(const Json& arguments) {
  const auto status = arguments.int_at("status").value_or(302);
  if (std::find(std::begin(kStatuses), std::end(kStatuses), status) != std::end(kStatuses)) return {};
  return mimir::codec::fail("fault.arguments", "`status` is none of 301, 302, 303, 307, 308");
}

void redirect(Call& call, const Json& arguments) {
  HttpResponse response{static_cast<int>(arguments.int_at("status").value_or(302)), {}, {}};
  response.set_header("Location", arguments.string_at("location").value_or(call.realm.base_url_of(call.request.origin) + call.request.target));
  response.set_header("Cache-Control", "no-store");
  call.answer = std::move(response);
}

}  // namespace

void register_http_redirect(Faults& faults) {
  faults.add(
      {.name = "http.redirect",
       .title = "The answer is a redirect; before validation the endpoint never sees the request",
       .layer = "http",
       .phase = Phase::BeforeValidation,
       .other_phases = {Phase::AfterCommit, Phase::BeforeSend},
       .arguments = {{.name = "status",
                      .kind = ArgumentKind::Number,
                      .meaning = "301, 302, 303, 307 or 308; 302 when left out.",
                      .least = 301,
                      .most = 308},
                     {.name = "location",
                      .kind = ArgumentKind::Field,
                      .meaning =
                          "Where to, absolute or relative; left out: to where the request went, so that it never "
                          "ends."}},
       .check_arguments = check_http_redirect,
       .apply = redirect,
       .example = {.rule = R"({"arguments": {"status": 307, "location": "https://attacker.example/token"}})"}});
}

}  // namespace mockoauth::server
