#include "protocol/url_template.hpp"

#include <algorithm>

#include <mimir/codec/form.hpp>

#include "protocol/text.hpp"

namespace mockoauth::server {
namespace {

struct SplitUrl {
  std::string origin;
  std::string rest;
};

SplitUrl split_template(const Profile& profile, std::string_view url_template) {
  std::string text(url_template);
  if (const auto* params = profile.knob("params").as_object()) {
    for (const auto& [name, value] : *params) {
      if (const auto* known = value.as_string()) text = replace_all(std::move(text), "{" + name + "}", *known);
    }
  }
  constexpr std::string_view kOrigin = "{origin}";
  if (text.starts_with(kOrigin)) return {{}, text.substr(kOrigin.size())};
  const auto scheme_end = text.find("://");
  if (scheme_end == std::string::npos) return {{}, text};
  const auto slash = std::min(text.find('/', scheme_end + 3), text.size());
  return {text.substr(0, slash), text.substr(slash)};
}

std::string_view next_segment(std::string_view& path) {
  const auto end = std::min(path.find('/'), path.size());
  const auto segment = path.substr(0, end);
  path.remove_prefix(std::min(end + 1, path.size()));
  return segment;
}

bool is_place(std::string_view segment) { return segment.starts_with('{') && segment.ends_with('}'); }

}  // namespace

bool fits_template(std::string_view path_template, std::string_view path) {
  if (std::count(path_template.begin(), path_template.end(), '/') != std::count(path.begin(), path.end(), '/')) {
    return false;
  }
  while (!path_template.empty() || !path.empty()) {
    const auto wanted = next_segment(path_template);
    const auto segment = next_segment(path);
    if (is_place(wanted) ? segment.empty() : segment != wanted) return false;
  }
  return true;
}

std::optional<std::string> segment_of(std::string_view path_template, std::string_view path, std::string_view name) {
  while (!path_template.empty()) {
    const auto place = next_segment(path_template);
    const auto segment = next_segment(path);
    if (!is_place(place) || place.substr(1, place.size() - 2) != name) continue;
    const auto decoded = mimir::codec::percent_decode(segment);
    return decoded ? std::optional(*decoded) : std::nullopt;
  }
  return std::nullopt;
}

std::string path_of_template(const Profile& profile, std::string_view url_template) {
  return split_template(profile, url_template).rest;
}

std::string origin_of_template(const Profile& profile, std::string_view url_template) {
  return split_template(profile, url_template).origin;
}

std::vector<std::string> Profile::origins() const {
  std::vector<std::string> all{origin_of_template(*this, text("discovery.issuer"))};
  for (const auto& [role, url] : *knob("endpoints").as_object()) {
    auto origin = url.as_string() == nullptr ? std::string() : origin_of_template(*this, *url.as_string());
    if (origin.empty()) continue;
    if (all.front().empty()) all.front() = origin;  // The first host named stands for the issuer.
    if (std::find(all.begin(), all.end(), origin) == all.end()) all.push_back(std::move(origin));
  }
  if (all.size() == 1 && lists("discovery.quirks", "other_origin")) all.emplace_back(kElsewhere);
  return all;
}

}  // namespace mockoauth::server
