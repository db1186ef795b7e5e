#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <mimir/oauth/vocabulary.hpp>

namespace mimir::oauth::internal {

/// A form body that carries secrets (RFC 6749 appendix B). Its buffer is wiped when it is done with.
class SecretForm {
 public:
  SecretForm() = default;
  SecretForm(const SecretForm&) = delete;
  SecretForm& operator=(const SecretForm&) = delete;
  SecretForm(SecretForm&& other) noexcept { text_.swap(other.text_); }
  ~SecretForm();

  /// Another one with the same content: what a second request adds must not be there twice.
  [[nodiscard]] SecretForm clone() const { return SecretForm(text_); }
  SecretForm& add(std::string_view name, std::string_view value);
  /// Another one in which parameters have other names: pairs of a name and what takes its place.
  [[nodiscard]] SecretForm renamed(const std::vector<std::pair<std::string, std::string>>& names) const;
  /// The same content as a JSON object of strings; of a name that is there twice, all values in an array.
  [[nodiscard]] Secret json() const;
  /// The encoded body.
  [[nodiscard]] Secret encoded() const { return Secret(text_); }

 private:
  explicit SecretForm(const std::string& text) : text_(text) {}
  std::string text_;
};

/// Overwrites and empties a string that held a secret.
void wipe(std::string& text) noexcept;

}  // namespace mimir::oauth::internal
