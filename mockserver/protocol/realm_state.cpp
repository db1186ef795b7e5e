#include "protocol/realm_state.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string_view>

#include "protocol/text.hpp"
#include "protocol/url_template.hpp"

namespace mockoauth::server {

using mimir::codec::Json;

namespace {

// What the profile signs with is published before the first token is (OIDC Discovery §3).
std::vector<mimir::codec::JwsAlgorithm> algorithms_of(const Profile& profile) {
  std::vector<mimir::codec::JwsAlgorithm> all;
  for (const char* knob : {"id_token.alg", "access.alg"}) {
    if (const auto algorithm = mimir::codec::parse_jws_algorithm(profile.text(knob))) all.push_back(*algorithm);
  }
  return all;
}

// The document prints loopback URLs: of a provider's own issuer only the path is kept, so that the issuer stays
// identical to where the document is fetched (RFC 8414 §3.3), unless the profile has a quirk.
std::string make_issuer(const RealmOptions& options) {
  const auto& profile = options.profile;
  auto path = path_of_template(profile, profile.text("discovery.issuer"));
  if (profile.lists("discovery.quirks", "issuer_placeholder")) path = replace_all(replace_all(path, "{{", "{"), "}}", "}");
  if (profile.lists("discovery.quirks", "trailing_slash") && !path.ends_with('/')) path += '/';
  return options.base_url + path;
}

std::string make_configured_issuer(const RealmOptions& options, const std::string& issuer) {
  const auto place = options.profile.text("discovery.place");
  return place.empty() ? issuer : options.base_url + path_of_template(options.profile, place);
}

std::string issuer_path(const RealmOptions& options, const std::string& issuer) {
  std::string path = issuer.substr(options.base_url.size());
  if (path.ends_with('/')) path.pop_back();  // RFC 8414 §3.1: a closing slash is removed first.
  return path;
}

/// Random bytes of one thread that nobody has used yet.
struct RandomStock {
  std::array<std::uint8_t, 1024> bytes;
  std::size_t used = bytes.size();
};

}  // namespace

// A token needs 32 bytes. OpenSSL takes as long for them as for a thousand: it finds its generator, and asks the kernel
// whether the process is still the same one.
mimir::codec::Result<> RealmRandom::fill_from_stock(std::span<std::uint8_t> out) {
  thread_local RandomStock stock;
  if (out.size() > stock.bytes.size()) return system_.fill(out);
  if (stock.bytes.size() - stock.used < out.size()) {
    if (auto filled = system_.fill(stock.bytes); !filled) return filled;
    stock.used = 0;
  }
  std::memcpy(out.data(), stock.bytes.data() + stock.used, out.size());
  stock.used += out.size();
  return {};
}

mimir::codec::Result<> RealmRandom::fill(std::span<std::uint8_t> out) {
  if (seed_ == 0) return fill_from_stock(out);
  const std::lock_guard lock(mutex_);
  return seeded_->fill(out);
}

void RealmRandom::restart() {
  if (seed_ == 0) return;
  const std::lock_guard lock(mutex_);
  seeded_ = std::make_unique<mimir::codec::SeededRandom>(seed_);
}

RealmState::RealmState(RealmOptions realm_options, const Clock& clock_of_the_world)
    : options(std::move(realm_options)),
      real_clock(clock_of_the_world),
      clock(real_clock),
      random(std::make_unique<RealmRandom>(options.seed)),
      issuer(make_issuer(options)),
      configured_issuer(make_configured_issuer(options, issuer)),
      routes_of_profile(
          shared_routes(options.profile, issuer_path(options, configured_issuer), 1 + options.other_base_urls.size())),
      registrations(options),
      dynamic_clients(options.max_clients),
      store({.grants = options.max_grants}),
      journal({options.journal_capacity, options.journal_bytes}),
      keys(options.seed, algorithms_of(options.profile), options.key_source),
      faults(options.seed),
      dpop_nonces(*random) {}

void RealmState::reset() {
  forget_grants();
  journal.clear();
  faults.clear();
  latches.reopen();
  life.clear();
  model_script.clear();
  for (const auto& id : dynamic_clients.clear()) registrations.remove_client(id);
  registrations.forget_remembered();
  random->restart();
}

void RealmState::forget_grants() {
  store.clear();
  sessions.clear();
  interactions.clear();
  pushed_requests.clear();
  guesses.clear();
  replays.clear();
  devices.clear();
  requests.clear();
  model_usage.clear();
}

std::string RealmState::url_of(std::string_view endpoint_name) const {
  const auto* route = routes.route_of(endpoint_name);
  return route == nullptr ? std::string() : url_of(*route);
}

std::string RealmState::url_of(const Routes::Route& route) const {
  return base_url_of(route.origin) + route.path;
}

const std::string& RealmState::base_url_of(std::size_t origin) const {
  const bool is_other = origin > 0 && origin <= options.other_base_urls.size();
  return is_other ? options.other_base_urls[origin - 1] : options.base_url;
}

std::string RealmState::on_loopback(std::string text) const {
  const auto origins = profile().origins();
  for (std::size_t i = 0; i < origins.size(); ++i) {
    const auto& origin = origins[i];
    if (origin.empty() || !text.starts_with(origin)) continue;
    if (text.size() > origin.size() && text[origin.size()] != '/') continue;
    const bool has_own = i > 0 && i <= options.other_base_urls.size();
    return (has_own ? options.other_base_urls[i - 1] : options.base_url) + text.substr(origin.size());
  }
  return text;
}

Placeholders RealmState::placeholders(TimePoint now) const {
  Placeholders values(*random, now);
  values.add_source([this](std::string_view name) -> std::optional<Json> {
    if (name == "origin") return Json(options.base_url);
    if (name == "issuer") return Json(issuer);
    const Json* param = profile().knob("params").find(name);
    return param == nullptr ? std::nullopt : std::optional(*param);
  });
  return values;
}

}  // namespace mockoauth::server
