// The headless user, for one login: who it is, what they decide, which scopes they tick, and when.
#include "protocol/call.hpp"
#include "protocol/fault.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

constexpr std::int64_t kMostThinkingMs = 600'000;

void answer_login(Call& call, const Json& arguments) {
  PersonAnswer answer;
  const auto decision = arguments.string_at("decision");
  if (decision) {
    answer.decision = decision == "deny"      ? UserDecision::Deny
                      : decision == "abandon" ? UserDecision::Abandon
                                              : UserDecision::Approve;
  }
  answer.sub = arguments.string_at("sub").value_or("");
  if (const auto* scopes = arguments.find("scopes")) {
    answer.scopes.emplace();
    for (const auto& scope : *scopes->as_array()) answer.scopes->push_back(*scope.as_string());
  }
  call.person = std::move(answer);
  const auto latch = arguments.string_at("latch");
  if (!latch) return;
  call.leave_latches();
  Latches::Limits limits;
  if (const auto ms = arguments.int_at("limit_ms")) limits.real = std::chrono::milliseconds(*ms);
  const auto& exchange = call.exchange;
  const auto number =
      call.realm.latches.park(*latch, {0, exchange.endpoint, exchange.grant_type, exchange.client_id}, limits);
  if (number != 0) call.held.emplace_back(*latch, number);
  call.now = call.realm.clock.now();
}

}  // namespace

void register_login_answer(Faults& faults) {
  faults.add({.name = "login.answer",
              .title = "The person at the login page does this about one login: another user, no, fewer scopes, later, never",
              .layer = "script",
              .phase = Phase::BeforeValidation,
              .reach = {.endpoint = "authorize"},
              .arguments = {{.name = "decision", .meaning = "What they decide; abandon: nothing ever comes back.",
                             .choices = {"approve", "deny", "abandon"}},
                            {.name = "sub", .kind = ArgumentKind::Field,
                             .meaning = "Who signs in, whatever login_hint says."},
                            {.name = "scopes", .kind = ArgumentKind::Texts,
                             .meaning = "What they tick, where the knob `scope.partial` lets them."},
                            {.name = "latch", .kind = ArgumentKind::Field,
                             .meaning = "They answer once the call is released at this latch."},
                            {.name = "limit_ms", .kind = ArgumentKind::Number,
                             .meaning = "They think for so many milliseconds at most; 30000 when left out.", .least = 1,
                             .most = kMostThinkingMs}},
              .apply = answer_login,
              .example = {.rule = R"({"arguments": {"decision": "deny"}})", .asks = "authorize"},
              .blocks = true});
}

}  // namespace mockoauth::server
