#pragma once

#include <set>
#include <string>

#include <mockoauth/conformance/driver.hpp>
#include <mockoauth/conformance/verdict.hpp>

namespace mockoauth::conformance::internal {

struct PlayContext {
  const Scenario& scenario;
  const server::Profile& profile;
  Driver& driver;
  std::uint64_t seed;
};

/// Plays the scenario once on a stage of its own, leaving out the steps of the actors in `without`, and judges it.
/// With any actor left out this is the twin: every step of the client must then be done.
Play play(const PlayContext& context, const std::set<std::string>& without, const Expectation& expect);

}  // namespace mockoauth::conformance::internal
