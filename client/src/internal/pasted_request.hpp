#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <mimir/oauth/vocabulary.hpp>

namespace mimir::oauth::internal {

/// What a browser would have asked the listener for, made from a pasted whole redirect URL or from `code#state` (the
/// form that some providers' pages show). Nothing when the text is neither; whether it belongs to this login is judged
/// like any request to the listener.
[[nodiscard]] std::optional<Secret> request_of_paste(std::string_view text, const std::string& redirect_uri);

}  // namespace mimir::oauth::internal
