#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mockoauth/server/profile.hpp>

namespace mockoauth::server::testing {

/// The profile with one knob at another value; nothing: at its default.
[[nodiscard]] Profile with_knob(const Profile& profile, const std::string& name,
                                const std::optional<mimir::codec::Json>& value);

/// Plays everything there is against both servers with the same client, which takes either for the first one.
/// @param about what is played first is what has words in common with this.
/// @returns what was played when their answers differed first; nothing: no request can tell the two apart.
[[nodiscard]] std::optional<std::string> told_apart(Profile one, Profile other, const std::string& about = {});

/// What no client of this kind asks for: its own tests show what it does.
[[nodiscard]] bool is_shown_elsewhere(std::string_view knob, const std::string& value = {});

/// One thing that a knob can say, and what it is to be told apart from.
struct Facet {
  std::string what;     ///< `refresh.reuse: accept`
  mimir::codec::Json value;
  std::optional<mimir::codec::Json> otherwise = {};  ///< Nothing: the default.
};

/// Every value of an enumeration, each item of a list that is declared; of anything else what the profiles (or, where
/// none names the knob, this test) make of it: then one of them is enough.
[[nodiscard]] std::vector<Facet> facets_of(const mimir::codec::Json& knob);
[[nodiscard]] bool each_has_to_tell(const mimir::codec::Json& knob);

/// Where a facet is looked for. Likely: in the first profile that has it and in the strict one with it put in. Anywhere: in
/// every profile that has it and every other with it put in.
enum class Where { Likely, Anywhere };
/// @returns profile and play, such as `google: login`; nothing: it is idle there.
[[nodiscard]] std::optional<std::string> effect_of(const std::string& knob, const Facet& facet, Where where);
/// Of the facet anywhere, looked for where it is likely first.
[[nodiscard]] std::optional<std::string> effect_of(const std::string& knob, const Facet& facet);

}  // namespace mockoauth::server::testing
