// A server that sends the browser somewhere else: the client must not wait for ever.
#include "protocol/call.hpp"
#include "protocol/fault.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

mimir::codec::Result<> check_authorize_other_redirect(const Json& arguments) {
  const auto uri = arguments.string_at("uri").value_or("");
  const auto colon = uri.find(':');
  const bool absolute = colon != std::string::npos && colon > 0 && uri.find_first_of("/?# ") > colon;
  if (absolute) return {};
  return mimir::codec::fail("fault.arguments", "`uri` is not an absolute URI, such as https://attacker.example/");
}

void other_redirect(Call& call, const Json& arguments) { call.redirect->uri = *arguments.string_at("uri"); }

}  // namespace

void register_authorize_other_redirect(Faults& faults) {
  faults.add(
      {.name = "authorize.other_redirect",
       .title = "The authorization response goes to another URI than the client asked for",
       .layer = "protocol",
       .phase = Phase::BeforeRedirect,
       .reach = {.endpoint = "authorize"},
       .arguments = {{.name = "uri", .kind = ArgumentKind::Field, .meaning = "Where to.", .required = true}},
       .check_arguments = check_authorize_other_redirect,
       .apply = other_redirect,
       .example = {.rule = R"({"arguments": {"uri": "https://attacker.example/callback"}})", .asks = "authorize"}});
}

}  // namespace mockoauth::server
