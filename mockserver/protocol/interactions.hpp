#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include <mimir/codec/clock.hpp>

#include "protocol/bounded_map.hpp"
#include "protocol/sessions.hpp"

namespace mockoauth::server {

struct PendingAuthorization;

/// A person in front of the pages: what they are there for, and how far they have come.
struct Interaction {
  enum class Kind { Authorization, Device, Logout };
  Kind kind = Kind::Authorization;
  std::string id = {};       ///< In the forms; unguessable.
  std::string browser = {};  ///< In a cookie of the browser that it began in: no other site can post these forms.
  std::shared_ptr<const PendingAuthorization> authorization = {};
  std::string user_code = {};                   ///< Of Device.
  std::string post_logout_redirect_uri = {};    ///< Of Logout; empty: none.
  std::optional<std::string> state = {};        ///< Of Logout.
  std::optional<UserSession> session = {};      ///< Who is signed in.
  TimePoint expires_at = {};
};

/// The open pages of a realm. Bounded; thread-safe. A page is good for ten minutes of the realm's time.
class Interactions {
 public:
  static constexpr std::chrono::minutes kLife{10};

  void put(Interaction interaction);  ///< Replaces one of the same id.
  [[nodiscard]] std::optional<Interaction> find(const std::string& id, const std::string& browser, TimePoint now);
  /// Of two requests that end the same one only the first is told that it did.
  bool finish(const std::string& id);
  void clear();

 private:
  std::mutex mutex_;
  BoundedMap<std::optional<Interaction>> all_{1'000};  ///< Nothing: it is over.
};

}  // namespace mockoauth::server
