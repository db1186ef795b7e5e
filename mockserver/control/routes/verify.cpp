// Whether a realm's journal is as a test expects; on failure, what came nearest and how it differs.
#include <set>

#include "control/exchange_match.hpp"
#include "control/waiting.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

/// How many exchanges an expectation wants. Without a number it has to be there at all.
struct Wish {
  explicit Wish(const Json& expectation)
      : times(expectation.int_at("times")),
        most(expectation.int_at("at_most")),
        least(expectation.int_at("at_least").value_or(times ? *times : most ? 0 : 1)) {}

  [[nodiscard]] bool allows(std::int64_t seen) const {
    return seen >= least && (!times || seen == *times) && (!most || seen <= *most);
  }
  [[nodiscard]] std::string text() const {
    if (times) return "exactly " + std::to_string(*times);
    if (most && least > 0) return std::to_string(least) + " to " + std::to_string(*most);
    return most ? "at most " + std::to_string(*most) : "at least " + std::to_string(least);
  }

  std::optional<std::int64_t> times;
  std::optional<std::int64_t> most;
  std::int64_t least;
};

Json numbers_to_json(const std::vector<std::uint64_t>& numbers) {
  Json all = Json::array();
  for (const auto number : numbers) all.push_back(static_cast<std::int64_t>(number));
  return all;
}

class Judge {
 public:
  Judge(const Json& body, Record record)
      : body_(body),
        record_(std::move(record)),
        in_order_(body.bool_at("in_order").value_or(false)),
        since_(static_cast<std::uint64_t>(body.int_at("since").value_or(0))),
        until_(static_cast<std::uint64_t>(body.int_at("until").value_or(std::numeric_limits<std::int64_t>::max()))),
        reached_(since_) {}

  Json run() {
    for (const auto& expectation : *body_.find("expect")->as_array()) {
      judge(expectation);
      ++index_;
    }
    const bool holds = failures_.as_array()->empty();
    return Json::object({{"holds", holds},
                         {"detail", holds ? std::string("as expected") : detail_},
                         {"failures", std::move(failures_)},
                         {"matched", std::move(matched_)}});
  }

 private:
  void judge(const Json& expectation) {
    const Wish wish(expectation);
    const auto& match = *expectation.find("match");
    const auto all = tally({match}, record_, since_, until_);
    matched_.push_back(numbers_to_json(all.numbers));
    std::vector<std::uint64_t> later;
    for (const auto number : all.numbers) {
      if (number > reached_) later.push_back(number);
    }
    const auto& counted = in_order_ ? later : all.numbers;
    if (const auto name = expectation.string_at("as"); name && !counted.empty()) {
      record_.names.insert_or_assign(*name, counted.front());
    }
    const auto seen = static_cast<std::int64_t>(all.numbers.size());
    const auto meant = "with " + describe_match(match);
    if (!wish.allows(seen)) {
      return fail("expected " + wish.text() + " " + meant + ", seen " + std::to_string(seen) + which(all.numbers), all);
    }
    if (in_order_ && static_cast<std::int64_t>(later.size()) < wish.least) {
      return fail("exchange " + std::to_string(all.numbers.front()) + ", " + meant +
                      ", came before what is expected before it", all);
    }
    if (in_order_ && wish.least > 0) reached_ = later[static_cast<std::size_t>(wish.least) - 1];
  }

  static std::string which(const std::vector<std::uint64_t>& numbers) {
    std::string text;
    for (std::size_t i = 0; i < numbers.size() && i < 10; ++i) {
      text += (i == 0 ? " (exchange " : ", ") + std::to_string(numbers[i]);
    }
    return text.empty() ? text : text + (numbers.size() > 10 ? ", …)" : ")");
  }

  void fail(std::string why, const Tally& all) {
    Json failure = Json::object({{"pointer", "/expect/" + std::to_string(index_)},
                                 {"detail", why},
                                 {"exchanges", numbers_to_json(all.numbers)}});
    if (auto nearest = nearest_to_json(all); all.numbers.empty() && !nearest.is_null()) {
      why += "; " + nearest.string_at("detail").value_or("");
      failure.set("detail", why);
      failure.set("nearest", std::move(nearest));
    }
    detail_ += (detail_.empty() ? "" : ". ") + why;
    failures_.push_back(std::move(failure));
  }

  const Json& body_;
  Record record_;
  const bool in_order_;
  const std::uint64_t since_;
  const std::uint64_t until_;
  std::uint64_t reached_;  ///< In order: where the expectation before this one was met.
  std::size_t index_ = 0;
  std::string detail_;
  Json failures_ = Json::array();
  Json matched_ = Json::array();
};

// What the schema cannot say: an expectation that nothing could meet would be a mistake of the test.
std::optional<Problem> check(const Json& body) {
  std::set<std::string> names;
  std::size_t index = 0;
  for (const auto& expectation : *body.find("expect")->as_array()) {
    const auto at = "/expect/" + std::to_string(index++);
    const auto least = expectation.int_at("at_least");
    const auto most = expectation.int_at("at_most");
    if (expectation.int_at("times") && (least || most)) {
      return Problem{422, "verify.count", "`times` is exact and stands alone", at + "/times"};
    }
    if (least && most && *least > *most) {
      return Problem{422, "verify.count", "`at_least` is more than `at_most`", at + "/at_least"};
    }
    for (const char* member : {"same", "differs"}) {
      const auto* references = expectation.find("match")->find(member);
      if (references == nullptr) continue;
      for (const auto& [name, reference] : *references->as_object()) {
        const Json& which = reference.is_object() ? *reference.find("exchange") : reference;
        if (which.as_string() == nullptr || names.contains(*which.as_string())) continue;
        return Problem{422, "verify.name", "no earlier expectation is called `" + *which.as_string() + "` (`as`)",
                       at + "/match/" + member + "/" + mimir::codec::json_pointer_escape(name)};
      }
    }
    if (const auto name = expectation.string_at("as"); name && !names.insert(*name).second) {
      return Problem{422, "verify.name", "two expectations are called `" + *name + "`", at + "/as"};
    }
  }
  return std::nullopt;
}

// A failed expectation is an answer, not a refusal: the call itself was right.
ControlAnswer verify(const ControlCall& call) {
  if (auto problem = check(call.body)) return tl::unexpected(std::move(*problem));
  const auto& journal = call.realm->journal();
  const auto deadline = std::chrono::steady_clock::now() + wait_of(call.body, "within_ms", {});
  while (true) {
    const auto changes = journal.changes();
    auto answer = Judge(call.body, {journal.exchanges()}).run();
    if (answer.bool_at("holds") == true || !journal.await_change(changes, deadline)) {
      if (answer.bool_at("holds") == false && call.realm->has_ended()) return refuse_ended(*call.realm);
      return answer;
    }
  }
}

std::string verify_schema() {
  return R"({"type": "object", "additionalProperties": false, "required": ["expect"], "properties": {
    "in_order": {"type": "boolean"},
    "since": {"type": "integer", "minimum": 0},
    "until": {"type": "integer", "minimum": 0},
    "within_ms": )" + std::string(kWaitSchema) + R"(,
    "expect": {"type": "array", "minItems": 1, "items": {
      "title": "expectation", "type": "object", "additionalProperties": false, "required": ["match"], "properties": {
        "as": {"type": "string", "minLength": 1},
        "times": {"type": "integer", "minimum": 0},
        "at_least": {"type": "integer", "minimum": 0},
        "at_most": {"type": "integer", "minimum": 0},
        "match": )" + exchange_match_schema() + "}}}}}";
}

}  // namespace

void register_verify(ControlRoutes& routes) {
  routes.add({.method = "POST",
              .path = "/_mock/realms/{realm}/verify",
              .id = "verifyJournal",
              .summary = "Whether the journal is as expected, with the nearest miss where it is not",
              .body = verify_schema(),
              .handle = verify,
              .waits = true,
              .answer = R"({"type": "object", "required": ["holds", "detail", "failures", "matched"], "properties": {
                "holds": {"type": "boolean"}, "detail": {"type": "string"},
                "matched": {"type": "array", "items": {"type": "array", "items": {"type": "integer"}}},
                "failures": {"type": "array", "items": {"type": "object", "required":
                  ["pointer", "detail", "exchanges"], "properties": {
                    "pointer": {"type": "string"}, "detail": {"type": "string"},
                    "exchanges": {"type": "array", "items": {"type": "integer"}},
                    "nearest": )" + nearest_schema() + "}}}}}"});
}

}  // namespace mockoauth::server
