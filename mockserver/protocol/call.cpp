#include "protocol/call.hpp"

#include <algorithm>

namespace mockoauth::server {

bool Call::waives(Condition condition) const {
  return std::find(waived.begin(), waived.end(), condition) != waived.end();
}

TimePoint Call::told_now() const {
  constexpr TimePoint kLast{std::chrono::milliseconds(253'402'300'799'000)};  // 9999-12-31: the form of Date ends there.
  return std::clamp(now + skew, TimePoint{}, kLast);
}

void Call::leave_latches() {
  for (const auto& [name, number] : held) realm.latches.finished(name, number);
  held.clear();
}

void Call::issued(std::string_view kind, const std::string& name) {
  exchange.issued.push_back(std::string(kind) + ":" + name);
}

void Call::consumed(std::string_view kind, const std::string& name) {
  exchange.consumed.push_back(std::string(kind) + ":" + name);
}

std::optional<std::string> value_of(const mimir::codec::Parameters& parameters, std::string_view name) {
  auto value = parameters.one(name);
  if (value && value->empty()) return std::nullopt;
  return value;
}

Checked<std::string> required(const mimir::codec::Parameters& parameters, std::string_view name, std::string clause) {
  if (auto value = value_of(parameters, name)) return *value;
  return refuse(Condition::ParamMissing, std::string(name) + " is missing", std::move(clause));
}

Checked<void> refuse_repeated(const mimir::codec::Parameters& parameters) {
  std::vector<std::string_view> names;
  names.reserve(parameters.pairs().size());
  for (const auto& [name, value] : parameters.pairs()) {
    if (name != "resource" && name != "audience") names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice == names.end()) return {};
  return refuse(Condition::ParamInvalid, "the parameter " + std::string(twice->substr(0, 64)) + " is repeated");
}

}  // namespace mockoauth::server
