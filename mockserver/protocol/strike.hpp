#pragma once

#include "protocol/call.hpp"
#include "protocol/fault.hpp"

namespace mockoauth::server {

/// Lets the rules that are left for this phase of this call strike, in the order in which they were added; before
/// validation until one of them has given the answer. The caller must not hold RealmState::store.
void strike(Call& call, Phase phase);

}  // namespace mockoauth::server
