#pragma once

#include <mockoauth/server/http.hpp>

namespace mockoauth::server {

/// `/_mock/` for people: realms, their clocks and faults, and the exchanges as a sequence diagram as they happen. It reads
/// the control API from the browser and shows what it reads as text only.
[[nodiscard]] HttpResponse live_page();

}  // namespace mockoauth::server
