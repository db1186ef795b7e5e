// What a realm has seen: read at once, or as soon as it is there.
#include <charconv>

#include "control/exchange_match.hpp"
#include "control/waiting.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

mimir::codec::Expected<std::uint64_t, Problem> number_in(const ControlCall& call, const char* name,
                                                         std::uint64_t otherwise) {
  const auto text = call.query.one(name);
  if (!text) return otherwise;
  std::uint64_t number = 0;
  const auto read = std::from_chars(text->data(), text->data() + text->size(), number);
  if (read.ec == std::errc() && read.ptr == text->data() + text->size()) return number;
  return refuse_call(400, "query", std::string(name) + " is a whole number, not " + *text);
}

// A reader goes on with `since` = `next`; `missed` tells that the ring dropped what it has not read yet.
Json page_of(Json exchanges, std::uint64_t since, std::uint64_t next, const Journal& journal) {
  const auto dropped = journal.dropped();
  return Json::object({{"exchanges", std::move(exchanges)},
                       {"next", static_cast<std::int64_t>(next)},
                       {"missed", static_cast<std::int64_t>(dropped > since ? dropped - since : 0)},
                       {"dropped", static_cast<std::int64_t>(dropped)}});
}

ControlAnswer show_journal(const ControlCall& call) {
  const auto since = number_in(call, "since", 0);
  if (!since) return tl::unexpected(since.error());
  const auto limit = number_in(call, "limit", std::numeric_limits<std::uint64_t>::max());
  if (!limit) return tl::unexpected(limit.error());
  const auto secrets = call.query.one("secrets").value_or("masked");
  if (secrets != "masked" && secrets != "shown") {
    return refuse_call(400, "query", "secrets is either masked or shown, not " + secrets);
  }
  ExchangeMatch match{Json::object()};
  for (const char* name : {"endpoint", "client_id", "grant_type", "error", "flow"}) {
    if (const auto value = call.query.one(name)) match.wanted.set(name, *value);
  }
  const Record record{call.realm->journal().since(*since)};
  Json all = Json::array();
  auto next = record.exchanges.empty() ? *since : record.exchanges.back().number;
  for (const auto& exchange : record.exchanges) {
    if (!match.differences(exchange, record).empty()) continue;
    if (all.as_array()->size() >= *limit) {
      next = exchange.number - 1;
      break;
    }
    all.push_back(exchange_to_json(exchange, secrets == "masked"));
  }
  return page_of(std::move(all), *since, next, call.realm->journal());
}

ControlAnswer await_journal(const ControlCall& call) {
  const auto& journal = call.realm->journal();
  const Json* wanted = call.body.find("match");
  const ExchangeMatch match{wanted == nullptr ? Json::object() : *wanted};
  const auto since = static_cast<std::uint64_t>(call.body.int_at("since").value_or(0));
  const auto count = static_cast<std::size_t>(call.body.int_at("count").value_or(1));
  const auto deadline = std::chrono::steady_clock::now() + wait_of(call.body, "limit_ms", kUsualWait);
  Record record;
  Tally found;
  while (true) {
    const auto changes = journal.changes();
    record.exchanges = journal.exchanges();  // All of them: `same` may refer to any.
    found = tally(match, record, since);
    if (found.numbers.size() >= count || !journal.await_change(changes, deadline)) break;
  }
  const bool seen = found.numbers.size() >= count;
  if (!seen && call.realm->has_ended()) return refuse_ended(*call.realm);
  Json all = Json::array();
  for (const auto number : found.numbers) all.push_back(exchange_to_json(*record.find(number)));
  const auto last = record.exchanges.empty() ? since : std::max(since, record.exchanges.back().number);
  auto answer = page_of(std::move(all), since, seen ? found.numbers.back() : last, journal);
  answer.set("seen", seen);
  if (auto nearest = seen ? Json() : nearest_to_json(found); !nearest.is_null()) answer.set("nearest", std::move(nearest));
  return answer;
}

std::string page_schema(const std::string& more_required, const std::string& more) {
  return R"({"type": "object", "required": ["exchanges", "next", "missed", "dropped")" + more_required +
         R"(], "properties": {"exchanges": {"type": "array", "items": )" + exchange_schema() + R"(},
           "next": {"type": "integer"}, "missed": {"type": "integer"}, "dropped": {"type": "integer"})" + more + "}}";
}

}  // namespace

void register_journal(ControlRoutes& routes) {
  routes.add({.method = "GET",
              .path = "/_mock/realms/{realm}/journal",
              .id = "showJournal",
              .summary = "Exchanges that are there now, secrets masked unless they are asked for",
              .query = {"since", "limit", "endpoint", "client_id", "grant_type", "error", "flow", "secrets"},
              .handle = show_journal,
              .answer = page_schema("", "")});
  routes.add(
      {.method = "POST",
       .path = "/_mock/realms/{realm}/journal/await",
       .id = "awaitExchange",
       .summary = "Wait until so many exchanges that match have been answered",
       .body = R"({"type": "object", "additionalProperties": false, "properties": {
                "match": )" +
               exchange_match_schema() + R"(,
                "since": {"type": "integer", "minimum": 0},
                "count": {"type": "integer", "minimum": 1, "maximum": 10000},
                "limit_ms": )" +
               kWaitSchema + "}}",
       .handle = await_journal,
       .waits = true,
       .answer = page_schema(R"(, "seen")", R"(, "seen": {"type": "boolean"}, "nearest": )" + nearest_schema())});
}

}  // namespace mockoauth::server
