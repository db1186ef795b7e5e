#pragma once

#include <memory>
#include <mutex>
#include <string>

#include <mimir/codec/random.hpp>

#include "protocol/device_logins.hpp"
#include "protocol/dpop.hpp"
#include "protocol/dynamic_clients.hpp"
#include "protocol/fault_script.hpp"
#include "protocol/guess_limit.hpp"
#include "protocol/interactions.hpp"
#include "protocol/model_script.hpp"
#include "protocol/placeholders.hpp"
#include "protocol/pushed_requests.hpp"
#include "protocol/rate_window.hpp"
#include "protocol/registrations.hpp"
#include "protocol/replay_cache.hpp"
#include "protocol/routes.hpp"
#include "protocol/life.hpp"
#include "protocol/sessions.hpp"
#include "protocol/store.hpp"
#include <mockoauth/server/journal.hpp>
#include <mockoauth/server/key_ring.hpp>
#include <mockoauth/server/latches.hpp>
#include <mockoauth/server/realm.hpp>
#include <mockoauth/server/virtual_clock.hpp>

namespace mockoauth::server {

/// The randomness of a realm. Thread-safe.
class RealmRandom final : public mimir::codec::Random {
 public:
  /// @param seed 0: the system's randomness.
  explicit RealmRandom(std::uint64_t seed) : seed_(seed) { restart(); }
  mimir::codec::Result<> fill(std::span<std::uint8_t> out) override;
  void restart();  ///< With a seed: the same bytes again, from the first one.

 private:
  mimir::codec::Result<> fill_from_stock(std::span<std::uint8_t> out);

  const std::uint64_t seed_;
  mimir::codec::SystemRandom system_;
  std::mutex mutex_;
  std::unique_ptr<mimir::codec::SeededRandom> seeded_;
};

/// Everything a request of this realm may read or change. Each part is thread-safe or immutable.
struct RealmState {
  RealmState(RealmOptions realm_options, const Clock& clock_of_the_world);

  const RealmOptions options;
  const Clock& real_clock;
  VirtualClock clock;
  std::unique_ptr<RealmRandom> random;
  const std::string issuer;            ///< As the metadata prints it.
  const std::string configured_issuer;  ///< What leads a client to the metadata.
  const std::shared_ptr<const Routes> routes_of_profile;
  const Routes& routes = *routes_of_profile;
  Registrations registrations;
  DynamicClients dynamic_clients;
  Store store;
  Journal journal;
  KeyRing keys;
  FaultScript faults;
  Latches latches;
  Sessions sessions;
  Interactions interactions;
  PushedRequests pushed_requests;
  GuessLimit guesses;
  ReplayCache replays;
  DeviceLogins devices;
  DpopNonces dpop_nonces;
  RateWindow requests;
  Life life;
  ModelScript model_script;
  ModelUsage model_usage;

  [[nodiscard]] const Profile& profile() const { return options.profile; }
  [[nodiscard]] bool offers(std::string_view extension) const { return profile().lists("extensions", extension); }
  /// Absolute URL of the endpoint of that name; empty when it is not served.
  [[nodiscard]] std::string url_of(std::string_view endpoint_name) const;
  [[nodiscard]] std::string url_of(const Routes::Route& route) const;
  /// Where clients reach the origin of that number (HttpRequest::origin).
  [[nodiscard]] const std::string& base_url_of(std::size_t origin) const;
  /// A URL of the provider with its origin replaced by the one that stands for it here; any other text as it is.
  [[nodiscard]] std::string on_loopback(std::string text) const;
  /// Placeholders that hold for the whole realm: origin, issuer and the profile's params. Not to outlive it.
  [[nodiscard]] Placeholders placeholders(TimePoint now) const;

  /// Forgets what requests have left behind: grants, sessions, journal, faults, clients that registered themselves.
  /// Other registrations, keys and the clock stay.
  void reset();
  /// What a provider that keeps all in memory has lost when it comes back: codes, tokens, sessions.
  void forget_grants();
};

}  // namespace mockoauth::server
