#include <mimir/codec/random.hpp>

#include <algorithm>
#include <limits>

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <mimir/codec/base64url.hpp>
#include <mimir/codec/digest.hpp>

#include "internal/openssl.hpp"

namespace mimir::codec {
namespace {

void append_big_endian(std::string& bytes, std::uint64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>((number >> shift) & 0xFFU));
}

}  // namespace

Result<> SystemRandom::fill(std::span<std::uint8_t> out) {
  const internal::ErrorQueueGuard guard;
  while (!out.empty()) {
    const std::size_t part = std::min<std::size_t>(out.size(), std::numeric_limits<int>::max());
    if (RAND_bytes(out.data(), static_cast<int>(part)) != 1) {
      OPENSSL_cleanse(out.data(), out.size());
      return fail("random.unavailable", "the system's random generator gave no bytes", "RFC 7636 §7.1");
    }
    out = out.subspan(part);
  }
  return {};
}

Result<> SeededRandom::fill(std::span<std::uint8_t> out) {
  const std::scoped_lock lock(mutex_);
  while (!out.empty()) {
    std::string block;
    append_big_endian(block, seed_);
    append_big_endian(block, counter_++);
    const std::string bytes = sha256(block);
    const std::size_t part = std::min(out.size(), bytes.size());
    std::transform(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(part), out.begin(),
                   [](char c) { return static_cast<std::uint8_t>(c); });
    out = out.subspan(part);
  }
  return {};
}

Result<std::string> random_base64url(Random& random, std::size_t bytes) {
  std::string buffer(bytes, '\0');
  const auto filled = random.fill({internal::bytes_of(buffer), buffer.size()});
  if (!filled) return tl::unexpected(filled.error());
  std::string text = base64url_encode(buffer);
  OPENSSL_cleanse(buffer.data(), buffer.size());
  return text;
}

}  // namespace mimir::codec
