#include "control/realm_parts.hpp"

#include <cmath>

#include "control/registration_json.hpp"

namespace mockoauth::server {

using mimir::codec::Json;

namespace {

std::optional<double> number_at(const Json& json, std::string_view name) {
  const auto* value = json.find(name);
  return value == nullptr ? std::nullopt : value->as_double();
}

std::chrono::milliseconds milliseconds_of(double seconds) {
  return std::chrono::milliseconds(std::llround(seconds * 1000));
}

/// @returns the digits as a number, or nothing when there are others.
std::optional<int> digits(std::string_view text) {
  int number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return text.empty() ? std::nullopt : std::optional(number);
}

}  // namespace

std::optional<TimePoint> parse_time(std::string_view text) {
  using namespace std::chrono;
  constexpr std::string_view kForm = "0000-00-00T00:00:00";
  if (text.size() <= kForm.size() || text.size() > kForm.size() + 5 || text.back() != 'Z') return std::nullopt;
  const auto part = [&](std::size_t at, std::size_t size) { return digits(text.substr(at, size)).value_or(-1); };
  for (const std::size_t at : {4u, 7u, 10u, 13u, 16u}) {
    if (text[at] != kForm[at]) return std::nullopt;
  }
  const year_month_day date(year(part(0, 4)), month(static_cast<unsigned>(part(5, 2))), day(static_cast<unsigned>(part(8, 2))));
  const int hour = part(11, 2), minute = part(14, 2), second = part(17, 2);
  if (part(0, 4) < 1970 || !date.ok() || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) {
    return std::nullopt;
  }
  auto fraction = text.substr(kForm.size(), text.size() - kForm.size() - 1);
  int thousandths = 0;
  if (!fraction.empty()) {
    const auto number = fraction.front() == '.' ? digits(fraction.substr(1)) : std::nullopt;
    if (!number) return std::nullopt;
    thousandths = *number;
    for (auto size = fraction.size(); size < 4; ++size) thousandths *= 10;
  }
  return TimePoint(sys_days(date)) + hours(hour) + minutes(minute) + seconds(second) + milliseconds(thousandths);
}

const std::string& clock_schema() {
  static const std::string schema = R"({
    "title": "clock", "type": "object", "additionalProperties": false, "minProperties": 1, "properties": {
      "to": {"type": "string"},
      "offset_s": {"type": "number", "minimum": -300000000000, "maximum": 300000000000},
      "advance_s": {"type": "number", "minimum": -300000000000, "maximum": 300000000000},
      "frozen": {"type": "boolean"},
      "rate": {"type": "number", "minimum": 0, "maximum": 1000000}}})";
  return schema;
}

std::optional<Problem> check_clock(const Json& part, const std::string& pointer) {
  if (part.find("rate") != nullptr && part.bool_at("frozen") == true) {
    return Problem{422, "clock.rate", "a clock that is frozen has no rate", pointer + "/rate"};
  }
  std::string first;
  for (const char* name : {"to", "offset_s", "advance_s"}) {
    if (part.find(name) == nullptr) continue;
    if (!first.empty()) {
      return Problem{422, "clock.twice", std::string(name) + " and " + first + " both set the clock; one is enough",
                     pointer + "/" + name};
    }
    first = name;
  }
  if (const auto to = part.string_at("to"); to && !parse_time(*to)) {
    return Problem{422, "clock.time", "`to` is no time of the form 2026-11-26T04:00:00Z", pointer + "/to"};
  }
  return std::nullopt;
}

void set_clock(VirtualClock& clock, const Json& part) {
  if (const auto rate = number_at(part, "rate")) clock.run_at(*rate);
  if (const auto frozen = part.bool_at("frozen")) *frozen ? clock.freeze() : clock.resume();
  if (const auto offset = number_at(part, "offset_s")) clock.set_offset(milliseconds_of(*offset));
  if (const auto to = part.string_at("to")) clock.advance_to(parse_time(*to).value_or(clock.now()));
  if (const auto by = number_at(part, "advance_s")) clock.advance(milliseconds_of(*by));
}

const std::string& person_schema() {
  static const std::string schema = R"({
    "title": "person", "type": "object", "additionalProperties": false, "minProperties": 1, "properties": {
      "decision": {"enum": ["approve", "deny", "abandon"]},
      "sub": {"type": "string", "minLength": 1},
      "scopes": {"type": ["array", "null"], "items": {"type": "string"}}}})";
  return schema;
}

std::string_view to_string(UserDecision decision) {
  return decision == UserDecision::Deny ? "deny" : decision == UserDecision::Abandon ? "abandon" : "approve";
}

std::optional<UserDecision> decision_at(const Json& json) {
  const auto text = json.string_at("decision");
  for (const auto decision : {UserDecision::Approve, UserDecision::Deny, UserDecision::Abandon}) {
    if (text == to_string(decision)) return decision;
  }
  return std::nullopt;
}

void set_person(Realm& realm, const Json& part) {
  if (const auto decision = decision_at(part)) realm.decide(*decision);
  if (const auto sub = part.string_at("sub")) realm.choose_user(*sub);
  if (const auto* scopes = part.find("scopes")) {
    realm.allow_scopes(scopes->is_null() ? std::nullopt : std::optional(texts_at(part, "scopes")));
  }
}

namespace {

Json rules_to_json(const std::vector<FaultRuleState>& states) {
  Json all = Json::array();
  for (const auto& state : states) all.push_back(fault_state_to_json(state));
  return all;
}

}  // namespace

Json report_to_json(const ScriptReport& report) {
  Json forgotten = Json::array();
  for (const auto& latch : report.forgotten) {
    forgotten.push_back(Json::object({{"name", latch.name},
                                      {"parked", static_cast<std::int64_t>(latch.parked.size())},
                                      {"forgotten", static_cast<std::int64_t>(latch.forgotten)}}));
  }
  return Json::object({{"clean", report.is_clean()},
                       {"unused_faults", rules_to_json(report.unused)},
                       {"unfinished_faults", rules_to_json(report.unfinished)},
                       {"unexpected_requests", rules_to_json(report.unexpected)},
                       {"forgotten_latches", std::move(forgotten)},
                       {"unused_model_answers", static_cast<std::int64_t>(report.unused_model_answers)}});
}

const std::string& report_schema() {
  static const std::string rules = R"({"type": "array", "items": )" + fault_state_schema() + "}";
  static const std::string schema = R"({"title": "report", "type": "object", "required": ["clean", "unused_faults",
    "unfinished_faults", "unexpected_requests", "forgotten_latches", "unused_model_answers"], "properties": {
      "unused_model_answers": {"type": "integer"},
      "clean": {"type": "boolean"},
      "unused_faults": )" + rules + R"(,
      "unfinished_faults": )" + rules + R"(,
      "unexpected_requests": )" + rules + R"(,
      "forgotten_latches": {"type": "array", "items": {"type": "object", "required": ["name", "parked", "forgotten"],
        "properties": {"name": {"type": "string"}, "parked": {"type": "integer"},
                       "forgotten": {"type": "integer"}}}}}})";
  return schema;
}

}  // namespace mockoauth::server
