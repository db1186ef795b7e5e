#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mimir/codec/clock.hpp>
#include <mimir/codec/random.hpp>

#include "protocol/bounded_map.hpp"
#include <mockoauth/server/realm.hpp>

namespace mockoauth::server {

/// One sign-in of a device on its way (RFC 8628): asked for, then decided by a person, then redeemed once.
struct DeviceLogin {
  std::string device_code = {};
  std::string user_code = {};  ///< As shown: `WDJB-MJHT`.
  std::string client_id = {};
  std::vector<std::string> scopes = {};
  std::vector<std::string> resources = {};
  DeviceLoginState state = DeviceLoginState::Pending;
  User user = {};              ///< Who decided.
  mimir::codec::TimePoint decided_at = {};
  mimir::codec::TimePoint expires_at = {};
  std::chrono::seconds interval{5};
  std::optional<mimir::codec::TimePoint> polled_at = {};
  bool expiry_was_told = false;
};

/// The device sign-ins of a realm. Bounded; thread-safe.
class DeviceLogins {
 public:
  void add(DeviceLogin login);
  [[nodiscard]] std::optional<DeviceLogin> find_by_user_code(std::string_view typed, mimir::codec::TimePoint now);
  /// @returns whether there was an undecided one of that code. A decision is final.
  bool decide(std::string_view typed, UserDecision decision, const User& user, mimir::codec::TimePoint now);
  [[nodiscard]] std::vector<DeviceLogin> all();

  /// Exclusive use of one sign-in, so that check and change are one step; nothing when there is none.
  template <class Visitor>
  auto with(const std::string& device_code, Visitor visit) {
    const std::lock_guard lock(mutex_);
    return visit(logins_.find(device_code));
  }
  void clear() {
    const std::lock_guard lock(mutex_);
    logins_ = decltype(logins_){10'000};
    by_user_code_.clear();
  }

 private:
  [[nodiscard]] DeviceLogin* live(std::string_view typed, mimir::codec::TimePoint now);

  std::mutex mutex_;
  BoundedMap<DeviceLogin> logins_{10'000};
  std::map<std::string, std::string, std::less<>> by_user_code_;  ///< Without the hyphen, to the device code.
};

/// Eight letters that are easy to type and to tell apart: no vowels, so that no words come out (RFC 8628 §6.1). 34 bits.
[[nodiscard]] mimir::codec::Result<std::string> make_user_code(mimir::codec::Random& random);

}  // namespace mockoauth::server
