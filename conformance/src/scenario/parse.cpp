#include <charconv>

#include <mockoauth/conformance/catalogue.hpp>
#include <mockoauth/conformance/scenario.hpp>
#include <mockoauth/document/document.hpp>
#include <mockoauth/embedded/mockoauth-scenarios.hpp>

namespace mockoauth::conformance {
namespace {

using document::Document;

const document::Schema& scenario_schema() {
  static const document::Schema schema = [] {
    for (const auto& file : scenarios::embedded_scenarios()) {
      if (file.path == "schema/scenario.schema.json") return document::Schema(file.content);
    }
    throw std::logic_error("the scenario schema is not embedded");
  }();
  return schema;
}

// The schema has been checked before anything below runs: members that are there have the right type.

std::string text_at(const Json& object, std::string_view name) { return object.string_at(name).value_or(""); }

std::optional<Outcome> outcome_named(std::string_view name) {
  for (const auto outcome : {Outcome::Done, Outcome::Reauthenticated, Outcome::Refused, Outcome::Declined, Outcome::Failed}) {
    if (to_string(outcome) == name) return outcome;
  }
  return std::nullopt;
}

std::vector<std::string> texts(const Json* value) {
  std::vector<std::string> all;
  if (value == nullptr) return all;
  if (const auto* one = value->as_string()) return {*one};
  if (const auto* items = value->as_array()) {
    for (const auto& item : *items) all.push_back(*item.as_string());
  }
  return all;
}

std::map<std::string, std::string> text_map(const Json* value) {
  std::map<std::string, std::string> all;
  if (value == nullptr) return all;
  for (const auto& [name, member] : *value->as_object()) all[name] = *member.as_string();
  return all;
}

std::chrono::milliseconds duration(std::string_view written) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(written.data(), written.data() + written.size(), number);
  const std::string_view unit(end, static_cast<std::size_t>(written.data() + written.size() - end));
  if (unit == "ms") return std::chrono::milliseconds(number);
  if (unit == "s") return std::chrono::seconds(number);
  if (unit == "m") return std::chrono::minutes(number);
  if (unit == "h") return std::chrono::hours(number);
  return std::chrono::hours(24 * number);
}

std::vector<RequestExpectation> requests(const Json* value) {
  std::vector<RequestExpectation> all;
  if (value == nullptr) return all;
  for (const auto& item : *value->as_array()) {
    const auto& [endpoint, wanted] = item.as_object()->front();
    RequestExpectation expectation{.endpoint = endpoint};
    expectation.grant_type = text_at(wanted, "grant_type");
    expectation.answered = text_at(wanted, "answered");
    expectation.params = text_map(wanted.find("params"));
    expectation.presents = text_at(wanted, "presents");
    if (const auto times = wanted.int_at("times")) expectation.times = static_cast<int>(*times);
    all.push_back(std::move(expectation));
  }
  return all;
}

Expectation expectation(const Json* value) {
  Expectation expected;
  if (value == nullptr) return expected;
  expected.requests = requests(value->find("requests"));
  if (const auto* storage = value->find("storage")) expected.stored_refresh_token = text_at(*storage, "refresh_token");
  if (const auto* output = value->find("output")) {
    expected.output.matches = text_at(*output, "matches");
    if (const auto* never = output->find("never")) expected.output.never = texts(never);
  }
  return expected;
}

ClientStep client_step(const Json& step) {
  ClientStep client{.action = text_at(step, "client")};
  if (const auto* expect = step.find("expect")) {
    for (const auto& name : texts(expect->find("outcome"))) client.outcome.push_back(*outcome_named(name));
    client.asked_user = expect->bool_at("asked_user");
    client.requests = requests(expect->find("requests"));
    if (const auto* output = expect->find("output")) client.output_matches = text_at(*output, "matches");
  }
  return client;
}

// The grammar of rules is the server's (server::parse_fault_rule): what is wrong with one comes back with its pointer.
server::RuleResult<Step> server_step(const Json& server) {
  if (server.find("revoke") != nullptr) return Step{"server", RevokeStep{}};
  if (server.find("expire") != nullptr) return Step{"server", ExpireStep{}};
  if (const auto event = server::parse_account_event(text_at(server, "account"))) {
    return Step{"server", AccountStep{*event}};
  }
  if (server.find("clear") != nullptr) return Step{"server", ClearFaultsStep{}};
  auto rule = server::parse_fault_rule(server);
  if (!rule) return tl::unexpected(rule.error());
  return Step{"server", FaultStep{std::move(*rule)}};
}

// What a server does in one step is one thing. Empty: it is.
std::string second_deed(const Json& server) {
  constexpr std::string_view kAlone[] = {"revoke", "expire", "account", "clear"};
  for (const auto deed : kAlone) {
    if (server.find(deed) == nullptr || server.as_object()->size() == 1) continue;
    const auto& members = *server.as_object();
    return members.front().first == deed ? members[1].first : members.front().first;
  }
  return {};
}

server::RuleResult<Step> step_of(const std::string& actor, const Json& step) {
  const Json& what = *step.find(actor);
  if (actor == "client") return Step{actor, client_step(step)};
  if (actor == "browser") {
    if (const auto* word = what.as_string()) return Step{actor, BrowserStep{.deny = *word == "deny"}};
    return Step{actor, BrowserStep{.tamper = text_map(what.find("tamper"))}};
  }
  if (actor == "clock") {
    const auto written = text_at(what, "advance");
    return Step{actor, ClockStep{duration(written), written}};
  }
  if (actor == "port") {
    const bool occupy = what.find("occupy") != nullptr;
    return Step{actor, PortStep{static_cast<int>(*what.int_at(occupy ? "occupy" : "free")), occupy}};
  }
  return server_step(what);
}

// What the schema cannot say: exactly one actor a step, ports that exist, known rows, known faults.
FileResult<Scenario> build_scenario(const Document& document) {
  const Json& root = document.value;
  Scenario scenario;
  scenario.file = document.file;
  scenario.id = text_at(root, "id");
  scenario.title = text_at(root, "title");
  scenario.story = text_at(root, "story");
  scenario.requirement = texts(root.find("requirement"));
  scenario.provider = root.string_at("provider").value_or("any");
  if (const auto* fits = root.find("fits")) {
    for (const auto& [knob, accepted] : *fits->as_object()) {
      const auto* list = accepted.as_array();
      scenario.fits[knob] = list != nullptr ? std::vector<Json>(list->begin(), list->end()) : std::vector<Json>{accepted};
      if (server::Profile::plain().knob(knob).is_null()) {
        return tl::unexpected(document.error_at("/fits/" + mimir::codec::json_pointer_escape(knob),
                                                "no such knob \"" + knob + "\"; see docs/profiles.md"));
      }
    }
  }
  if (const auto* given = root.find("given")) {
    scenario.ports = static_cast<int>(given->int_at("ports").value_or(0));
    scenario.tls = given->bool_at("tls").value_or(false);
    if (const auto* account = given->find("account")) {
      scenario.user = account->string_at("user").value_or("ada");
      scenario.signed_in = account->bool_at("signed_in").value_or(false);
    }
  }
  for (std::size_t i = 0; i < scenario.requirement.size(); ++i) {
    if (find_row(scenario.requirement[i]) != nullptr) continue;
    std::vector<std::string> known;
    for (const auto& row : catalogue()) known.push_back(row.id);
    std::string message = "the catalogue has no row \"" + scenario.requirement[i] + "\"";
    for (const auto& near : document::nearest(scenario.requirement[i], known, 1)) message += "; did you mean \"" + near + "\"?";
    return tl::unexpected(document.error_at("/requirement/" + std::to_string(i), message));
  }
  const auto& steps = *root.find("steps")->as_array();
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const std::string pointer = "/steps/" + std::to_string(i);
    std::string actor;
    for (const auto& [name, value] : *steps[i].as_object()) {
      if (name == "expect") continue;
      if (!actor.empty()) {
        return tl::unexpected(document.error_at(pointer + "/" + name,
                                                "a step has one actor; this one has \"" + actor + "\" and \"" + name + "\""));
      }
      actor = name;
    }
    if (actor.empty()) return tl::unexpected(document.error_at(pointer, "this step has no actor"));
    if (actor != "client" && steps[i].find("expect") != nullptr) {
      return tl::unexpected(document.error_at(pointer + "/expect", "only a client's step has expectations of its own"));
    }
    if (actor == "server") {
      if (const auto second = second_deed(*steps[i].find(actor)); !second.empty()) {
        return tl::unexpected(document.error_at(pointer + "/server/" + second, "the server does one thing a step; \"" + second +
                                                                                   "\" belongs into one of its own"));
      }
    }
    auto step = step_of(actor, steps[i]);
    if (!step) return tl::unexpected(document.error_at(pointer + "/server" + step.error().pointer, step.error().message));
    if (const auto* port = std::get_if<PortStep>(&step->what); port != nullptr && port->port > scenario.ports) {
      return tl::unexpected(document.error_at(pointer, "port " + std::to_string(port->port) + " of given.ports, which has " +
                                                           std::to_string(scenario.ports)));
    }
    scenario.steps.push_back(std::move(*step));
  }
  scenario.expect = expectation(root.find("expect"));
  if (const auto* twin = root.find("twin")) {
    const auto without = texts(twin->find("without"));
    scenario.twin = Twin{{without.begin(), without.end()}, expectation(twin->find("expect"))};
  }
  return scenario;
}

}  // namespace

std::string_view to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::Done: return "done";
    case Outcome::Reauthenticated: return "reauthenticated";
    case Outcome::Refused: return "refused";
    case Outcome::Declined: return "declined";
    case Outcome::Failed: return "failed";
    case Outcome::Crashed: return "crashed";
    case Outcome::TimedOut: return "timed out";
  }
  return "unknown";
}

bool Scenario::fits_profile(const server::Profile& profile) const {
  if (profile.text("kind") != "oauth") return false;
  // A program under test is told the issuer and nothing else, so there must be a document to discover.
  if (profile.list("discovery.documents").empty()) return false;
  if (provider != "any" && provider != profile.id()) return false;
  return std::all_of(fits.begin(), fits.end(), [&](const auto& entry) {
    const Json& value = profile.knob(entry.first);
    return std::find(entry.second.begin(), entry.second.end(), value) != entry.second.end();
  });
}

FileResult<Scenario> parse_scenario(std::string_view content, const std::string& file) {
  auto document = document::parse(content, file);
  if (!document) return tl::unexpected(document.error());
  if (auto checked = scenario_schema().check(*document); !checked) return tl::unexpected(checked.error());
  return build_scenario(*document);
}

}  // namespace mockoauth::conformance
