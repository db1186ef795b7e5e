#pragma once

#include "protocol/assertion.hpp"

namespace mockoauth::server {

/// Whether a trusted issuer (RealmOptions::trusted_issuers) signed this, its times are right and it says whom it is
/// about (RFC 7523 §3). The audience is the caller's business.
[[nodiscard]] Checked<void> check_trusted(const Call& call, const Assertion& assertion);

}  // namespace mockoauth::server
