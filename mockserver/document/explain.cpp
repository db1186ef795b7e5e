#include "explain.hpp"

#include <algorithm>
#include <cmath>

#include "scalar.hpp"

namespace mockoauth::document {
namespace {

using mimir::codec::Json;

// A schema of alternatives within alternatives multiplies work; past this the judge's word has to do.
constexpr std::size_t kMaxSteps = 200'000;

std::vector<std::string> strings_of(const Json* list) {
  std::vector<std::string> strings;
  if (list == nullptr) return strings;
  if (const auto* text = list->as_string()) strings.push_back(*text);
  if (const auto* items = list->as_array()) {
    for (const auto& item : *items) {
      if (const auto* text = item.as_string()) strings.push_back(*text);
    }
  }
  return strings;
}

std::string count_of(std::int64_t count, const std::string& one, const std::string& many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

// JSON Schema counts characters, not bytes (draft 4 validation §5.2.1).
std::int64_t characters(const std::string& text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
}

std::string with_meaning(const Json& schema, std::string message) {
  auto meaning = schema.string_at("title");
  if (!meaning) meaning = schema.string_at("description");
  return meaning ? message + ": expected " + *meaning : message;
}

}  // namespace

const Json& Explainer::follow(const Json& schema) const {
  const Json* current = &schema;
  for (int hops = 0; hops < 32; ++hops) {
    const auto reference = current->string_at("$ref");
    if (!reference || !reference->starts_with("#")) break;
    const Json* target = root_.at_pointer(std::string_view(*reference).substr(1));
    if (target == nullptr) break;
    current = target;
  }
  return *current;
}

Explainer::Found Explainer::walk(const Json& unresolved, const Json& value, const std::string& pointer) {
  if (++steps_ > kMaxSteps) return std::nullopt;
  const Json& schema = follow(unresolved);
  if (auto found = check_type(schema, value, pointer)) return found;
  if (auto found = check_enum(schema, value, pointer)) return found;
  if (auto found = check_number(schema, value, pointer)) return found;
  if (auto found = check_string(schema, value, pointer)) return found;
  if (auto found = check_array(schema, value, pointer)) return found;
  if (auto found = check_object(schema, value, pointer)) return found;
  if (const Json* all = schema.find("allOf"); all != nullptr && all->is_array()) {
    for (const auto& part : *all->as_array()) {
      if (auto found = walk(part, value, pointer)) return found;
    }
  }
  if (const Json* any = schema.find("anyOf")) {
    if (auto found = check_choice(*any, value, pointer, false)) return found;
  }
  if (const Json* one = schema.find("oneOf")) {
    if (auto found = check_choice(*one, value, pointer, true)) return found;
  }
  if (const Json* refused = schema.find("not"); refused != nullptr && !walk(*refused, value, pointer)) {
    return Violation{pointer, true, with_meaning(schema, "this is not allowed here")};
  }
  return std::nullopt;
}

Explainer::Found Explainer::check_type(const Json& schema, const Json& value, const std::string& pointer) const {
  const auto types = strings_of(schema.find("type"));
  if (types.empty()) return std::nullopt;
  std::vector<std::string> words;
  for (const auto& type : types) {
    if (has_type(value, type)) return std::nullopt;
    words.push_back(type_in_words(type));
  }
  const bool looks_whole = value.is_int() || std::find(types.begin(), types.end(), "integer") == types.end();
  std::string found = value.is_number() && looks_whole ? "a number" : type_in_words(type_of(value));
  if (value.is_number() && !looks_whole) found = value.dump();
  if (value.is_bool()) found = *value.as_bool() ? "true" : "false";
  return Violation{pointer, false, "expected " + join_or(words) + ", found " + found};
}

Explainer::Found Explainer::check_enum(const Json& schema, const Json& value, const std::string& pointer) const {
  const Json* allowed = schema.find("enum");
  if (allowed == nullptr || !allowed->is_array()) return std::nullopt;
  const auto& items = *allowed->as_array();
  if (std::find(items.begin(), items.end(), value) != items.end()) return std::nullopt;
  return Violation{pointer, false, not_one_of(value, items)};
}

Explainer::Found Explainer::check_number(const Json& schema, const Json& value, const std::string& pointer) const {
  if (!value.is_number()) return std::nullopt;
  const double number = *value.as_double();
  if (const Json* least = schema.find("minimum"); least != nullptr && least->is_number()) {
    const bool exclusive = schema.bool_at("exclusiveMinimum").value_or(false);
    if (number < *least->as_double() || (exclusive && number <= *least->as_double())) {
      return Violation{pointer, false, (exclusive ? "must be more than " : "must be at least ") + least->dump()};
    }
  }
  if (const Json* most = schema.find("maximum"); most != nullptr && most->is_number()) {
    const bool exclusive = schema.bool_at("exclusiveMaximum").value_or(false);
    if (number > *most->as_double() || (exclusive && number >= *most->as_double())) {
      return Violation{pointer, false, (exclusive ? "must be less than " : "must be at most ") + most->dump()};
    }
  }
  if (const Json* step = schema.find("multipleOf"); step != nullptr && step->is_number()) {
    if (std::fmod(number, *step->as_double()) != 0.0) {
      return Violation{pointer, false, "must be a multiple of " + step->dump()};
    }
  }
  return std::nullopt;
}

Explainer::Found Explainer::check_string(const Json& schema, const Json& value, const std::string& pointer) const {
  const auto* text = value.as_string();
  if (text == nullptr) return std::nullopt;
  if (const auto least = schema.int_at("minLength"); least && characters(*text) < *least) {
    const std::string rule = *least == 1 ? "must not be empty"
                                         : "must have at least " + count_of(*least, "character", "characters");
    return Violation{pointer, false, with_meaning(schema, rule)};
  }
  if (const auto most = schema.int_at("maxLength"); most && characters(*text) > *most) {
    return Violation{pointer, false, "must have at most " + count_of(*most, "character", "characters")};
  }
  if (const auto pattern = schema.string_at("pattern"); pattern && !matches_(*pattern, *text)) {
    const bool explained = schema.find("title") != nullptr || schema.find("description") != nullptr;
    const std::string rule = explained ? " does not fit" : " does not match " + *pattern;
    return Violation{pointer, false, with_meaning(schema, in_quotes(*text) + rule)};
  }
  return std::nullopt;
}

Explainer::Found Explainer::check_array(const Json& schema, const Json& value, const std::string& pointer) {
  const auto* items = value.as_array();
  if (items == nullptr) return std::nullopt;
  const auto size = static_cast<std::int64_t>(items->size());
  if (const auto least = schema.int_at("minItems"); least && size < *least) {
    return Violation{pointer, true, "needs at least " + count_of(*least, "item", "items")};
  }
  if (const auto most = schema.int_at("maxItems"); most && size > *most) {
    return Violation{pointer, true, "may have at most " + count_of(*most, "item", "items")};
  }
  const Json* each = schema.find("items");
  const Json::Array* tuple = each != nullptr ? each->as_array() : nullptr;
  for (std::size_t index = 0; index < items->size(); ++index) {
    const Json* rule = each;
    if (tuple != nullptr) rule = index < tuple->size() ? &(*tuple)[index] : schema.find("additionalItems");
    if (rule == nullptr) continue;
    const std::string place = pointer + "/" + std::to_string(index);
    if (rule->as_bool() == false) return Violation{place, false, "one item too many"};
    if (auto found = walk(*rule, (*items)[index], place)) return found;
  }
  if (schema.bool_at("uniqueItems").value_or(false)) {
    for (std::size_t index = 0; index < items->size(); ++index) {
      steps_ += index;  // The search below takes as long.
      const auto end = items->begin() + static_cast<std::ptrdiff_t>(index);
      if (steps_ > kMaxSteps || std::find(items->begin(), end, (*items)[index]) == end) continue;
      const auto* text = (*items)[index].as_string();
      return Violation{pointer + "/" + std::to_string(index), false,
                       (text != nullptr ? in_quotes(*text) : (*items)[index].dump()) + " is in the list twice"};
    }
  }
  return std::nullopt;
}

Explainer::Found Explainer::check_object(const Json& schema, const Json& value, const std::string& pointer) {
  const auto* members = value.as_object();
  if (members == nullptr) return std::nullopt;
  for (const auto& member : *members) {
    if (auto found = check_member(schema, member, pointer)) return found;
  }
  if (const Json* required = schema.find("required"); required != nullptr && required->is_array()) {
    for (const auto& name : strings_of(required)) {
      if (value.find(name) == nullptr) return Violation{pointer, true, "required member " + in_quotes(name) + " is missing"};
    }
  }
  const auto size = static_cast<std::int64_t>(members->size());
  if (const auto least = schema.int_at("minProperties"); least && size < *least) {
    return Violation{pointer, true, with_meaning(schema, "needs at least " + count_of(*least, "member", "members"))};
  }
  if (const auto most = schema.int_at("maxProperties"); most && size > *most) {
    return Violation{pointer, true, with_meaning(schema, "may have at most " + count_of(*most, "member", "members"))};
  }
  return check_dependencies(schema, value, pointer);
}

Explainer::Found Explainer::check_member(const Json& schema, const Json::Member& member, const std::string& pointer) {
  const auto& [name, value] = member;
  const std::string place = pointer + "/" + mimir::codec::json_pointer_escape(name);
  bool known = false;
  const Json* properties = schema.find("properties");
  if (const Json* rule = properties != nullptr ? properties->find(name) : nullptr) {
    known = true;
    if (auto found = walk(*rule, value, place)) return found;
  }
  if (const Json* patterns = schema.find("patternProperties"); patterns != nullptr && patterns->is_object()) {
    for (const auto& [pattern, rule] : *patterns->as_object()) {
      if (!matches_(pattern, name)) continue;
      known = true;
      if (auto found = walk(rule, value, place)) return found;
    }
  }
  const Json* additional = schema.find("additionalProperties");
  if (known || additional == nullptr) return std::nullopt;
  if (additional->is_object()) return walk(*additional, value, place);
  if (additional->as_bool() != false) return std::nullopt;
  std::vector<std::string> names;
  if (properties != nullptr && properties->is_object()) {
    for (const auto& property : *properties->as_object()) names.push_back(property.first);
  }
  return Violation{place, true, unknown_member(name, std::move(names))};
}

Explainer::Found Explainer::check_dependencies(const Json& schema, const Json& value, const std::string& pointer) {
  const Json* dependencies = schema.find("dependencies");
  if (dependencies == nullptr || !dependencies->is_object()) return std::nullopt;
  for (const auto& [name, needs] : *dependencies->as_object()) {
    if (value.find(name) == nullptr) continue;
    if (needs.is_object()) {
      if (auto found = walk(needs, value, pointer)) return found;
      continue;
    }
    for (const auto& needed : strings_of(&needs)) {
      if (value.find(needed) != nullptr) continue;
      return Violation{pointer + "/" + mimir::codec::json_pointer_escape(name), true,
                       "member " + in_quotes(name) + " needs member " + in_quotes(needed) + " beside it"};
    }
  }
  return std::nullopt;
}

}  // namespace mockoauth::document
