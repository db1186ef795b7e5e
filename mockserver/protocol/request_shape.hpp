#pragma once

#include <string_view>

#include <mimir/codec/form.hpp>
#include <mimir/codec/json.hpp>

#include "protocol/call.hpp"
#include "protocol/refusal.hpp"

namespace mockoauth::server {

/// Gives parameters that a provider calls otherwise their standard names: `names` maps standard name to name sent. The
/// standard name itself is unknown there and is dropped.
/// @param done names that another map has given back already; they are left alone.
void rename_parameters(mimir::codec::Parameters& parameters, const mimir::codec::Json& names,
                       const mimir::codec::Json& done = {});

/// Whether a body format may be used with this grant (knob `token.body`): `form`, `json` or `query`.
[[nodiscard]] bool reads_format(const Profile& profile, std::string_view grant_type, std::string_view format);

/// Headers that the provider wants with this grant (knob `token.headers`).
[[nodiscard]] Checked<void> check_headers(const Call& call, std::string_view grant_type);

/// Headers that every request of a kind needs (knobs `api.headers`, `userinfo.headers`): a value, `*` for any, `!x` for
/// anything but x.
[[nodiscard]] Checked<void> check_all_headers(const Call& call, const mimir::codec::Json& wanted);

/// Parameters beyond the standard ones (knob `token.params`): `name` needed, `name=value` needed with that value,
/// `name?` optional, `name!` forbidden. @param request a grant type, `device` or `revocation`.
[[nodiscard]] Checked<void> check_more_parameters(const Profile& profile, std::string_view request,
                                                  const mimir::codec::Parameters& parameters);

}  // namespace mockoauth::server
