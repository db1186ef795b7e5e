#include "protocol/routes.hpp"

#include <algorithm>

#include "protocol/registries.hpp"

namespace mockoauth::server {
namespace {

std::string replace_all(std::string text, const std::string& what, const std::string& with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
  return text;
}

}  // namespace

std::string path_of_template(const Profile& profile, std::string_view url_template) {
  std::string text(url_template);
  if (const auto* params = profile.knob("params").as_object()) {
    for (const auto& [name, value] : *params) {
      if (const auto* known = value.as_string()) text = replace_all(std::move(text), "{" + name + "}", *known);
    }
  }
  constexpr std::string_view kOrigin = "{origin}";
  if (text.starts_with(kOrigin)) return text.substr(kOrigin.size());
  const auto scheme_end = text.find("://");
  if (scheme_end == std::string::npos) return text;
  const auto slash = text.find('/', scheme_end + 3);
  return slash == std::string::npos ? std::string() : text.substr(slash);
}

Routes::Routes(const Profile& profile, const std::string& issuer_path) {
  const auto& urls = profile.knob("endpoints");
  for (const auto& endpoint : registries().endpoints.all()) {
    if (endpoint.served != nullptr && !endpoint.served(profile)) continue;
    std::string path = replace_all(endpoint.path, "{issuer_path}", issuer_path);
    if (const auto url = endpoint.role.empty() ? std::nullopt : urls.string_at(endpoint.role)) {
      path = path_of_template(profile, *url);
      path = path.substr(0, path.find_first_of("?#"));
      if (path.empty()) path = "/";
    }
    if (path.empty()) continue;
    if (by_path_.emplace(path, &endpoint).second) served_.emplace_back(&endpoint, path);
  }
}

const Endpoint* Routes::find(std::string_view path) const {
  const auto found = by_path_.find(path);
  if (found != by_path_.end()) return found->second;
  for (auto slash = path.rfind('/'); slash != std::string_view::npos && slash > 0; slash = path.rfind('/', slash - 1)) {
    const auto above = by_path_.find(path.substr(0, slash));
    if (above != by_path_.end() && above->second->below) return above->second;
  }
  return nullptr;
}

std::string Routes::path_of(std::string_view name) const {
  for (const auto& [endpoint, path] : served_) {
    if (endpoint->name == name) return path;
  }
  return {};
}

std::vector<std::string> methods_of(const Endpoint& endpoint, const Profile& profile) {
  auto methods = endpoint.methods_by_profile != nullptr ? endpoint.methods_by_profile(profile) : endpoint.methods;
  if (std::find(methods.begin(), methods.end(), "GET") != methods.end()) methods.emplace_back("HEAD");
  return methods;
}

}  // namespace mockoauth::server
