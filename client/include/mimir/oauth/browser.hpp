#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <mimir/oauth/error.hpp>

namespace mimir::oauth {

/// Opens an authorization URL for the user (RFC 8252 §8.12: in the user's own browser, never in ours).
class Browser {
 public:
  virtual ~Browser() = default;
  /// Returns at once, without waiting for the user. A failure is a notice, never the end of a login: the URL was
  /// already announced. Only http and https URLs without control characters get here.
  virtual Result<> open(const std::string& url) = 0;
};

/// Environment lookup, so that tests need not change the process.
using EnvironmentLookup = std::function<std::optional<std::string>(std::string_view name)>;
[[nodiscard]] EnvironmentLookup process_environment();

/// `$BROWSER` (a list separated by colons, `%s` replaced inside one argument), then xdg-open and its kin. Never a
/// shell; the child has no terminal, its own session and no inherited descriptor.
std::unique_ptr<Browser> make_system_browser(EnvironmentLookup environment = process_environment());

}  // namespace mimir::oauth
