#include "control/exchange_match.hpp"

#include <algorithm>

namespace mockoauth::server {

using mimir::codec::Json;

const std::string& exchange_match_schema() {
  static const std::string schema = R"({
    "type": "object", "additionalProperties": false, "properties": {
      "endpoint": {"type": "string"},
      "client_id": {"type": "string"},
      "grant_type": {"type": "string"},
      "error": {"type": "string"},
      "status": {"type": "integer"},
      "grant": {"type": "string"},
      "parameters": {"type": "object", "additionalProperties": {"type": ["string", "null"]}},
      "same": {"type": "object", "additionalProperties": {"type": "integer", "minimum": 1}}
    }})";
  return schema;
}

namespace {

void compare_texts(std::vector<std::string>& found, std::string_view name, const std::optional<std::string>& wanted,
                   const std::string& seen) {
  if (wanted && *wanted != seen) {
    found.push_back(std::string(name) + " is `" + seen + "`, expected `" + *wanted + "`");
  }
}

// Values are secrets as often as not: a message names the parameter only.
void compare_parameters(std::vector<std::string>& found, const Json& wanted, const Exchange& exchange) {
  for (const auto& [name, value] : *wanted.as_object()) {
    const auto seen = exchange.parameters.one(name);
    if (value.is_null() ? exchange.parameters.count(name) > 0 : seen != *value.as_string()) {
      found.push_back("the parameter " + name + (exchange.parameters.count(name) == 0 ? " is missing"
                                                 : value.is_null() ? " was sent" : " has another value"));
    }
  }
}

void compare_with_others(std::vector<std::string>& found, const Json& wanted, const Exchange& exchange,
                         const std::vector<Exchange>& all) {
  for (const auto& [name, number] : *wanted.as_object()) {
    const auto other = std::find_if(all.begin(), all.end(), [wanted_number = number.as_int()](const Exchange& one) {
      return static_cast<std::int64_t>(one.number) == wanted_number;
    });
    const auto seen = exchange.parameters.one(name);
    if (other == all.end() || !seen || seen != other->parameters.one(name)) {
      found.push_back("the parameter " + name + " is not that of exchange " + number.dump());
    }
  }
}

}  // namespace

std::vector<std::string> ExchangeMatch::differences(const Exchange& exchange,
                                                    const std::vector<Exchange>& all) const {
  std::vector<std::string> found;
  compare_texts(found, "endpoint", wanted.string_at("endpoint"), exchange.endpoint);
  compare_texts(found, "client_id", wanted.string_at("client_id"), exchange.client_id);
  compare_texts(found, "grant_type", wanted.string_at("grant_type"), exchange.grant_type);
  compare_texts(found, "error", wanted.string_at("error"), exchange.error);
  compare_texts(found, "grant", wanted.string_at("grant"), exchange.grant);
  if (const auto status = wanted.int_at("status"); status && *status != exchange.response.status) {
    found.push_back("the status is " + std::to_string(exchange.response.status) + ", expected " +
                    std::to_string(*status));
  }
  if (const auto* parameters = wanted.find("parameters")) compare_parameters(found, *parameters, exchange);
  if (const auto* same = wanted.find("same")) compare_with_others(found, *same, exchange, all);
  return found;
}

}  // namespace mockoauth::server
