#include "protocol/url_template.hpp"

#include <algorithm>

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

}  // namespace

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
  return all;
}

}  // namespace mockoauth::server
