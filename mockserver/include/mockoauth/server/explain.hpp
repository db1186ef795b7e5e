#pragma once

#include <string>
#include <vector>

#include <mockoauth/server/profile.hpp>

namespace mockoauth::server {

/// One thing a profile says, as a sentence for a person.
struct Quirk {
  std::string knob;         ///< `refresh.rotation`; of a map of errors also the condition: `errors.map.code_reused`.
  std::string sentence;
  bool unverified = false;  ///< No source settles it.
};

/// What the profile says about itself, in the order of the vocabulary. The sentences are data, too: member `says` of
/// each knob in fixtures/schema/knobs.json. Thread-safe.
[[nodiscard]] std::vector<Quirk> explain(const Profile& profile);

}  // namespace mockoauth::server
