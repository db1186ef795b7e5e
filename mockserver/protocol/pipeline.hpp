#pragma once

#include "protocol/realm_state.hpp"
#include <mockoauth/server/http.hpp>

namespace mockoauth::server {

/// Takes one request through its phases and enters it in the journal. Safe from any thread, several at once.
[[nodiscard]] HttpResponse run_pipeline(RealmState& realm, HttpRequest request);

}  // namespace mockoauth::server
