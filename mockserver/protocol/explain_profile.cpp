#include <mockoauth/server/explain.hpp>

#include <algorithm>

#include "protocol/condition.hpp"
#include "protocol/error_writer.hpp"
#include "protocol/text.hpp"
#include "protocol/vocabulary.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

std::string plural(std::int64_t count, const std::string& unit) {
  return std::to_string(count) + " " + unit + (count == 1 ? "" : "s");
}

std::string duration(std::int64_t seconds) {
  if (seconds > 0 && seconds % 86400 == 0) return plural(seconds / 86400, "day");
  if (seconds > 0 && seconds % 3600 == 0) return plural(seconds / 3600, "hour");
  if (seconds > 0 && seconds % 60 == 0) return plural(seconds / 60, "minute");
  return plural(seconds, "second");
}

std::string enumerated(const std::vector<std::string>& items) {
  if (items.empty()) return "none";
  std::string out = items.front();
  for (std::size_t i = 1; i < items.size(); ++i) out += (i + 1 == items.size() ? " and " : ", ") + items[i];
  return out;
}

// A value where a sentence needs one; text that is no plain word is quoted, so that one sees where it ends.
std::string shown(const Json& value) {
  const auto* text = value.as_string();
  if (text == nullptr) return value.dump();
  return text->empty() || text->find(' ') != std::string::npos ? value.dump() : *text;
}

std::vector<std::string> members_shown(const Json& object) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : *object.as_object()) parts.push_back(name + " = " + shown(value));
  return parts;
}

std::string condition_of_rule(const std::string& key, const Json& wanted) {
  if (!wanted.is_object()) return key + " " + shown(wanted);
  std::vector<std::string> parts;
  for (const auto& [name, value] : *wanted.as_object()) {
    const std::string text = value.as_string() != nullptr ? *value.as_string() : value.dump();
    parts.push_back(text == "*absent" ? "no " + name : text == "*present" ? name : name + "=" + text);
  }
  return enumerated(parts);
}

// What a rule does to the answer.
std::string effect_of_rule(const std::string& name, const Json& value) {
  const bool yes = value.as_bool().value_or(false);
  if (name == "refresh") return yes ? "a refresh token comes" : "no refresh token comes";
  if (name == "id_token") return yes ? "an id_token comes" : "no id_token comes";
  if (name == "require_pkce") return yes ? "PKCE is demanded" : "PKCE is not demanded";
  if (name == "access_format") return "the access token is of the form " + shown(value);
  if (name == "access_ttl_s") return "the access token lives for " + duration(value.as_int().value_or(0));
  if (name == "refresh_absolute_ttl_s") return "the refresh token dies after " + duration(value.as_int().value_or(0));
  if (name == "refresh_idle_ttl_s") return "the refresh token dies when unused for " + duration(value.as_int().value_or(0));
  if (name == "rotation") return "refresh tokens are rotated " + shown(value);
  if (name == "manual_code") return "what the person copies by hand is " + shown(value);
  if (name == "scope_grant") return "granted are the scopes " + value.dump();
  const auto condition = name == "error" && value.as_string() != nullptr ? parse_condition(*value.as_string()) : std::nullopt;
  return condition ? "it is refused, since " + std::string(entry_of(*condition).description) : name + " " + shown(value);
}

std::string rules_shown(const Json& rules) {
  std::string out;
  for (const auto& rule : *rules.as_array()) {
    std::vector<std::string> when;
    for (const auto& [key, wanted] : *rule.find("when")->as_object()) when.push_back(condition_of_rule(key, wanted));
    std::vector<std::string> then;
    for (const auto& [name, value] : *rule.find("then")->as_object()) then.push_back(effect_of_rule(name, value));
    out += (out.empty() ? "with " : "; with ") + enumerated(when) + ": " + enumerated(then);
  }
  return out;
}

std::string value_shown(const std::string& name, const std::string& type, const Json& value) {
  if (type == "rules") return rules_shown(value);
  if (name == "variants") {
    std::vector<std::string> names;
    for (const auto& member : *value.as_object()) names.push_back(member.first);
    return enumerated(names);
  }
  if (value.is_object()) return type == "template" ? value.dump() : enumerated(members_shown(value));
  if (const auto* items = value.as_array()) {
    std::vector<std::string> parts;
    for (const auto& item : *items) parts.push_back(shown(item));
    return enumerated(parts);
  }
  if (value.as_int() && name.ends_with("_s")) return duration(*value.as_int());
  return shown(value);
}

std::string with(std::string text, const std::string& placeholder, const std::string& value) {
  const auto at = text.find(placeholder);
  if (at != std::string::npos) text.replace(at, placeholder.size(), value);
  return text;
}

/// @param says text, or an object with one for each value and `*` for all others.
std::string sentence_for(const Json& knob, const Json& value) {
  const auto name = knob.string_at("name").value_or("");
  const auto type = knob.string_at("type").value_or("");
  const Json& says = *knob.find("says");
  const std::string as_text = value_shown(name, type, value);
  if (const auto* text = says.as_string()) return with(*text, "{value}", as_text);
  if (const auto* items = value.as_array()) {  // A sentence an item.
    std::vector<std::string> sentences;
    for (const auto& item : *items) sentences.push_back(says.string_at(shown(item)).value_or(shown(item)));
    return join(sentences, " ");
  }
  const auto key = value.as_string() != nullptr ? *value.as_string() : value.dump();
  return with(says.string_at(key).value_or(says.string_at("*").value_or("")), "{value}", as_text);
}

std::string error_shown(const WireError& wire) {
  std::vector<std::string> parts;
  if (wire.status_is_mapped) parts.push_back("status " + std::to_string(wire.status));
  if (wire.entry->find("code") != nullptr) parts.push_back(wire.code);
  if (!wire.description.empty() && wire.entry->find("description") != nullptr) {
    parts.push_back(Json(wire.description).dump());
  }
  if (!wire.hint.empty()) parts.push_back("hint " + wire.hint);
  if (const Json* headers = wire.entry->find("headers")) parts.push_back("headers " + enumerated(members_shown(*headers)));
  if (const auto type = wire.entry->string_at("content_type")) parts.push_back("labelled " + *type);
  if (const Json* extra = wire.entry->find("extra")) parts.push_back("with " + enumerated(members_shown(*extra)));
  if (const Json* shape = wire.entry->find("shape")) parts.push_back("body " + shape->dump());
  return join(parts, ", ");
}

void explain_errors(const Profile& profile, const Json& knob, std::vector<Quirk>& quirks) {
  const auto says = knob.string_at("says").value_or("");
  for (const auto& [name, entry] : *profile.knob("errors.map").as_object()) {
    const auto condition = parse_condition(name);
    if (!condition) continue;
    const auto wire = word(profile, Refusal{*condition, {}, {}, {}});
    if (wire.entry == nullptr) continue;
    auto sentence = with(says, "{condition}", std::string(entry_of(*condition).description));
    quirks.push_back({"errors.map." + name, with(std::move(sentence), "{value}", error_shown(wire))});
  }
}

// An entry of the list may be the knob, a part of it, or (for an error) the whole map.
bool is_unverified(const Profile& profile, const std::string& knob) {
  const auto& list = profile.unverified();
  return std::any_of(list.begin(), list.end(), [&](const std::string& entry) {
    return entry == knob || entry.starts_with(knob + ".") || knob.starts_with(entry + ".");
  });
}

}  // namespace

std::vector<Quirk> explain(const Profile& profile) {
  std::vector<Quirk> quirks;
  for (const auto& name : profile.named()) {
    const auto& vocabulary = Vocabulary::instance();
    const Json& knob = vocabulary.knobs[vocabulary.index.at(name)];
    if (name == "errors.map") {
      explain_errors(profile, knob, quirks);
    } else {
      quirks.push_back({name, sentence_for(knob, profile.knob(name))});
    }
  }
  for (auto& quirk : quirks) quirk.unverified = is_unverified(profile, quirk.knob);
  return quirks;
}

}  // namespace mockoauth::server
