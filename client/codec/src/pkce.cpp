#include <mimir/codec/pkce.hpp>

#include <openssl/crypto.h>

#include <mimir/codec/base64url.hpp>
#include <mimir/codec/digest.hpp>

namespace mimir::codec {

Result<PkcePair> make_pkce_pair(Random& random, std::size_t length) {
  if (length < 43 || length > 128) {
    return fail("pkce.length", "a code verifier has 43 to 128 characters", "RFC 7636 §4.1");
  }
  // Six bits a character, so that the cut falls into the last one and costs no entropy that `length` promises.
  auto text = random_base64url(random, (length * 6 + 7) / 8);
  if (!text) return tl::unexpected(std::move(text.error()));
  const std::string_view verifier = std::string_view(*text).substr(0, length);
  PkcePair pair{Secret(verifier), pkce_s256_challenge(verifier)};
  OPENSSL_cleanse(text->data(), text->size());
  return pair;
}

std::string pkce_s256_challenge(std::string_view verifier) { return base64url_encode(sha256(verifier)); }

}  // namespace mimir::codec
