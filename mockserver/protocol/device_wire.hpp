#pragma once

#include <mimir/codec/json.hpp>

#include "protocol/call.hpp"
#include "protocol/refusal.hpp"

namespace mockoauth::server {

/// Refuses a body in another format than the knob `device.body` names.
[[nodiscard]] Checked<void> read_device_format(const Call& call);

/// The parameters of a device authorization request under their standard names: the knobs `device.body`, `device.names` and
/// `token.params` (`device`).
[[nodiscard]] Checked<void> read_device_request(Call& call);

/// An answer of the device endpoints with its members as the knobs `device.names` and `device.omits` have them.
[[nodiscard]] mimir::codec::Json device_answer(const Profile& profile, const mimir::codec::Json& standard);

}  // namespace mockoauth::server
