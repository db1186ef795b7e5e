#include "control/exchange_match.hpp"

#include <algorithm>
#include <optional>

#include "protocol/fault_script.hpp"
#include "protocol/masking.hpp"
#include "protocol/text.hpp"

namespace mockoauth::server {

using mimir::codec::Json;
using mimir::codec::Parameters;

// The words of a fault rule's `when`, and those that only an answer has.
const std::string& exchange_match_schema() {
  static const std::string text_match = R"({"title": "text match", "anyOf": [{"type": "string"}, {"type": "null"},
    {"type": "object", "additionalProperties": false, "minProperties": 1, "maxProperties": 1, "properties": {
      "equals": {"type": "string"}, "matches": {"type": "string"},
      "present": {"type": "boolean"}, "absent": {"type": "boolean"}}}]})";
  static const std::string which = R"({"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string"}]})";
  static const std::string reference = R"({"title": "reference", "anyOf": [{"type": "integer", "minimum": 1},
    {"type": "string"}, {"type": "object", "additionalProperties": false, "required": ["exchange"], "properties": {
      "exchange": )" + which + R"(,
      "in": {"enum": ["request", "response"]},
      "name": {"type": "string", "minLength": 1}}}]})";
  static const std::string schema = R"({
    "title": "match", "type": "object", "additionalProperties": false, "properties": {
      "endpoint": {"type": "string"},
      "client_id": {"type": "string"},
      "grant_type": {"type": "string"},
      "error": {"type": "string"},
      "flow": {"type": "string"},
      "method": {"type": "string"},
      "path": )" + text_match + R"(,
      "reason": )" + text_match + R"(,
      "fault": {"type": "string"},
      "issued": {"type": "string"},
      "consumed": {"type": "string"},
      "status": {"type": "integer", "minimum": 100, "maximum": 599},
      "param": {"type": "object", "additionalProperties": )" + text_match + R"(},
      "header": {"type": "object", "additionalProperties": )" + text_match + R"(},
      "same": {"type": "object", "additionalProperties": )" + reference + R"(},
      "differs": {"type": "object", "additionalProperties": )" + reference + R"(}
    }})";
  return schema;
}

const Exchange* Record::find(std::uint64_t number) const {
  const auto at = std::lower_bound(exchanges.begin(), exchanges.end(), number,
                                   [](const Exchange& exchange, std::uint64_t n) { return exchange.number < n; });
  return at == exchanges.end() || at->number != number ? nullptr : &*at;
}

Json difference_to_json(const Difference& difference) {
  return Json::object({{"pointer", difference.pointer},
                       {"detail", difference.detail},
                       {"expected", difference.expected},
                       {"seen", difference.seen}});
}

namespace {

std::string in_quotes(std::string_view text) { return Json(text.substr(0, 200)).dump(); }

TextMatch text_match_from(const Json& json) {
  using Kind = TextMatch::Kind;
  if (const auto* text = json.as_string()) return {Kind::Equals, *text};
  if (json.is_null()) return {Kind::Absent, {}};
  if (const auto equals = json.string_at("equals")) return {Kind::Equals, *equals};
  if (const auto pattern = json.string_at("matches")) return {Kind::Matches, *pattern};
  const bool is_there = json.bool_at("present").value_or(!json.bool_at("absent").value_or(true));
  return {is_there ? Kind::Present : Kind::Absent, {}};
}

std::string wish_of(const TextMatch& match) {
  switch (match.kind) {
    case TextMatch::Kind::Equals: return "expected " + in_quotes(match.text);
    case TextMatch::Kind::Matches: return "expected something like " + in_quotes(match.text);
    case TextMatch::Kind::Present: return "expected one";
    case TextMatch::Kind::Absent: break;
  }
  return "expected none";
}

/// Where a text of an exchange came from: what it is called, and how it is shown.
struct SeenText {
  std::string what;  ///< `the parameter code`
  std::optional<std::string> text;
  std::string shown = {};  ///< Masked.
};

class Comparison {
 public:
  Comparison(const Json& wanted, const Exchange& exchange, const Record& record)
      : wanted_(wanted), exchange_(exchange), record_(record) {}

  std::vector<Difference> run() {
    for (const auto& [name, text] : texts()) {
      if (const auto* wish = wanted_.find(name)) compare(std::string("/") + name, *wish, {name, *text, *text});
    }
    compare_status();
    compare_list("fault", exchange_.faults);
    compare_list("issued", exchange_.issued);
    compare_list("consumed", exchange_.consumed);
    each("param", [&](const auto& pointer, const auto& name, const Json& wish) {
      compare(pointer, wish, parameter(name));
    });
    each("header", [&](const auto& pointer, const auto& name, const Json& wish) {
      const auto value = exchange_.request.header(name);
      compare(pointer, wish, {"the header " + name, value, value ? masked_header(name, *value) : std::string()});
    });
    each("same", [&](const auto& pointer, const auto& name, const Json& reference) {
      compare_with_other(pointer, name, reference, true);
    });
    each("differs", [&](const auto& pointer, const auto& name, const Json& reference) {
      compare_with_other(pointer, name, reference, false);
    });
    return std::move(found_);
  }

 private:
  using Texts = std::vector<std::pair<const char*, const std::string*>>;
  [[nodiscard]] Texts texts() {
    path_ = exchange_.request.path();
    return {{"endpoint", &exchange_.endpoint}, {"client_id", &exchange_.client_id},
            {"grant_type", &exchange_.grant_type}, {"error", &exchange_.error}, {"flow", &exchange_.grant},
            {"method", &exchange_.request.method}, {"path", &path_}, {"reason", &exchange_.reason}};
  }

  template <class Compare>
  void each(const char* member, Compare compare) {
    const auto* wishes = wanted_.find(member);
    if (wishes == nullptr) return;
    for (const auto& [name, wish] : *wishes->as_object()) {
      compare("/" + std::string(member) + "/" + mimir::codec::json_pointer_escape(name), name, wish);
    }
  }

  void differ(std::string pointer, const Json& expected, std::string detail, Json seen) {
    found_.push_back({std::move(pointer), std::move(detail), expected, std::move(seen)});
  }

  void compare(const std::string& pointer, const Json& wish, const SeenText& seen) {
    const auto match = text_match_from(wish);
    if (fits(match, seen.text)) return;
    const auto is = seen.text ? " is " + in_quotes(seen.shown) : std::string(" is missing");
    differ(pointer, wish, seen.what + is + ", " + wish_of(match), seen.text ? Json(seen.shown) : Json());
  }

  void compare_status() {
    const auto* wish = wanted_.find("status");
    const int status = exchange_.response.status;
    if (wish == nullptr || wish->as_int() == status) return;
    differ("/status", *wish, "the status is " + std::to_string(status) + ", expected " + wish->dump(), Json(status));
  }

  void compare_list(const char* name, const std::vector<std::string>& seen) {
    const auto* wish = wanted_.find(name);
    if (wish == nullptr || contains(seen, *wish->as_string())) return;
    Json list = Json::array();
    for (const auto& item : seen) list.push_back(Json(item));
    const std::string among = seen.empty() ? "is nothing" : "is " + join(seen, ", ");
    differ(std::string("/") + name, *wish, name + (" " + among) + ", expected " + wish->dump(), std::move(list));
  }

  [[nodiscard]] SeenText parameter(const std::string& name) const {
    const auto value = exchange_.parameters.first(name);
    return {"the parameter " + name, value, value ? masked_parameter(name, *value) : std::string()};
  }

  void compare_with_other(const std::string& pointer, const std::string& name, const Json& reference, bool same) {
    const Json& which = reference.is_object() ? *reference.find("exchange") : reference;
    const auto theirs_called = reference.string_at("name").value_or(name);
    const bool in_response = reference.string_at("in") == "response";
    const auto* number = which.as_string() != nullptr ? nullptr : &which;
    const auto named = number != nullptr ? record_.names.end() : record_.names.find(*which.as_string());
    const Exchange* other = number != nullptr ? record_.find(static_cast<std::uint64_t>(*which.as_int()))
                            : named != record_.names.end() ? record_.find(named->second)
                                                           : nullptr;
    const auto seen = parameter(name);
    const Json shown = seen.text ? Json(seen.shown) : Json();
    if (other == nullptr) {
      return differ(pointer, reference, "there is no exchange " + which.dump() + " to compare " + seen.what + " with", shown);
    }
    const auto theirs = in_response ? text_of_answer(*other, theirs_called) : other->parameters.first(theirs_called);
    const auto whose = (in_response ? "the " + theirs_called + " that exchange " : "that of exchange ") + which.dump() +
                       (in_response ? " gave" : "");
    if (!seen.text) return differ(pointer, reference, seen.what + " is missing, expected " + whose, shown);
    if (!theirs) return differ(pointer, reference, "exchange " + which.dump() + " has no " + theirs_called, shown);
    if ((*seen.text == *theirs) == same) return;
    differ(pointer, reference, seen.what + (same ? " is not " : " is still ") + whose, shown);
  }

  // In a JSON or form body, or in the redirection that an authorization response is.
  static std::optional<std::string> text_of_answer(const Exchange& exchange, const std::string& name) {
    if (const auto body = Json::parse(exchange.response.body)) {
      if (auto text = body->string_at(name)) return text;
    }
    const auto location = exchange.response.header("Location").value_or("");
    for (const char mark : {'#', '?'}) {
      const auto start = location.find(mark);
      if (start == std::string::npos) continue;
      const auto end = mark == '?' ? location.find('#', start) : std::string::npos;
      const auto parameters = Parameters::parse(std::string_view(location).substr(start + 1, end - start - 1));
      if (auto text = parameters ? parameters->first(name) : std::nullopt) return text;
    }
    const auto form = Parameters::parse(exchange.response.body);
    return form ? form->first(name) : std::nullopt;
  }

  const Json& wanted_;
  const Exchange& exchange_;
  const Record& record_;
  std::string path_;
  std::vector<Difference> found_;
};

}  // namespace

std::vector<Difference> ExchangeMatch::differences(const Exchange& exchange, const Record& record) const {
  return Comparison(wanted, exchange, record).run();
}

}  // namespace mockoauth::server
