// What a realm has seen, and whether it is what a test expects.
#include <charconv>

#include "control/exchange_match.hpp"
#include "control/registration_json.hpp"
#include "control/route.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

ControlAnswer show(const ControlCall& call) {
  std::uint64_t since = 0;
  const auto text = call.query.one("since").value_or("0");
  const auto read = std::from_chars(text.data(), text.data() + text.size(), since);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) {
    return refuse_call(400, "query", "since is the number of an exchange, not " + text);
  }
  ExchangeMatch match{Json::object()};
  for (const char* name : {"endpoint", "client_id", "grant_type", "error"}) {
    if (const auto value = call.query.one(name)) match.wanted.set(name, *value);
  }
  const auto exchanges = call.realm->journal().since(since);
  Json all = Json::array();
  for (const auto& exchange : exchanges) {
    if (match.differences(exchange, exchanges).empty()) all.push_back(exchange_to_json(exchange));
  }
  return Json::object({{"exchanges", std::move(all)},
                       {"dropped", static_cast<std::int64_t>(call.realm->journal().dropped())}});
}

struct Tally {
  std::vector<std::uint64_t> numbers;
  const Exchange* nearest = nullptr;
  std::vector<std::string> differences;
};

Tally tally_of(const ExchangeMatch& match, const std::vector<Exchange>& exchanges) {
  Tally tally;
  for (const auto& exchange : exchanges) {
    auto differences = match.differences(exchange, exchanges);
    if (differences.empty()) {
      tally.numbers.push_back(exchange.number);
    } else if (tally.nearest == nullptr || differences.size() < tally.differences.size()) {
      tally.nearest = &exchange;
      tally.differences = std::move(differences);
    }
  }
  return tally;
}

std::string broken_count(const Json& expectation, std::int64_t seen) {
  const auto times = expectation.int_at("times");
  const auto most = expectation.int_at("at_most");
  // Without a number it has to be there at all.
  const auto least = expectation.int_at("at_least").value_or(times || most ? 0 : 1);
  const auto told = ", seen " + std::to_string(seen);
  if (times && seen != *times) return "expected exactly " + std::to_string(*times) + told;
  if (seen < least) return "expected at least " + std::to_string(least) + told;
  if (most && seen > *most) return "expected at most " + std::to_string(*most) + told;
  return {};
}

Json failure_of(std::size_t index, std::string why, const Tally& tally) {
  Json failure = Json::object({{"pointer", "/expect/" + std::to_string(index)}, {"detail", std::move(why)}});
  if (tally.numbers.empty() && tally.nearest != nullptr) {
    failure.set("nearest", Json::object({{"differences", texts_to_json(tally.differences)},
                                         {"exchange", exchange_to_json(*tally.nearest)}}));
  }
  return failure;
}

// A failed expectation is an answer, not a refusal: the call itself was right.
ControlAnswer verify(const ControlCall& call) {
  const auto exchanges = call.realm->journal().exchanges();
  const bool in_order = call.body.bool_at("in_order").value_or(false);
  std::uint64_t reached = 0;
  Json failures = Json::array();
  std::size_t index = 0;
  for (const auto& expectation : *call.body.find("expect")->as_array()) {
    const auto tally = tally_of({*expectation.find("match")}, exchanges);
    auto why = broken_count(expectation, static_cast<std::int64_t>(tally.numbers.size()));
    if (why.empty() && in_order && !tally.numbers.empty()) {
      if (tally.numbers.front() <= reached) {
        why = "exchange " + std::to_string(tally.numbers.front()) + " came before what is expected before it";
      }
      reached = tally.numbers.back();
    }
    if (!why.empty()) failures.push_back(failure_of(index, std::move(why), tally));
    ++index;
  }
  const bool holds = failures.as_array()->empty();
  return Json::object({{"holds", holds}, {"failures", std::move(failures)}});
}

std::string verify_schema() {
  return R"({"type": "object", "additionalProperties": false, "required": ["expect"], "properties": {
    "in_order": {"type": "boolean"},
    "expect": {"type": "array", "minItems": 1, "items": {
      "type": "object", "additionalProperties": false, "required": ["match"], "properties": {
        "times": {"type": "integer", "minimum": 0},
        "at_least": {"type": "integer", "minimum": 0},
        "at_most": {"type": "integer", "minimum": 0},
        "match": )" + exchange_match_schema() + "}}}}}";
}

}  // namespace

void register_journal(ControlRoutes& routes) {
  routes.add({"GET", "/_mock/realms/{realm}/journal", "showJournal", "Exchanges, secrets masked", {},
              {"since", "endpoint", "client_id", "grant_type", "error"}, 200, show});
  routes.add({"POST", "/_mock/realms/{realm}/verify", "verifyJournal",
              "Whether the journal is as expected, with the nearest miss where it is not", verify_schema(), {}, 200,
              verify});
}

}  // namespace mockoauth::server
