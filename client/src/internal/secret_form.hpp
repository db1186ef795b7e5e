#pragma once

#include <string>
#include <string_view>

#include <mimir/oauth/vocabulary.hpp>

namespace mimir::oauth::internal {

/// A form body that carries secrets (RFC 6749 appendix B). Its buffer is wiped when it is done with.
class SecretForm {
 public:
  SecretForm() = default;
  SecretForm(const SecretForm&) = delete;
  SecretForm& operator=(const SecretForm&) = delete;
  ~SecretForm();

  /// Another one with the same content: what a second request adds must not be there twice.
  [[nodiscard]] SecretForm clone() const { return SecretForm(text_); }
  SecretForm& add(std::string_view name, std::string_view value);
  /// The encoded body.
  [[nodiscard]] Secret encoded() const { return Secret(text_); }

 private:
  explicit SecretForm(const std::string& text) : text_(text) {}
  std::string text_;
};

/// Overwrites and empties a string that held a secret.
void wipe(std::string& text) noexcept;

}  // namespace mimir::oauth::internal
