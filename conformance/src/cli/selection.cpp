#include "selection.hpp"

#include <CLI/StringTools.hpp>

namespace mockoauth::cli {
namespace {

using conformance::DataFileError;
using conformance::FileResult;
using server::Profile;

bool is_path(const std::string& text) { return text.find('/') != std::string::npos || text.ends_with(".yaml"); }

FileResult<std::vector<Profile>> select_profiles(const std::string& providers) {
  std::vector<Profile> profiles;
  if (is_path(providers)) {
    auto profile = Profile::load(providers);
    if (!profile) return tl::unexpected(profile.error());
    profiles.push_back(std::move(*profile));
    return profiles;
  }
  for (const auto& wanted : CLI::detail::split(providers, ',')) {
    bool found = false;
    for (const auto& id : Profile::ids()) {
      if (!conformance::glob_matches(wanted == "all" ? "*" : wanted, id)) continue;
      auto profile = Profile::find(id);
      if (!profile) return tl::unexpected(profile.error());
      profiles.push_back(std::move(*profile));
      found = true;
    }
    if (found) continue;
    auto unknown = Profile::find(wanted);  // Its error names the nearest ones.
    if (!unknown) return tl::unexpected(unknown.error());
  }
  return profiles;
}

}  // namespace

FileResult<Profile> select_profile(const std::string& text, const std::string& variant) {
  if (is_path(text)) {
    auto profile = Profile::load(text);
    return profile && !variant.empty() ? profile->with_variant(variant) : profile;
  }
  const auto colon = text.find(':');
  const auto id = text.substr(0, colon);
  const auto chosen = colon == std::string::npos ? variant : text.substr(colon + 1);
  if (colon != std::string::npos && !variant.empty() && variant != chosen) {
    return tl::unexpected(DataFileError{.message = "two variants were asked for, " + chosen + " and " + variant});
  }
  auto profile = Profile::find(id);
  return profile && !chosen.empty() ? profile->with_variant(chosen) : profile;
}

FileResult<std::vector<Pairing>> select_pairs(const std::string& scenarios, const std::string& providers) {
  auto chosen = conformance::select_scenarios(scenarios);
  if (!chosen) return tl::unexpected(chosen.error());
  std::vector<Pairing> pairs;
  if (providers.empty()) {
    for (auto& scenario : *chosen) {
      auto profile = Profile::find(scenario.provider == "any" ? "plain" : scenario.provider);
      if (!profile) return tl::unexpected(profile.error());
      pairs.push_back({std::move(scenario), std::move(*profile)});
    }
    return pairs;
  }
  auto profiles = select_profiles(providers);
  if (!profiles) return tl::unexpected(profiles.error());
  for (const auto& scenario : *chosen) {
    for (const auto& profile : *profiles) {
      if (scenario.fits_profile(profile)) pairs.push_back({scenario, profile});
    }
  }
  if (pairs.empty()) {
    return tl::unexpected(DataFileError{.message = "no scenario of \"" + scenarios + "\" fits a provider of \"" + providers + "\""});
  }
  return pairs;
}

}  // namespace mockoauth::cli
