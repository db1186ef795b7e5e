#include "protocol/fault_arguments.hpp"

#include <algorithm>

#include "protocol/json_patch.hpp"
#include "protocol/text.hpp"
#include <mockoauth/document/document.hpp>

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

constexpr const char* kArguments = "fault.arguments";

bool is_field_text(const std::string& text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos;
}

bool is_field(const Json& value) { return value.as_string() != nullptr && is_field_text(*value.as_string()); }

bool is_list_of_texts(const Json& value) {
  const auto* items = value.as_array();
  return items != nullptr && !items->empty() &&
         std::all_of(items->begin(), items->end(), [](const Json& item) { return item.is_string(); });
}

// What is wrong with the value itself; empty: nothing.
std::string flaw_of(const FaultArgument& argument, const Json& value) {
  switch (argument.kind) {
    case ArgumentKind::Text:
      if (!value.is_string()) return "is not a text";
      if (!argument.choices.empty() && !contains(argument.choices, *value.as_string())) {
        return "is none of " + join(argument.choices, ", ");
      }
      return {};
    case ArgumentKind::Field: return is_field(value) ? "" : "is not a text without line breaks";
    case ArgumentKind::Fields: return value.is_object() ? "" : "is not an object";
    case ArgumentKind::Number: {
      const auto number = value.as_int();
      if (number && *number >= argument.least && *number <= argument.most) return {};
      return "is not a " + kind_text(argument);
    }
    case ArgumentKind::Flag: return value.is_bool() ? "" : "is not true or false";
    case ArgumentKind::List: return value.is_array() ? "" : "is not a list";
    case ArgumentKind::Texts: return is_list_of_texts(value) ? "" : "is not a list of texts";
    case ArgumentKind::Patch: return {};  // check_patch
    case ArgumentKind::Object: return value.is_object() ? "" : "is not an object";
    case ArgumentKind::Any: return {};
  }
  return {};
}

RuleResult<void> check_fields(const std::string& pointer, const Json& fields) {
  for (const auto& [name, value] : *fields.as_object()) {
    if (name.empty() || !is_field_text(name) || !is_field(value)) {
      return rule_problem(kArguments, pointer + "/" + mimir::codec::json_pointer_escape(name),
                          "the header `" + name + "` is not a text without line breaks");
    }
  }
  return {};
}

RuleResult<void> check_patch(const std::string& pointer, const Json& patch) {
  const auto read = JsonPatch::parse(patch);
  if (read) return {};
  return rule_problem(kArguments, pointer + read.error().pointer, read.error().message);
}

RuleResult<void> check_one(const FaultArgument& argument, const Json& value) {
  const auto pointer = "/" + argument.name;
  if (const auto flaw = flaw_of(argument, value); !flaw.empty()) {
    return rule_problem(kArguments, pointer, "`" + argument.name + "` " + flaw);
  }
  if (argument.kind == ArgumentKind::Patch) return check_patch(pointer, value);
  return argument.kind == ArgumentKind::Fields ? check_fields(pointer, value) : RuleResult<void>();
}

std::vector<std::string> names_of(const Fault& fault) {
  std::vector<std::string> names;
  for (const auto& argument : fault.arguments) names.push_back(argument.name);
  return names;
}

}  // namespace

tl::unexpected<RuleProblem> rule_problem(std::string code, std::string pointer, std::string message) {
  return tl::unexpected<RuleProblem>(
      RuleProblem{{std::move(code), std::move(message), {}, mimir::codec::Error::kNoOffset}, std::move(pointer)});
}

std::string did_you_mean(std::string_view name, const std::vector<std::string>& known) {
  std::string text;
  for (const auto& candidate : document::nearest(name, known, 3)) {
    text += (text.empty() ? "; did you mean " : " or ") + candidate;
  }
  return text.empty() ? text : text + "?";
}

std::string kind_text(const FaultArgument& argument) {
  switch (argument.kind) {
    case ArgumentKind::Text: return argument.choices.empty() ? "text" : join(argument.choices, ", ");
    case ArgumentKind::Field: return "text of one line";
    case ArgumentKind::Fields: return "object of texts";
    case ArgumentKind::Number: {
      std::string text = "number from " + std::to_string(argument.least);
      if (argument.most != std::numeric_limits<std::int64_t>::max()) text += " to " + std::to_string(argument.most);
      return text;
    }
    case ArgumentKind::Flag: return "true or false";
    case ArgumentKind::List: return "list";
    case ArgumentKind::Texts: return "list of texts";
    case ArgumentKind::Patch: return "JSON Patch (RFC 6902)";
    case ArgumentKind::Object: return "object";
    case ArgumentKind::Any: return "anything";
  }
  return {};
}

RuleResult<void> check_arguments(const Fault& fault, const Json& arguments) {
  const auto* members = arguments.as_object();
  if (members == nullptr && !arguments.is_null()) {
    return rule_problem(kArguments, "", "the arguments of `" + fault.name + "` are not an object");
  }
  const auto names = names_of(fault);
  if (members != nullptr) {
    for (const auto& member : *members) {
      const auto& name = member.first;
      const auto known = std::find_if(fault.arguments.begin(), fault.arguments.end(),
                                      [&](const auto& argument) { return argument.name == name; });
      if (known == fault.arguments.end()) {
        return rule_problem(kArguments, "/" + mimir::codec::json_pointer_escape(name),
                            names.empty() ? "`" + fault.name + "` takes no arguments"
                                          : "`" + fault.name + "` has no argument `" + name + "`; known are `" +
                                                join(names, "`, `") + "`");
      }
      if (auto checked = check_one(*known, member.second); !checked) return checked;
    }
  }
  for (const auto& argument : fault.arguments) {
    if (argument.required && arguments.find(argument.name) == nullptr) {
      return rule_problem(kArguments, "", "`" + fault.name + "` needs the argument `" + argument.name + "` (" +
                                              kind_text(argument) + ": " + argument.meaning + ")");
    }
  }
  if (fault.check_arguments == nullptr) return {};
  if (auto checked = fault.check_arguments(arguments); !checked) {
    return rule_problem(kArguments, "", "`" + fault.name + "`: " + checked.error().message);
  }
  return {};
}

}  // namespace mockoauth::server
