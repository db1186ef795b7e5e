#pragma once

#include <mockoauth/conformance/driver.hpp>
#include <mockoauth/conformance/verdict.hpp>

namespace mockoauth::conformance {

struct RunOptions {
  std::uint64_t seed = 1;
};

/// Plays a scenario and its twin against one client with one provider, and judges what was seen. Never throws; trouble
/// of the bench itself gives the verdict Error.
RunResult run_scenario(const Scenario& scenario, const server::Profile& profile, Driver& driver, const RunOptions& options = {});

}  // namespace mockoauth::conformance
