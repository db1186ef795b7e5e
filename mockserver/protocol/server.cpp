#include <mockoauth/server/server.hpp>

#include <algorithm>
#include <map>
#include <shared_mutex>
#include <utility>

#include <mimir/codec/clock.hpp>
#include <mimir/codec/json.hpp>

namespace mockoauth::server {
namespace {

constexpr std::string_view kDefaultRealm = "default";
constexpr std::string_view kRealms = "/r/";
constexpr std::string_view kWellKnown = "/.well-known/";
constexpr std::string_view kOnlyInserted[] = {"/.well-known/oauth-authorization-server",
                                              "/.well-known/oauth-protected-resource"};

bool is_realm_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

struct Address {
  std::string realm;
  std::string target;  ///< Relative to the realm.
};

// Splits `/r/NAME/rest` and `/r/NAME?query` after the prefix.
Address split(std::string_view rest) {
  const auto end = std::min(rest.find_first_of("/?"), rest.size());
  return {std::string(rest.substr(0, end)), std::string(rest.substr(end))};
}

// `/.well-known/NAME` of `/.well-known/NAME/r/…`; empty when the target is none of that form.
std::string_view inserted_part(std::string_view target) {
  if (!target.starts_with(kWellKnown)) return {};
  const auto name = target.substr(0, target.find_first_of("/?", kWellKnown.size()));
  return target.substr(name.size()).starts_with(kRealms) ? name : std::string_view();
}

Address address_of(std::string_view target) {
  if (const auto well_known = inserted_part(target); !well_known.empty()) {
    // RFC 8414 §3.1, RFC 9728 §3.1: the well-known part comes between host and path.
    auto address = split(target.substr(well_known.size() + kRealms.size()));
    address.target.insert(0, well_known);
    return address;
  }
  if (!target.starts_with(kRealms)) return {std::string(kDefaultRealm), std::string(target)};
  auto address = split(target.substr(kRealms.size()));
  // Appended where it is to be inserted: the realm shall see, refuse and record it.
  for (const std::string_view name : kOnlyInserted) {
    if (address.target.starts_with(name)) address.target = std::string(target);
  }
  if (!address.target.starts_with('/')) address.target.insert(0, "/");
  return address;
}

// Of a target, with the well-known part that may stand before it: `/issuer1/token`, `/.well-known/NAME/issuer1`.
struct Segment {
  std::size_t at = 0;  ///< Of its slash.
  std::string text = {};
};

Segment first_segment(std::string_view target) {
  Segment segment;
  if (target.starts_with(kWellKnown)) segment.at = std::min(target.find('/', kWellKnown.size()), target.size());
  const auto start = std::min(segment.at + 1, target.size());
  segment.text = target.substr(start, target.find_first_of("/?", start) - start);
  return segment;
}

bool is_segment(std::string_view text) {
  constexpr std::string_view kTaken[] = {"r", "_mock", ".well-known", ".", ".."};
  return !text.empty() && text.size() <= 64 && std::find(std::begin(kTaken), std::end(kTaken), text) == std::end(kTaken) &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  std::string_view("-._~").find(c) != std::string_view::npos;
         });
}

}  // namespace

struct Server::Impl {
  /// The target as if the realm had no path of its own.
  [[nodiscard]] std::string canonical(const std::string& target) const {
    const std::shared_lock lock(mutex);
    if (paths.empty()) return target;
    const auto segment = first_segment(target);
    const auto found = paths.find(segment.text);
    if (found == paths.end()) return target;
    return target.substr(0, segment.at) + std::string(kRealms) + found->second +
           target.substr(segment.at + 1 + segment.text.size());
  }

  const Clock& clock;
  std::vector<std::string> origins;
  ServerLimits limits;
  mutable std::shared_mutex mutex;
  std::map<std::string, std::shared_ptr<Realm>, std::less<>> realms;
  std::map<std::string, std::string, std::less<>> paths = {};  ///< To the names of the realms that are there.
  RealmDefaults defaults = {};
};

Server::Server(const Clock& clock, std::vector<std::string> origins, ServerLimits limits)
    : impl_(new Impl{clock, std::move(origins), limits, {}, {}, {}, {}}) {}
Server::~Server() = default;

void Server::set_defaults(RealmDefaults defaults) {
  const std::unique_lock lock(impl_->mutex);
  impl_->defaults = std::move(defaults);
}

mimir::codec::Result<std::shared_ptr<Realm>> Server::create_realm(RealmOptions options,
                                                                  const std::function<void(Realm&)>& prepare) {
  if (!is_realm_name(options.name)) {
    return mimir::codec::fail("realm.name", "a realm's name is 1 to 64 characters of a-z, 0-9 and -");
  }
  const std::string path = options.path.empty() ? std::string() : options.path.substr(1);
  if (!options.path.empty() && (options.path.front() != '/' || !is_segment(path))) {
    return mimir::codec::fail("realm.path", "a realm's path is / and one segment of letters, digits and -._~ that is "
                                            "none of r, _mock and .well-known");
  }
  const std::string name = options.name;
  const std::string below = !path.empty() ? options.path : name == kDefaultRealm ? std::string() : std::string(kRealms) + name;
  options.base_url = impl_->origins.front() + below;
  options.other_base_urls.clear();
  for (std::size_t i = 1; i < impl_->origins.size(); ++i) options.other_base_urls.push_back(impl_->origins[i] + below);
  {
    const std::shared_lock lock(impl_->mutex);
    if (options.fetcher == nullptr) options.fetcher = impl_->defaults.fetcher;
    if (!options.key_source) options.key_source = impl_->defaults.key_source;
  }
  auto realm = std::make_shared<Realm>(std::move(options), impl_->clock);
  if (prepare) prepare(*realm);
  const std::unique_lock lock(impl_->mutex);
  if (impl_->realms.contains(name)) {
    return mimir::codec::fail("realm.exists", "there is a realm `" + name + "` already");
  }
  if (impl_->realms.size() >= impl_->limits.realms) {
    return mimir::codec::fail("realm.limit", "there are " + std::to_string(impl_->realms.size()) +
                                                 " realms, which is as many as may be; drop one first");
  }
  if (!path.empty() && !impl_->paths.emplace(path, name).second) {
    return mimir::codec::fail("realm.path", "there is a realm at /" + path + " already");
  }
  impl_->realms.emplace(name, realm);
  return realm;
}

std::shared_ptr<Realm> Server::find_realm(std::string_view name) const {
  const std::shared_lock lock(impl_->mutex);
  const auto found = impl_->realms.find(name);
  return found == impl_->realms.end() ? nullptr : found->second;
}

std::optional<ScriptReport> Server::drop_realm(std::string_view name) {
  std::shared_ptr<Realm> dropped;  // Destroyed after the lock is released: a big realm takes its time.
  const std::unique_lock lock(impl_->mutex);
  const auto found = impl_->realms.find(name);
  if (found == impl_->realms.end()) return std::nullopt;
  dropped = std::move(found->second);
  impl_->realms.erase(found);
  std::erase_if(impl_->paths, [&](const auto& path) { return path.second == name; });
  return dropped->end();
}

std::vector<std::string> Server::realms() const {
  const std::shared_lock lock(impl_->mutex);
  std::vector<std::string> names;
  for (const auto& [name, realm] : impl_->realms) names.push_back(name);
  return names;
}

const std::string& Server::origin() const { return impl_->origins.front(); }

// Only for what a provider is asked for, so that a wrong address of the default realm stays what it is.
void Server::open_path(const std::string& target) {
  const auto segment = first_segment(target);
  if (!is_segment(segment.text)) return;
  const auto rest = std::string_view(target).substr(segment.at + 1 + segment.text.size());
  const auto path = rest.substr(0, rest.find('?'));
  constexpr std::string_view kAsked[] = {"/authorize", "/token", "/jwks", "/userinfo", "/introspect", "/revoke", "/endsession",
                                         "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"};
  const bool is_asked = segment.at > 0 || std::find(std::begin(kAsked), std::end(kAsked), path) != std::end(kAsked);
  if (!is_asked) return;  // Nearly always: before anything is locked.
  decltype(RealmDefaults::at_any_path) make;
  {
    const std::shared_lock lock(impl_->mutex);
    if (!impl_->defaults.at_any_path || impl_->paths.contains(segment.text)) return;
    make = impl_->defaults.at_any_path;
  }
  auto options = make(segment.text);
  if (!options) return;
  options->path = "/" + segment.text;
  (void)create_realm(std::move(*options));  // Somebody else may have been faster; and there may be no room.
}

HttpResponse Server::handle(HttpRequest request) {
  open_path(request.target);
  auto address = address_of(impl_->canonical(request.target));
  const auto realm = find_realm(address.realm);
  if (!realm) {
    const auto body = mimir::codec::Json::object({{"error", "not_found"},
                                                  {"error_description", "there is no such realm"}});
    return {404, {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}}, body.dump()};
  }
  request.target = std::move(address.target);
  return realm->handle(std::move(request));
}

bool Server::may_block(const HttpRequest& request) const {
  const auto realm = find_realm(address_of(impl_->canonical(request.target)).realm);
  return realm != nullptr && realm->may_block();
}

Welcome Server::welcome(const Arrival& arrival) const {
  constexpr std::string_view kLocalhost = ".localhost";
  const std::string_view asked = arrival.server_name;
  std::shared_ptr<Realm> realm;
  if (asked.ends_with(kLocalhost)) realm = find_realm(asked.substr(0, asked.size() - kLocalhost.size()));
  if (!realm) realm = find_realm(kDefaultRealm);
  return realm ? realm->welcome(arrival) : Welcome();
}

void Server::end_realms() {
  const std::shared_lock lock(impl_->mutex);
  for (const auto& [name, realm] : impl_->realms) realm->end();
}

}  // namespace mockoauth::server
