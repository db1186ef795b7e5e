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

/// One profile: an id (`google`, `google:testing_mode`) or a path of a file. @param variant empty: none, or the one
/// behind the colon.
conformance::FileResult<server::Profile> select_profile(const std::string& text, const std::string& variant = {});

/// Scenarios × providers. @param providers globs over profile ids, a path of a profile file, or empty: the provider the
/// scenario names, and `plain` for those that say `any`. With a glob, pairs that do not fit are left out.
conformance::FileResult<std::vector<Pairing>> select_pairs(const std::string& scenarios, const std::string& providers);

}  // namespace mockoauth::cli
