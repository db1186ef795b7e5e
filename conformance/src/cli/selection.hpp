#pragma once

#include <string>
#include <vector>

#include <mockoauth/conformance/scenario.hpp>
#include <mockoauth/server/profile.hpp>

namespace mockoauth::cli {

/// One pair to be played.
struct Pairing {
  conformance::Scenario scenario;
  server::Profile profile;
};

/// Scenarios × providers. @param providers globs over profile ids, a path of a profile file, or empty: the provider the
/// scenario names, and `plain` for those that say `any`. With a glob, pairs that do not fit are left out.
conformance::FileResult<std::vector<Pairing>> select_pairs(const std::string& scenarios, const std::string& providers);

}  // namespace mockoauth::cli
