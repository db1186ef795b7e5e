#pragma once

#include <chrono>
#include <string>

#include "control/route.hpp"

namespace mockoauth::server {

/// Of a member that says how long a call waits at most. Real time: what it waits for is done by real callers.
inline constexpr const char* kWaitSchema = R"({"type": "integer", "minimum": 0, "maximum": 600000})";

/// @param otherwise when the member is left out.
[[nodiscard]] inline std::chrono::milliseconds wait_of(const mimir::codec::Json& body, std::string_view name,
                                                       std::chrono::milliseconds otherwise) {
  const auto milliseconds = body.int_at(name);
  return milliseconds ? std::chrono::milliseconds(*milliseconds) : otherwise;
}

inline constexpr std::chrono::milliseconds kUsualWait{10'000};

[[nodiscard]] inline tl::unexpected<Problem> refuse_ended(const Realm& realm) {
  return refuse_call(410, "realm.ended", "the realm `" + realm.name() + "` was dropped while this call waited");
}

}  // namespace mockoauth::server
