#pragma once

#include <string>

#include <internal/metadata.hpp>
#include <mimir/oauth/callback_server.hpp>

namespace mimir::oauth::internal {

/// A code that passed every check of the authorization response. Only validate_authorization_response() makes one, and
/// only the code exchange takes one: by value, since a code is used once (RFC 6749 §4.1.2).
class ValidatedCode {
 public:
  [[nodiscard]] std::string_view expose() const { return code_.expose(); }

 private:
  explicit ValidatedCode(Secret code) : code_(std::move(code)) {}
  friend Result<ValidatedCode> validate_authorization_response(CallbackResult response, const Metadata& metadata,
                                                               const std::string& provider);
  Secret code_;
};

/// Judges a response whose state matched: first who sent it (RFC 9207 §2.4), on errors too, then what it says
/// (RFC 6749 §4.1.2, §4.1.2.1).
Result<ValidatedCode> validate_authorization_response(CallbackResult response, const Metadata& metadata,
                                                      const std::string& provider);

}  // namespace mimir::oauth::internal
