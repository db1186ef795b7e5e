#pragma once

#include <string>

namespace mimir::oauth::internal {

/// The pages of the callback listener. Constants: nothing from a request, the provider or the configuration is ever
/// put in (CH-CB-11).
enum class CallbackPage { SignedIn, NotSignedIn, BadRequest, NotFound, MethodNotAllowed, TooLarge, WrongHost };

/// A whole HTTP/1.1 response. @param with_body  false in answer to HEAD (RFC 9110 §9.3.2).
[[nodiscard]] std::string callback_response(CallbackPage page, bool with_body = true);

}  // namespace mimir::oauth::internal
