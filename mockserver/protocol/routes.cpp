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
  if (const auto all = profile.origins(); !role.empty() && all.back() == kElsewhere) return origins > 1 ? 1 : 0;
  const auto url = role.empty() ? std::nullopt : profile.knob("endpoints").string_at(role);
  const auto origin = url ? origin_of_template(profile, *url) : std::string();
  if (origin.empty()) return 0;
  const auto all = profile.origins();
  const auto index = static_cast<std::size_t>(std::find(all.begin(), all.end(), origin) - all.begin());
  return index < origins ? index : 0;
}

// A second endpoint at the same path is reached where it takes a method that the first does not, or where a header tells
// them apart.
bool takes_more(const Endpoint& first, const Endpoint& second, const Profile& profile) {
  if (first.name == second.name) return false;
  if (first.header != second.header) return true;
  const auto taken = methods_of(first, profile);
  const auto more = methods_of(second, profile);
  return std::any_of(more.begin(), more.end(), [&](const auto& method) { return !contains(taken, method); });
}

}  // namespace

Routes::Routes(const Profile& profile, const std::string& issuer_path, std::size_t origins)
    : profile_(profile), by_path_(origins) {
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
    const auto [place, is_new] = by_path_[origin].emplace(path, &endpoint);
    if (!is_new && !takes_more(*place->second, endpoint, profile)) continue;
    served_.push_back({&endpoint, origin, path});
    if (!is_new || path.find('{') != std::string::npos) special_.push_back(served_.back());
  }
}

std::vector<const Endpoint*> Routes::all_at(std::size_t origin, std::string_view path) const {
  std::vector<const Endpoint*> all;
  if (const auto found = by_path_[origin].find(path); found != by_path_[origin].end()) all.push_back(found->second);
  for (const auto& route : special_) {
    if (route.origin == origin && fits_template(route.path, path)) all.push_back(route.endpoint);
  }
  return all;
}

std::vector<std::string> Routes::methods_at(std::size_t origin, std::string_view path) const {
  std::vector<std::string> methods;
  if (origin >= by_path_.size()) return methods;
  for (const auto* endpoint : all_at(origin, path)) {
    for (auto& method : methods_of(*endpoint, profile_)) {
      if (!contains(methods, method)) methods.push_back(std::move(method));
    }
  }
  return methods;
}

const Endpoint* Routes::find(const HttpRequest& request) const {
  if (request.origin >= by_path_.size()) return nullptr;
  const auto& paths = by_path_[request.origin];
  const auto whole_path = request.path();
  const std::string_view path = whole_path;
  const auto found = paths.find(path);
  if (found != paths.end() && special_.empty()) return found->second;
  if (!special_.empty()) {
    const auto all = all_at(request.origin, path);
    const Endpoint* best = nullptr;
    for (const auto* endpoint : all) {
      if (!contains(methods_of(*endpoint, profile_), request.method)) continue;
      if (!endpoint->header.empty() && request.header(endpoint->header)) return endpoint;
      if (best == nullptr || (!best->header.empty() && endpoint->header.empty())) best = endpoint;
    }
    if (!all.empty()) return best == nullptr ? all.front() : best;
  }
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
