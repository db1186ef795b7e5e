#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "tests/profiles/profile_client.hpp"

namespace mockoauth::server::testing {

/// Brings one thing about, as a person at a keyboard would: the last answer is the one it is about.
using Play = std::function<HttpResponse(ProfileClient&)>;

/// What can be played: `login`, `refresh`, `device` … and each condition that a request alone can bring about.
[[nodiscard]] const std::map<std::string_view, Play>& plays();

/// A play by its name. A condition that lies outside of any request (an outage, a policy) is brought about by the fault
/// `oauth.refuse`, at the API where the client has nothing else to call. Nothing for a name that is neither.
[[nodiscard]] std::optional<HttpResponse> play(ProfileClient& client, const std::string& name);

/// The refusal by that fault, whatever a request could do.
[[nodiscard]] std::optional<HttpResponse> refuse_by_fault(ProfileClient& client, const std::string& condition);

}  // namespace mockoauth::server::testing
