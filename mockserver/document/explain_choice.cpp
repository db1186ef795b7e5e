// Which of several alternatives was meant? `oneOf` and `anyOf` only say that none fits; a person wants to hear what is
// wrong with the one that was tried.
#include <algorithm>
#include <set>

#include "explain.hpp"
#include "scalar.hpp"

namespace mockoauth::document {
namespace {

using mimir::codec::Json;

std::size_t depth_of(const Violation& violation) {
  return static_cast<std::size_t>(std::count(violation.pointer.begin(), violation.pointer.end(), '/'));
}

std::vector<std::string> member_names(const Json& schema) {
  std::vector<std::string> names;
  if (const Json* properties = schema.find("properties"); properties != nullptr && properties->is_object()) {
    for (const auto& property : *properties->as_object()) names.push_back(property.first);
  }
  return names;
}

bool type_fits(const Json& schema, const Json& value) {
  const Json* type = schema.find("type");
  if (type == nullptr) return true;
  if (const auto* name = type->as_string()) return has_type(value, *name);
  const auto* names = type->as_array();
  return names != nullptr && std::any_of(names->begin(), names->end(), [&](const Json& name) {
    return name.as_string() != nullptr && has_type(value, *name.as_string());
  });
}

/// How much of an object a branch recognises: its required members first, then any.
struct Overlap {
  std::size_t required = 0;
  std::size_t known = 0;
  auto operator<=>(const Overlap&) const = default;
};

Overlap overlap_of(const Json& schema, const Json& value) {
  Overlap overlap;
  for (const auto& name : member_names(schema)) overlap.known += value.find(name) != nullptr ? 1 : 0;
  if (const Json* required = schema.find("required"); required != nullptr && required->is_array()) {
    for (const auto& name : *required->as_array()) {
      if (name.as_string() != nullptr && value.find(*name.as_string()) != nullptr) ++overlap.required;
    }
  }
  return overlap;
}

std::string alternatives(const std::vector<const Json*>& branches) {
  std::vector<std::string> words;
  for (const Json* branch : branches) {
    if (const auto title = branch->string_at("title")) {
      words.push_back(*title);
    } else if (const auto type = branch->string_at("type")) {
      words.push_back(type_in_words(*type));
    }
  }
  std::vector<std::string> unique;
  for (auto& word : words) {
    if (std::find(unique.begin(), unique.end(), word) == unique.end()) unique.push_back(std::move(word));
  }
  return unique.empty() ? "none of the alternatives fits" : "expected " + join_or(unique);
}

}  // namespace

Explainer::Found Explainer::check_choice(const Json& list, const Json& value, const std::string& pointer,
                                         bool exactly_one) {
  if (!list.is_array()) return std::nullopt;
  std::vector<const Json*> branches;
  std::vector<Violation> violations;
  std::vector<const Json*> fitting;
  for (const auto& unresolved : *list.as_array()) {
    const Json& branch = follow(unresolved);
    if (auto found = walk(branch, value, pointer)) {
      branches.push_back(&branch);
      violations.push_back(std::move(*found));
    } else {
      fitting.push_back(&branch);
    }
  }
  if (fitting.empty()) return explain_choice(branches, std::move(violations), value, pointer);
  if (!exactly_one || fitting.size() == 1) return std::nullopt;
  return Violation{pointer, true, "this fits more than one alternative; " + alternatives(fitting)};
}

Explainer::Found Explainer::explain_choice(const std::vector<const Json*>& branches, std::vector<Violation> violations,
                                           const Json& value, const std::string& pointer) const {
  // Branches for another type are not what was meant, unless all are.
  std::vector<std::size_t> candidates;
  for (std::size_t index = 0; index < branches.size(); ++index) {
    if (type_fits(*branches[index], value)) candidates.push_back(index);
  }
  if (candidates.empty()) {
    const std::string found = value.is_number() ? "a number" : type_in_words(type_of(value));
    return Violation{pointer, false, alternatives(branches) + ", found " + (value.is_bool() ? value.dump() : found)};
  }
  if (candidates.size() == 1) return std::move(violations[candidates.front()]);

  if (const auto* members = value.as_object()) {
    Overlap best;
    std::vector<std::string> known;
    for (const auto index : candidates) {
      best = std::max(best, overlap_of(*branches[index], value));
      for (auto& name : member_names(*branches[index])) known.push_back(std::move(name));
    }
    if (best == Overlap{}) {
      // Nothing in common with any branch: name the first stranger, and all that would be known.
      for (const auto& [name, ignored] : *members) {
        if (known.empty()) break;
        return Violation{pointer + "/" + mimir::codec::json_pointer_escape(name), true, unknown_member(name, known)};
      }
    } else {
      std::erase_if(candidates, [&](std::size_t index) { return overlap_of(*branches[index], value) < best; });
      if (candidates.size() == 1) return std::move(violations[candidates.front()]);
    }
  }

  // The branch that got farthest into the value.
  std::size_t deepest = 0;
  for (const auto index : candidates) deepest = std::max(deepest, depth_of(violations[index]));
  std::erase_if(candidates, [&](std::size_t index) { return depth_of(violations[index]) < deepest; });
  const bool same = std::all_of(candidates.begin(), candidates.end(), [&](std::size_t index) {
    return violations[index].message == violations[candidates.front()].message;
  });
  if (candidates.size() == 1 || same) return std::move(violations[candidates.front()]);

  std::vector<const Json*> tied;
  std::vector<Json> allowed;
  bool only_enums = true;
  for (const auto index : candidates) {
    tied.push_back(branches[index]);
    const Json* list = branches[index]->find("enum");
    only_enums = only_enums && list != nullptr && list->is_array();
    if (only_enums) allowed.insert(allowed.end(), list->as_array()->begin(), list->as_array()->end());
  }
  if (only_enums) return Violation{pointer, false, not_one_of(value, allowed)};
  if (deepest > depth_of({pointer, false, {}})) return std::move(violations[candidates.front()]);
  std::string message = alternatives(tied);
  if (const auto* text = value.as_string()) message += ", found " + in_quotes(*text);
  return Violation{pointer, true, message};
}

}  // namespace mockoauth::document
