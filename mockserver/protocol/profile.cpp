#include <mockoauth/server/profile.hpp>

#include <algorithm>
#include <stdexcept>

#include "protocol/vocabulary.hpp"
#include <mockoauth/document/document.hpp>
#include <mockoauth/embedded/mockoauth-fixtures.hpp>

namespace mockoauth::server {
namespace {

using document::Document;
using mimir::codec::Json;
template <class T>
using Read = mimir::codec::Expected<T, DataFileError>;

/// The rule for a knob's value, from its row of the vocabulary.
Json schema_of(const Json& knob) {
  if (const Json* schema = knob.find("schema")) return *schema;
  const std::string type = knob.string_at("type").value_or("");
  const Json* values = knob.find("values");
  if (type == "enum") return Json::object({{"enum", *values}});
  if (type == "text") return Json::object({{"type", "string"}});
  if (type == "integer") return Json::object({{"type", "integer"}, {"minimum", 0}});
  if (type == "boolean") return Json::object({{"type", "boolean"}});
  if (type == "map") return Json::object({{"type", "object"}});
  if (type == "template") return Json::object();
  const Json item = values != nullptr ? Json::object({{"enum", *values}}) : Json::object({{"type", "string"}});
  return Json::object({{"type", "array"}, {"items", item}, {"uniqueItems", true}});
}

// Compiled at the first file of a user's, not before: the server shall be up in a few milliseconds.
const document::Schema& profile_schema() {
  static const document::Schema schema = [] {
    auto text = Json::parse(fixture("schema/profile.schema.json"));
    Json* knobs = text ? text->find("definitions") : nullptr;
    if (knobs != nullptr) knobs = knobs->find("knobs");
    if (knobs == nullptr) throw std::logic_error("fixtures/schema/profile.schema.json is broken");
    Json properties = Json::object();
    for (const auto& knob : Vocabulary::instance().knobs) {
      properties.set(knob.string_at("name").value_or(""), schema_of(knob));
    }
    knobs->set("properties", std::move(properties));
    return document::Schema(text->dump());
  }();
  return schema;
}

std::vector<std::string> strings_of(const Json* list) {
  std::vector<std::string> strings;
  if (list == nullptr || !list->is_array()) return strings;
  for (const auto& item : *list->as_array()) {
    if (const auto* text = item.as_string()) strings.push_back(*text);
  }
  return strings;
}

const Json& nothing() {
  static const Json null;
  return null;
}

}  // namespace

/// Every knob of the vocabulary at its index, so that reading one is a single look-up.
struct Profile::Data {
  std::string id;
  std::string title;
  std::vector<Json> knobs;
  std::vector<bool> named;  ///< Which of them the profile or its variant sets.
  std::vector<std::string> notes;
  std::vector<std::string> sources;
  std::vector<std::string> unverified;

  Data() {
    for (const auto& knob : Vocabulary::instance().knobs) knobs.push_back(*knob.find("default"));
    named.resize(knobs.size());
  }
  void overlay(const Json* changes) {
    if (changes == nullptr || !changes->is_object()) return;
    const auto& index = Vocabulary::instance().index;
    for (const auto& [name, value] : *changes->as_object()) {
      const auto found = index.find(name);
      if (found == index.end()) continue;
      knobs[found->second] = value;
      named[found->second] = true;
    }
  }
};

Profile::Profile(std::shared_ptr<const Data> data) : data_(std::move(data)) {}

Profile Profile::from_document(const Document& document) {
  auto data = std::make_shared<Data>();
  data->id = document.value.string_at("id").value_or("");
  data->title = document.value.string_at("title").value_or("");
  data->overlay(document.value.find("knobs"));
  data->notes = strings_of(document.value.find("notes"));
  data->sources = strings_of(document.value.find("sources"));
  data->unverified = strings_of(document.value.find("unverified"));
  return Profile(std::move(data));
}

const Profile& Profile::plain() {
  static const Profile profile = [] {
    auto found = find("plain");
    if (!found) throw std::logic_error(found.error().to_string());
    return *found;
  }();
  return profile;
}

Read<Profile> Profile::find(std::string_view id) {
  const std::string path = "providers/" + std::string(id) + ".yaml";
  for (const auto& file : fixtures::embedded_fixtures()) {
    if (file.path != path) continue;
    // Not checked against the schema here: ProfileTest does it once for all that are embedded.
    return document::parse(file.content, path).map([](const Document& document) { return from_document(document); });
  }
  std::string message = "unknown provider \"" + std::string(id.substr(0, 80)) + "\"";
  const auto known = ids();
  const auto near = document::nearest(id, known);
  const auto& shown = near.empty() ? known : near;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    message += (i > 0 ? ", " : near.empty() ? "; known: " : "; did you mean ") + shown[i];
  }
  return tl::unexpected(DataFileError{.file = {}, .message = message + (near.empty() ? "" : "?")});
}

Read<Profile> Profile::parse(std::string_view text, const std::string& file) {
  const auto document = document::parse(text, file);
  if (!document) return tl::unexpected(document.error());
  return check(*document);
}

Read<Profile> Profile::load(const std::filesystem::path& file) {
  const auto document = document::load(file);
  if (!document) return tl::unexpected(document.error());
  return check(*document);
}

Read<Profile> Profile::check(const Document& document) {
  if (const auto fits = profile_schema().check(document); !fits) return tl::unexpected(fits.error());
  // `as` copies another condition's entry; a circle of them would have no end.
  const Json* map = document.value.at_pointer("/knobs/errors.map");
  if (map != nullptr && map->is_object()) {
    for (const auto& [condition, entry] : *map->as_object()) {
      const auto target = entry.string_at("as");
      const Json* other = target ? map->find(*target) : nullptr;
      if (other != nullptr && other->find("as") != nullptr) {
        return tl::unexpected(document.error_at("/knobs/errors.map/" + condition + "/as",
                                                "\"" + *target + "\" takes its entry from another condition itself"));
      }
    }
  }
  return from_document(document);
}

Read<Profile> Profile::with_variant(std::string_view name) const {
  const Json& variants = knob("variants");
  if (const Json* changes = variants.find(name)) {
    auto data = std::make_shared<Data>(*data_);
    data->overlay(changes);
    return Profile(std::move(data));
  }
  std::string message = "profile " + id() + " has no variant \"" + std::string(name.substr(0, 80)) + "\"";
  const char* separator = "; it has ";
  if (const auto* members = variants.as_object()) {
    for (const auto& member : *members) {
      message += separator + member.first;
      separator = ", ";
    }
  }
  return tl::unexpected(DataFileError{.file = {}, .message = message});
}

std::vector<std::string> Profile::ids() {
  constexpr std::string_view kFolder = "providers/";
  std::vector<std::string> ids;
  for (const auto& file : fixtures::embedded_fixtures()) {
    if (!file.path.starts_with(kFolder)) continue;
    const auto name = file.path.substr(kFolder.size());
    ids.emplace_back(name.substr(0, name.rfind('.')));
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

const std::string& Profile::id() const { return data_->id; }
const std::string& Profile::title() const { return data_->title; }
const std::vector<std::string>& Profile::notes() const { return data_->notes; }
const std::vector<std::string>& Profile::sources() const { return data_->sources; }
const std::vector<std::string>& Profile::unverified() const { return data_->unverified; }

std::vector<std::string> Profile::named() const {
  std::vector<std::string> names;
  const auto& knobs = Vocabulary::instance().knobs;
  for (std::size_t i = 0; i < knobs.size(); ++i) {
    if (data_->named[i]) names.push_back(knobs[i].string_at("name").value_or(""));
  }
  return names;
}

const Json& Profile::knob(std::string_view name) const {
  const auto& index = Vocabulary::instance().index;
  const auto found = index.find(name);
  return found == index.end() ? nothing() : data_->knobs[found->second];
}

const std::string& Profile::text(std::string_view name) const {
  static const std::string none;
  const auto* text = knob(name).as_string();
  return text == nullptr ? none : *text;
}

std::int64_t Profile::number(std::string_view name) const { return knob(name).as_int().value_or(0); }

bool Profile::flag(std::string_view name) const { return knob(name).as_bool().value_or(false); }

std::vector<std::string> Profile::list(std::string_view name) const { return strings_of(&knob(name)); }

bool Profile::lists(std::string_view name, std::string_view value) const {
  const auto* items = knob(name).as_array();
  return items != nullptr && std::any_of(items->begin(), items->end(), [&](const Json& item) {
    return item.as_string() != nullptr && *item.as_string() == value;
  });
}

}  // namespace mockoauth::server
