// A refusal as the provider words it, without a reason in the request: an outage, a policy, a limit, a plan that does
// not cover it. What a condition looks like on the wire is the profile's affair (knobs `errors.*`).
#include "protocol/call.hpp"
#include "protocol/endpoint.hpp"
#include "protocol/error_writer.hpp"
#include "protocol/fault.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::fail;
using mimir::codec::Json;

mimir::codec::Result<> check_oauth_refuse(const Json& arguments) {
  const auto condition = arguments.string_at("condition");
  if (condition && parse_condition(*condition)) return {};
  return fail("fault.arguments", "`condition` is not one of those that profiles know, such as `rate_limited`");
}

void refuse_it(Call& call, const Json& arguments) {
  Refusal refusal{*parse_condition(arguments.string_at("condition").value_or("server_error"))};
  if (const auto wait = arguments.int_at("wait_s")) refusal.wait = std::chrono::seconds(*wait);
  const bool own_way = call.endpoint != nullptr && call.endpoint->refuse != nullptr;
  call.answer = own_way ? call.endpoint->refuse(call, refusal) : write_error(call, refusal);
}

}  // namespace

void register_oauth_refuse(Faults& faults) {
  faults.add(
      {.name = "oauth.refuse",
       .title = "The request is refused for this condition, as the provider words it; nothing is judged",
       .layer = "protocol",
       .phase = Phase::BeforeValidation,
       .arguments = {{.name = "condition", .meaning = "Why, as the knob `errors.map` names it.", .required = true},
                     {.name = "wait_s", .kind = ArgumentKind::Number, .meaning = "When to come back, in seconds."}},
       .check_arguments = check_oauth_refuse,
       .apply = refuse_it,
       .example = {.rule = R"({"arguments": {"condition": "maintenance"}})"}});
}

}  // namespace mockoauth::server
