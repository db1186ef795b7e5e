#pragma once

#include <string>

#include <mimir/codec/json.hpp>

#include "protocol/call.hpp"
#include "protocol/fault.hpp"
#include "protocol/sign_jwt.hpp"

namespace mockoauth::server {

/// Why the JWT that is being signed is not the one that the argument `token` means; empty: it is.
[[nodiscard]] std::string other_jwt(const Call& call, const mimir::codec::Json& arguments);
/// The same, or that it has no such claim.
[[nodiscard]] std::string lacks_claim(const Call& call, const mimir::codec::Json& arguments, std::string_view claim);

/// A fault that changes a JWT before it is signed; it takes the argument `token`, and `more` of them.
[[nodiscard]] Fault jwt_fault(std::string name, std::string title, void (*apply)(Call&, const mimir::codec::Json&),
                              std::vector<FaultArgument> more = {});

/// The argument `by_s` of faults about time.
[[nodiscard]] FaultArgument by_s_argument(std::string meaning);
[[nodiscard]] std::int64_t by_seconds(const mimir::codec::Json& arguments);

}  // namespace mockoauth::server
