#pragma once

#include <string>

#include "protocol/fault.hpp"

namespace mockoauth::server {

/// Judges the arguments of a rule; pointers are relative to them.
[[nodiscard]] RuleResult<void> check_arguments(const Fault& fault, const mimir::codec::Json& arguments);
/// `number, 200 to 599`
[[nodiscard]] std::string kind_text(const FaultArgument& argument);
/// `; did you mean a or b?`, or nothing.
[[nodiscard]] std::string did_you_mean(std::string_view name, const std::vector<std::string>& known);

[[nodiscard]] tl::unexpected<RuleProblem> rule_problem(std::string code, std::string pointer, std::string message);

}  // namespace mockoauth::server
