#include "protocol/routes.hpp"

#include <algorithm>
#include <mutex>

#include "protocol/registries.hpp"
#include "protocol/text.hpp"
#include "protocol/url_template.hpp"

namespace mockoauth::server {
namespace {

// What has no URL of its own, such as a protected resource, is where the profile puts the role it belongs to.
std::size_t origin_of(const Profile& profile, const Endpoint& endpoint, std::size_t origins) {
  const auto& role = endpoint.origin_role.empty() ? endpoint.role : endpoint.origin_role;
  const auto url = role.empty() ? std::nullopt : profile.knob("endpoints").string_at(role);
  const auto origin = url ? origin_of_template(profile, *url) : std::string();
  if (origin.empty()) return 0;
  const auto all = profile.origins();
  const auto index = static_cast<std::size_t>(std::find(all.begin(), all.end(), origin) - all.begin());
  return index < origins ? index : 0;
}

}  // namespace

Routes::Routes(const Profile& profile, const std::string& issuer_path, std::size_t origins) : by_path_(origins) {
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
    const auto origin = origin_of(profile, endpoint, origins);
    if (by_path_[origin].emplace(path, &endpoint).second) served_.push_back({&endpoint, origin, path});
  }
}

const Endpoint* Routes::find(std::size_t origin, std::string_view path) const {
  if (origin >= by_path_.size()) return nullptr;
  const auto& paths = by_path_[origin];
  const auto found = paths.find(path);
  if (found != paths.end()) return found->second;
  for (auto slash = path.rfind('/'); slash != std::string_view::npos && slash > 0; slash = path.rfind('/', slash - 1)) {
    const auto above = paths.find(path.substr(0, slash));
    if (above != paths.end() && above->second->below) return above->second;
  }
  return nullptr;
}

const Routes::Route* Routes::route_of(std::string_view name) const {
  const auto found = std::find_if(served_.begin(), served_.end(), [&](const auto& r) { return r.endpoint->name == name; });
  return found == served_.end() ? nullptr : &*found;
}

std::shared_ptr<const Routes> shared_routes(const Profile& profile, const std::string& issuer_path,
                                            std::size_t origins) {
  struct Known {
    Profile profile;
    std::string issuer_path;
    std::size_t origins;
    std::weak_ptr<const Routes> routes;
  };
  static std::mutex mutex;
  static std::vector<Known> known;
  const std::lock_guard lock(mutex);
  for (const auto& one : known) {
    if (!one.profile.is_same(profile) || one.issuer_path != issuer_path || one.origins != origins) continue;
    if (auto routes = one.routes.lock()) return routes;
  }
  std::erase_if(known, [](const Known& one) { return one.routes.expired(); });
  auto routes = std::make_shared<const Routes>(profile, issuer_path, origins);
  known.push_back({profile, issuer_path, origins, routes});
  return routes;
}

std::vector<std::string> methods_of(const Endpoint& endpoint, const Profile& profile) {
  auto methods = endpoint.methods_by_profile != nullptr ? endpoint.methods_by_profile(profile) : endpoint.methods;
  if (std::find(methods.begin(), methods.end(), "GET") != methods.end()) methods.emplace_back("HEAD");
  return methods;
}

}  // namespace mockoauth::server
