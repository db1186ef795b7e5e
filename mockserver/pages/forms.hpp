#pragma once

#include <string>
#include <string_view>

#include "pages/flow.hpp"
#include "protocol/page.hpp"

namespace mockoauth::server {

// The pages of an interaction. Fields: `username`, `password`, `scope`, `action`, `interaction`.

[[nodiscard]] HttpResponse login_page(const Call& call, const Interaction& interaction, int status = 200, std::string_view alert = {},
                                      std::string_view username = {});
[[nodiscard]] HttpResponse consent_page(const Call& call, const Interaction& interaction);
[[nodiscard]] HttpResponse device_page(const Call& call, const Interaction& interaction);
[[nodiscard]] HttpResponse logout_page(const Call& call, const Interaction& interaction);

/// What a client calls itself, else its id (RFC 7591 §2).
[[nodiscard]] std::string client_name(const Call& call, const std::string& client_id);

}  // namespace mockoauth::server
