#pragma once

#include <string>
#include <vector>

#include <mimir/codec/form.hpp>
#include <mockoauth/server/profile.hpp>

namespace mockoauth::server {

/// Names of an authorization request that mean nothing here, neither by a standard nor to this provider (knobs
/// `authorize.required`, `authorize.optional`, `authorize.rules`). They are ignored, as RFC 6749 §3.1 says; the journal
/// tells, since whoever sends them believes otherwise.
[[nodiscard]] std::vector<std::string> ignored_parameters(const Profile& profile,
                                                          const mimir::codec::Parameters& parameters);

}  // namespace mockoauth::server
