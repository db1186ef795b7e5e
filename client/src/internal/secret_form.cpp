#include <internal/secret_form.hpp>

#include <openssl/crypto.h>

#include <mimir/codec/form.hpp>

namespace mimir::oauth::internal {

void wipe(std::string& text) noexcept {
  OPENSSL_cleanse(text.data(), text.size());
  text.clear();
}

SecretForm::~SecretForm() { wipe(text_); }

SecretForm& SecretForm::add(std::string_view name, std::string_view value) {
  std::string piece = codec::form_encode(name) + '=';
  std::string encoded = codec::form_encode(value);
  std::string next;
  next.reserve(text_.size() + piece.size() + encoded.size() + 1);  // no growth afterwards: it would leave copies behind
  next.append(text_);
  if (!next.empty()) next += '&';
  next.append(piece).append(encoded);
  wipe(encoded);
  wipe(text_);
  text_.swap(next);
  return *this;
}

}  // namespace mimir::oauth::internal
