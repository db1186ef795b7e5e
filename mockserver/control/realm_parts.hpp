#pragma once

#include <optional>
#include <string>

#include <mimir/codec/json.hpp>
#include <mockoauth/server/realm.hpp>

#include "control/route.hpp"

namespace mockoauth::server {

/// Parts of a realm that have a route of their own and can be given when the realm is made, too. `check_…` says what
/// their schemas cannot; what it passes is applied by `set_…` wholly. @param pointer of the part in the body.

[[nodiscard]] const std::string& clock_schema();
[[nodiscard]] std::optional<Problem> check_clock(const mimir::codec::Json& part, const std::string& pointer);
void set_clock(VirtualClock& clock, const mimir::codec::Json& part);

[[nodiscard]] const std::string& person_schema();
void set_person(Realm& realm, const mimir::codec::Json& part);
[[nodiscard]] std::string_view to_string(UserDecision decision);
[[nodiscard]] std::optional<UserDecision> decision_at(const mimir::codec::Json& json);

/// A fault rule as it is added, and what became of one.
[[nodiscard]] const std::string& fault_rule_schema();
[[nodiscard]] const std::string& fault_state_schema();

/// What a script left behind, as `DELETE` of its realm tells it.
[[nodiscard]] mimir::codec::Json report_to_json(const ScriptReport& report);
[[nodiscard]] const std::string& report_schema();

/// `2026-11-26T04:00:00Z`, with or without a fraction of a second; nothing else (RFC 3339 §5.6, UTC only).
[[nodiscard]] std::optional<TimePoint> parse_time(std::string_view text);

}  // namespace mockoauth::server
