#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <mimir/codec/random.hpp>

#include "protocol/fault_script.hpp"
#include "protocol/placeholders.hpp"
#include "protocol/routes.hpp"
#include "protocol/store.hpp"
#include <mockoauth/server/journal.hpp>
#include <mockoauth/server/key_ring.hpp>
#include <mockoauth/server/realm.hpp>
#include <mockoauth/server/virtual_clock.hpp>

namespace mockoauth::server {

/// Who sits at the login page and what they do.
struct Person {
  User user;
  UserDecision decision = UserDecision::Approve;
};

/// Clients and people of a realm. Thread-safe.
class Registrations {
 public:
  explicit Registrations(const RealmOptions& options);

  void add_client(ClientRegistration client);  ///< Replaces one of the same client_id.
  [[nodiscard]] std::optional<ClientRegistration> find_client(const std::string& client_id) const;
  void decide(UserDecision decision);
  void choose_user(const std::string& sub);  ///< Whoever is not known yet moves in.
  [[nodiscard]] Person person() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, ClientRegistration> clients_;
  std::vector<User> users_;
  Person person_;
};

/// The randomness of a realm. Thread-safe.
class RealmRandom final : public mimir::codec::Random {
 public:
  /// @param seed 0: the system's randomness.
  explicit RealmRandom(std::uint64_t seed) : seed_(seed) { restart(); }
  mimir::codec::Result<> fill(std::span<std::uint8_t> out) override;
  void restart();  ///< With a seed: the same bytes again, from the first one.

 private:
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
  const std::string issuer;
  const Routes routes;
  Registrations registrations;
  Store store;
  Journal journal;
  KeyRing keys;
  FaultScript faults;

  [[nodiscard]] const Profile& profile() const { return options.profile; }
  [[nodiscard]] bool offers(std::string_view extension) const { return profile().lists("extensions", extension); }
  /// Absolute URL of the endpoint of that name; empty when it is not served.
  [[nodiscard]] std::string url_of(std::string_view endpoint_name) const;
  [[nodiscard]] std::string url_of(const Routes::Route& route) const;
  /// Placeholders that hold for the whole realm: origin, issuer and the profile's params.
  [[nodiscard]] Placeholders placeholders(TimePoint now) const;

  /// Forgets what requests have left behind: grants, journal, faults. Registrations, keys and the clock stay.
  void reset();
};

}  // namespace mockoauth::server
