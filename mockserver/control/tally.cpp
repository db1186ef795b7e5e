// Which exchanges of a record match, and the one that nearly does.
#include <utility>

#include "control/exchange_match.hpp"
#include "protocol/masking.hpp"

namespace mockoauth::server {

using mimir::codec::Json;

std::string describe_match(const Json& wanted) {
  std::string text;
  const auto* members = wanted.as_object();
  if (members == nullptr || members->empty()) return "anything";
  for (const auto& [name, wish] : *members) {
    const auto add = [&](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
    if (!wish.is_object() || (name == "path" || name == "reason")) {
      add(name + " " + wish.dump());
      continue;
    }
    for (const auto& [inner, value] : *wish.as_object()) {
      add((name == "same" ? "the same " : name == "differs" ? "another " : name + " ") + inner + " " +
          (name == "same" ? "as " : name == "differs" ? "than " : "") + masked_parameter(inner, value.dump()));
    }
  }
  return text;
}

Tally tally(const ExchangeMatch& match, const Record& record, std::uint64_t since, std::uint64_t until) {
  Tally all;
  for (const auto& exchange : record.exchanges) {
    if (exchange.number <= since || exchange.number > until) continue;
    auto differences = match.differences(exchange, record);
    if (differences.empty()) {
      all.numbers.push_back(exchange.number);
    } else if (all.nearest == nullptr || differences.size() < all.differences.size()) {
      all.nearest = &exchange;
      all.differences = std::move(differences);
    }
  }
  return all;
}

Json nearest_to_json(const Tally& all) {
  if (all.nearest == nullptr) return {};
  Json differences = Json::array();
  std::string detail = "the nearest is exchange " + std::to_string(all.nearest->number);
  for (const auto& difference : all.differences) {
    detail += (differences.as_array()->empty() ? ": " : "; ") + difference.detail;
    differences.push_back(difference_to_json(difference));
  }
  return Json::object({{"detail", std::move(detail)},
                       {"differences", std::move(differences)},
                       {"exchange", exchange_to_json(*all.nearest)}});
}

}  // namespace mockoauth::server
