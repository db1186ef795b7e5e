#pragma once

#include <deque>
#include <string>
#include <string_view>

#include "protocol/refusal.hpp"
#include <mockoauth/server/realm.hpp>

namespace mockoauth::server {

struct Call;

/// One grant type, as its file in grants/ registers it. The token endpoint has authenticated the client before.
struct Grant {
  std::string grant_type;
  Outcome (*handle)(Call&, const ClientRegistration&) = nullptr;
  /// Whether this profile has it; null: when the knob `grants` lists it.
  bool (*offered)(const Profile&) = nullptr;
};

[[nodiscard]] inline bool is_offered(const Grant& grant, const Profile& profile) {
  return grant.offered != nullptr ? grant.offered(profile) : profile.lists("grants", grant.grant_type);
}

/// The grants of the program. Filled once, then read from any thread.
class Grants {
 public:
  void add(Grant grant) { all_.push_back(std::move(grant)); }
  [[nodiscard]] const Grant* find(std::string_view grant_type) const;
  [[nodiscard]] const std::deque<Grant>& all() const { return all_; }

 private:
  std::deque<Grant> all_;
};

}  // namespace mockoauth::server
