#pragma once

#include <string_view>

#include "protocol/call.hpp"

namespace mockoauth::server {

/// Who sits at the login page of this request and what they do: as a rule says of this login (Call::person), else as the
/// realm has it.
[[nodiscard]] Person person_at(const Call& call, std::string_view login_hint = {});

}  // namespace mockoauth::server
