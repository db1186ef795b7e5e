#include "player.hpp"

#include <algorithm>

#include "judge.hpp"

namespace mockoauth::conformance::internal {
namespace {

constexpr const char* kClientId = "mockoauth-client";

std::string replace_all(std::string text, std::string_view from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) text.replace(at, from.size(), to);
  return text;
}

std::string plural(std::string_view written) {
  // `200d` → `200 days`
  const auto unit = written.find_first_not_of("0123456789");
  const std::string number(written.substr(0, unit));
  const std::string_view name = written.substr(unit) == "d"   ? "day"
                                : written.substr(unit) == "h" ? "hour"
                                : written.substr(unit) == "m" ? "minute"
                                : written.substr(unit) == "s" ? "second"
                                                              : "millisecond";
  return number + " " + std::string(name) + (number == "1" ? "" : "s");
}

std::string action_title(const std::string& action) {
  if (action == "login") return "the client logs in";
  if (action == "call") return "the client calls the API";
  if (action == "refresh") return "the client refreshes";
  return "the client logs out";
}

struct Player {
  const PlayContext& context;
  bool is_twin;
  Stage stage = {};
  std::unique_ptr<Session> session = {};
  BrowserPlan plan = {};
  Play played = {};
  std::vector<std::string> said = {};
  bool stopped = false;

  Exchanges all() const { return stage.realm->journal().exchanges(); }

  void bench_error(PlayedStep& step, const mimir::codec::Error& error) {
    step.checks.push_back({Verdict::Error, "the bench does its part", error.message});
    stopped = true;
  }

  // `{port1}` in a scenario is the first of the given ports.
  std::string with_ports(std::string text) const {
    for (std::size_t i = 0; i < stage.ports.size(); ++i) {
      text = replace_all(std::move(text), "{port" + std::to_string(i + 1) + "}", std::to_string(stage.ports[i]));
    }
    return text;
  }

  RequestExpectation with_ports(RequestExpectation expected) const {
    for (auto& [name, value] : expected.params) value = with_ports(value);
    return expected;
  }

  PlayedStep run_client(const std::string& action, const ClientStep* expected) {
    PlayedStep step{.actor = "client", .title = action_title(action)};
    const auto mark = stage.realm->journal().last_number();
    auto result = session->run(action, plan);
    step.exchanges = stage.realm->journal().since(mark);
    if (!result) {
      bench_error(step, result.error());
      return step;
    }
    step.said = result->said;
    step.browser = result->browser;
    said.insert(said.end(), result->said.begin(), result->said.end());
    judge_client(step, action, expected, *result);
    return step;
  }

  void judge_client(PlayedStep& step, const std::string& action, const ClientStep* expected, const ClientResult& result) {
    const bool asked = result.browser_opened > 0 || std::any_of(step.exchanges.begin(), step.exchanges.end(), [](const auto& exchange) {
                         return exchange.endpoint == "authorize";
                       });
    Outcome outcome = result.outcome;
    if (outcome == Outcome::Done && asked && action != "login") outcome = Outcome::Reauthenticated;

    std::vector<Outcome> wanted{Outcome::Done};
    if (expected != nullptr && !is_twin && !expected->outcome.empty()) wanted = expected->outcome;
    step.checks.push_back(judge_outcome(wanted, outcome, result.detail, result.said));
    // What follows a client that got nowhere shows nothing about it.
    stopped = step.checks.back().verdict == Verdict::Inconclusive;
    if (expected == nullptr || is_twin || stopped) return;
    if (expected->asked_user) {
      Check check{.expected = *expected->asked_user ? "the user is asked" : "the user is not asked"};
      if (asked != *expected->asked_user) {
        check.verdict = Verdict::Fail;
        check.seen = asked ? "a browser was opened" : "no browser was opened";
      }
      step.checks.push_back(std::move(check));
    }
    for (const auto& request : expected->requests) step.checks.push_back(judge_request(with_ports(request), step.exchanges, all()));
    if (!expected->output_matches.empty()) {
      const OutputExpectation output{.matches = with_ports(expected->output_matches), .never = {}};
      for (auto& check : judge_output(output, result.said, {})) step.checks.push_back(std::move(check));
    }
  }

  PlayedStep run_other(const Step& step) {
    PlayedStep played_step{.actor = step.actor};
    std::visit([&](const auto& what) { perform(what, played_step); }, step.what);
    return played_step;
  }

  void perform(const ClientStep&, PlayedStep&) {}

  void perform(const BrowserStep& step, PlayedStep& played_step) {
    plan.tamper = step.tamper;
    stage.realm->decide(step.deny ? server::UserDecision::Deny : server::UserDecision::Approve);
    if (step.deny) {
      played_step.title = "the person at the browser will say no";
    } else if (step.tamper.empty()) {
      played_step.title = "the person at the browser will approve";
    } else {
      played_step.title = "on its way to the server the browser's request is tampered with:";
      for (const auto& [name, value] : step.tamper) played_step.title += " " + name;
    }
  }

  void perform(const FaultStep& step, PlayedStep& played_step) {
    played_step.title = "the server gets the fault " + name_of(step.rule);
    for (const auto& fault : server::known_faults()) {
      if (fault.name == step.rule.fault) played_step.title += " (" + fault.title + ")";
    }
    if (auto added = stage.realm->add_fault(step.rule); !added) bench_error(played_step, added.error());
  }

  void perform(const RevokeStep&, PlayedStep& played_step) {
    const auto grants = stage.realm->revoke_all();
    played_step.title = "the user revokes the app's access at the provider";
    if (grants == 0) bench_error(played_step, {"bench.nothing_to_revoke", "there was no grant to revoke", "", 0});
  }

  void perform(const ExpireStep&, PlayedStep& played_step) {
    stage.realm->expire_access_tokens();
    played_step.title = "every access token dies before its time";
  }

  void perform(const AccountStep& step, PlayedStep& played_step) {
    const std::string event(server::to_string(step.event));
    played_step.title = "to the user's account happens: " + event;
    if (stage.realm->happen(step.event) > 0) return;
    bench_error(played_step, {"bench.nothing_to_end", stage.realm->profile().lists("refresh.dies_on", event)
                                                          ? "there was no login to end"
                                                          : "no login of this provider ends by " + event, "", 0});
  }

  void perform(const ClearFaultsStep&, PlayedStep& played_step) {
    stage.realm->clear_faults();
    played_step.title = "the server's faults are over";
  }

  void perform(const ClockStep& step, PlayedStep& played_step) {
    played_step.title = "the clock advances " + plural(step.written);
    stage.realm->clock().advance(step.advance);
    if (auto moved = session->advance_clock(step.advance); !moved) bench_error(played_step, moved.error());
  }

  void perform(const PortStep& step, PlayedStep& played_step) {
    const auto port = stage.ports[static_cast<std::size_t>(step.port - 1)];
    played_step.title = step.occupy ? "another program takes callback port " + std::to_string(port)
                                    : "callback port " + std::to_string(port) + " is free again";
    if (!step.occupy) {
      session->free_port(port);
    } else if (auto taken = session->occupy_port(port); !taken) {
      bench_error(played_step, taken.error());
    }
  }

  void judge_whole(const Expectation& expect, std::uint64_t first, const std::optional<StoredState>& before) {
    const auto window = stage.realm->journal().since(first);
    for (const auto& request : expect.requests) played.checks.push_back(judge_request(with_ports(request), window, all()));
    if (!expect.stored_refresh_token.empty()) {
      // Only a store that can be looked into is judged; from outside the wire has to tell.
      const auto after = session->stored();
      if (before && after) {
        played.checks.push_back(judge_storage(expect.stored_refresh_token, before->refresh_token, after->refresh_token));
      }
    }
    OutputExpectation output = expect.output;
    output.matches = with_ports(output.matches);
    for (auto& check : judge_output(output, said, all())) played.checks.push_back(std::move(check));
    for (const auto& fault : stage.realm->faults()) judge_fault(fault);
  }

  static std::string name_of(const server::FaultRule& rule) {
    std::string name = rule.name.empty() ? rule.fault : rule.name;
    for (const auto& action : rule.then) {
      if (rule.name.empty()) name += (name.empty() ? "" : ", then ") + action.fault;
    }
    return name;
  }

  void judge_fault(const server::FaultRuleState& fault) {
    const auto& rule = fault.rule;
    const auto name = "the fault " + name_of(rule);
    if (fault.fired == 0 && rule.times != 0) {
      played.checks.push_back({Verdict::Inconclusive, name + " strikes",
                               fault.missed.empty() ? "no request came that it was meant for" : fault.missed});
    } else if (!rule.then.empty() && rule.times != 0 && rule.afterwards != server::Afterwards::Repeat && !fault.is_over) {
      played.checks.push_back({Verdict::Inconclusive, name + " goes through all its actions",
                               "only " + std::to_string(fault.fired) + " requests came that it was meant for"});
    }
    if (rule.afterwards != server::Afterwards::Fail) return;
    played.checks.push_back({fault.unexpected == 0 ? Verdict::Pass : Verdict::Fail, name + " is the last that such requests meet",
                             fault.unexpected == 0 ? "" : std::to_string(fault.unexpected) + " more came"});
  }
};

}  // namespace

Play play(const PlayContext& context, const std::set<std::string>& without, const Expectation& expect) {
  Player player{.context = context, .is_twin = !without.empty()};
  const auto fail = [&](const mimir::codec::Error& error) {
    player.played.checks.push_back({Verdict::Error, "the bench does its part", error.message});
    return std::move(player.played);
  };
  const Scenario& scenario = context.scenario;
  auto stage = context.driver.set_up({context.profile, scenario.user, scenario.ports, context.seed, scenario.tls});
  if (!stage) return fail(stage.error());
  player.stage = std::move(*stage);
  ClientSetup setup{.provider = context.profile.id(), .issuer = player.stage.issuer, .resource_url = player.stage.resource_url,
                    .client_id = kClientId, .scopes = {"openid", "profile"}, .ports = player.stage.ports, .seed = context.seed,
                    .ca_pem = player.stage.ca_pem};
  auto session = context.driver.start(player.stage, setup);
  if (!session) return fail(session.error());
  player.session = std::move(*session);

  if (scenario.signed_in) {
    player.played.given.push_back(player.run_client("login", nullptr));
    auto& check = player.played.given.back().checks.front();
    if (check.verdict == Verdict::Fail) check.verdict = Verdict::Inconclusive;  // It never got to the scenario.
    if (check.verdict != Verdict::Pass) return std::move(player.played);
  }
  const auto first = player.stage.realm->journal().last_number();
  const auto stored_before = player.session->stored();
  for (const auto& step : scenario.steps) {
    if (without.contains(step.actor)) continue;
    const auto* client = std::get_if<ClientStep>(&step.what);
    player.played.steps.push_back(client != nullptr ? player.run_client(client->action, client) : player.run_other(step));
    if (player.stopped) return std::move(player.played);
  }
  player.judge_whole(expect, first, stored_before);
  return std::move(player.played);
}

}  // namespace mockoauth::conformance::internal
