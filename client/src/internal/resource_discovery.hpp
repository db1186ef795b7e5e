#pragma once

#include <internal/context.hpp>

namespace mimir::oauth::internal {

/// Asks a resource, without a token, who may grant access to it: the document its challenge names (RFC 9728 §5.1), else
/// the one at the well-known place of its own URL (§3.1). Nothing else is guessed.
Result<ProtectedResource> run_resource_discovery(const std::string& url, const Context& context);

}  // namespace mimir::oauth::internal
