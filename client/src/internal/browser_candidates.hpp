#pragma once

#include <string>
#include <vector>

#include <mimir/oauth/browser.hpp>

namespace mimir::oauth::internal {

/// A program with its fixed arguments, and where the URL goes.
using CommandLine = std::vector<std::string>;

/// What may open a URL here, best first: `$BROWSER` by our own splitting (CH-BR-04), then the openers that are found in
/// `$PATH`. Each is complete: absolute program, URL filled in. Empty when `NO_BROWSER` is set or nothing is installed.
[[nodiscard]] std::vector<CommandLine> browser_candidates(const EnvironmentLookup& environment, const std::string& url);

}  // namespace mimir::oauth::internal
