#include "tests/profiles/knob_effect.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>
#include <utility>

#include "protocol/vocabulary.hpp"
#include "tests/profiles/deviations.hpp"

namespace mockoauth::server::testing {
namespace {

// For what no profile has set so far.
const std::map<std::string, Json>& examples() {
  static const std::map<std::string, Json> all = {
      {"par.ttl_s", Json(30)},
      {"authorize.code_ttl_s", Json(30)},
      {"transport.refused_agents", Json::array({Json("profile-client/")})},
      {"client.installation_ttl_s", Json(60)},
      {"access.alg", Json("ES256")},
      {"id_token.alg", Json("ES256")},
      {"response.envelope", Json("data.token")},
      {"pages.language", Json("de")},
      {"pages.words", Json::object({{"error.title", Json("Oh no")}})},
      {"pages.scopes", Json::object({{"openid", Json("Be known")}})},
      {"models.names", Json::array({Json("other")})},
      {"models.scopes", Json::array({Json("api.write")})},
      {"models.limits", Json::object({{"requests", Json(1)}})},
      {"models.tier", Json("priority")},
      {"models.headers", Json::object({{"x-plan", Json("max")}})},
      {"models.stream_s", Json(60)},
      {"models.answers", Json::array({Json::object({{"text", Json("scripted")}})})},
      {"discovery.place", Json("https://issuer.example/place")},
  };
  return all;
}

// Everything that somebody who talks to the server, or reads its journal, can see.
std::string seen_by(ProfileClient& client) {
  std::string text;
  for (const auto& exchange : client.realm().journal().exchanges()) {
    text += std::to_string(exchange.response.status) + "\n";
    for (const auto& [name, value] : exchange.response.headers) text += name + ": " + value + "\n";
    text += exchange.response.body + "\n";
    for (const auto& name : exchange.ignored) text += "ignored " + name + "\n";
  }
  return text;
}

std::string played(const Profile& spoken, const Profile& served, const Play& play) {
  ProfileClient client({.spoken = spoken, .served = served});
  play(client);
  return seen_by(client);
}

std::set<std::string> words_of(std::string_view text) {
  std::set<std::string> words;
  std::string word;
  for (const char c : std::string(text) + " ") {
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
      word += c;
    } else if (!word.empty()) {
      words.insert(std::exchange(word, {}));
    }
  }
  return words;
}

// Everything there is to play, first what has words in common with what is looked for: that is where it will show.
std::vector<std::pair<std::string, const Play*>> everything(const std::string& about) {
  const auto wanted = words_of(about);
  const auto distance = [&](const std::string& name) {
    const auto words = words_of(name);
    return -std::count_if(words.begin(), words.end(), [&](const auto& word) { return wanted.contains(word); });
  };
  std::vector<std::pair<std::string, const Play*>> all;
  for (const auto& [name, play] : plays()) all.emplace_back(name, &play);
  for (const auto& [name, play] : deviations()) all.emplace_back(name, &play);
  std::stable_sort(all.begin(), all.end(), [&](const auto& a, const auto& b) { return distance(a.first) < distance(b.first); });
  return all;
}

std::vector<Profile> make_contexts(bool with_variants) {
  std::vector<Profile> all{Profile::plain()};
  for (const auto& id : Profile::ids()) {
    const auto profile = Profile::find(id);
    if (!profile) continue;
    if (id != "plain") all.push_back(*profile);
    if (!with_variants) continue;
    for (const auto& [name, changes] : *profile->knob("variants").as_object()) {
      if (auto variant = profile->with_variant(name)) all.push_back(*variant);
    }
  }
  return all;
}

// All profiles, the strict one first, and each with each of its variants.
const std::vector<Profile>& contexts(bool with_variants = true) {
  static const std::vector<Profile> profiles = make_contexts(false);
  static const std::vector<Profile> variants = make_contexts(true);
  return with_variants ? variants : profiles;
}

bool has(const Json& value, const Json& item) {
  const auto* items = value.as_array();
  return items != nullptr && std::find(items->begin(), items->end(), item) != items->end();
}

bool is_declared_list(const Json& knob) {
  return knob.string_at("type") == "list" && knob.find("values") != nullptr;
}

Json without_item(const Json& list, const Json& item) {
  Json::Array rest;
  for (const auto& one : *list.as_array()) {
    if (one != item) rest.push_back(one);
  }
  return Json(std::move(rest));
}

Json with_item(const Json& list, const Json& item) {
  Json::Array all = *list.as_array();
  if (!has(list, item)) all.push_back(item);
  return Json(std::move(all));
}

}  // namespace

Profile with_knob(const Profile& profile, const std::string& name, const std::optional<Json>& value) {
  Json knobs = Json::object();
  for (const auto& named : profile.named()) knobs.set(named, profile.knob(named));
  if (value) {
    knobs.set(name, *value);
  } else {
    knobs.erase(name);
  }
  const Json text = Json::object({{"id", Json(profile.id())}, {"title", Json(profile.title())}, {"knobs", std::move(knobs)}});
  auto changed = Profile::parse(text.dump(), profile.id() + " with " + name);
  if (!changed) throw std::runtime_error(changed.error().to_string());
  return *changed;
}

// Signatures by RSA would take three quarters of the time. Where both sign alike, EdDSA shows as much.
static void sign_quickly(Profile& one, Profile& other) {
  for (const char* knob : {"id_token.alg", "access.alg"}) {
    if (one.knob(knob) != other.knob(knob) || one.text(knob) != "RS256") continue;
    one = with_knob(one, knob, Json("EdDSA"));
    other = with_knob(other, knob, Json("EdDSA"));
  }
}

std::optional<std::string> told_apart(Profile one, Profile other, const std::string& about) {
  sign_quickly(one, other);
  for (const auto& [name, play] : everything(about)) {
    if (played(one, one, *play) != played(one, other, *play)) return name;
  }
  return std::nullopt;
}

bool is_shown_elsewhere(std::string_view knob, const std::string& value) {
  return knob.starts_with("introspection.") || knob == "client.registration" || (knob == "extensions" && value == "cimd");
}

bool each_has_to_tell(const Json& knob) {
  const auto type = knob.string_at("type").value_or("");
  return type == "enum" || type == "boolean" || is_declared_list(knob);
}

std::vector<Facet> facets_of(const Json& knob) {
  const auto name = knob.string_at("name").value_or("");
  const Json& usual = *knob.find("default");
  std::vector<Facet> facets;
  if (usual.is_bool()) return {{name, Json(!*usual.as_bool())}};
  if (knob.string_at("type") == "enum") {
    for (const auto& value : *knob.find("values")->as_array()) {
      if (value != usual) facets.push_back({name + ": " + *value.as_string(), value});
    }
    return facets;
  }
  if (is_declared_list(knob)) {
    for (const auto& value : *knob.find("values")->as_array()) facets.push_back({name + ": " + *value.as_string(), value});
    return facets;
  }
  for (const auto& profile : contexts()) {
    const Json& value = profile.knob(name);
    const bool is_new = std::none_of(facets.begin(), facets.end(), [&](const auto& facet) { return facet.value == value; });
    if (value != usual && is_new) facets.push_back({name + ": " + value.dump(), value});
  }
  if (const auto example = examples().find(name); facets.empty() && example != examples().end()) {
    facets.push_back({name + ": " + example->second.dump(), example->second});
  }
  return facets;
}

std::optional<std::string> effect_of(const std::string& name, const Facet& facet, Where where) {
  const auto& vocabulary = Vocabulary::instance();
  const auto row = vocabulary.index.find(name);
  if (row == vocabulary.index.end()) return std::nullopt;  // Nothing reads what no profile can say.
  const bool by_item = is_declared_list(vocabulary.knobs[row->second]);
  if (name == "variants") {
    for (const auto& profile : contexts(false)) {
      const auto* variants = profile.knob(name).as_object();
      const auto variant = variants->empty() ? mimir::codec::Expected<Profile, DataFileError>(profile)
                                             : profile.with_variant(variants->front().first);
      if (!variant) continue;
      if (const auto play = told_apart(*variant, profile, facet.what)) return profile.id() + ": " + *play;
    }
    return std::nullopt;
  }
  const auto has_it = [&](const Profile& profile) {
    return by_item ? has(profile.knob(name), facet.value) : profile.knob(name) == facet.value;
  };
  const auto shows_in = [&](const Profile& profile) -> std::optional<std::string> {
    const Json& value = profile.knob(name);
    const auto set = by_item ? with_item(value, facet.value) : facet.value;
    const auto unset = by_item ? std::optional(without_item(value, facet.value)) : facet.otherwise;
    const auto play = told_apart(with_knob(profile, name, set), with_knob(profile, name, unset), facet.what);
    return play ? std::optional(profile.id() + ": " + *play) : std::nullopt;
  };
  if (where == Where::Likely) {
    const auto& all = contexts();
    const auto first = std::find_if(all.begin(), all.end(), has_it);
    auto effect = first == all.end() ? std::nullopt : shows_in(*first);
    return effect ? effect : shows_in(Profile::plain());
  }
  for (const bool as_it_is : {true, false}) {
    for (const auto& profile : contexts(as_it_is)) {
      if (has_it(profile) != as_it_is) continue;
      if (auto effect = shows_in(profile)) return effect;
    }
  }
  return std::nullopt;
}

std::optional<std::string> effect_of(const std::string& name, const Facet& facet) {
  auto effect = effect_of(name, facet, Where::Likely);
  return effect ? effect : effect_of(name, facet, Where::Anywhere);
}

}  // namespace mockoauth::server::testing
