#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>

#include <mimir/codec/result.hpp>

namespace mimir::codec {

/// Where unpredictable bytes come from. Thread-safe.
class Random {
 public:
  virtual ~Random() = default;
  /// Fills `out` completely or fails with `random.unavailable`; a caller that gets an error must stop (RFC 7636 §7.1).
  virtual Result<> fill(std::span<std::uint8_t> out) = 0;
};

/// The operating system's generator, through OpenSSL's RAND_bytes.
class SystemRandom final : public Random {
 public:
  Result<> fill(std::span<std::uint8_t> out) override;
};

/// The same bytes for the same seed: SHA-256 over seed and counter. For tests and `--seed`; never for real secrets.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : seed_(seed) {}
  Result<> fill(std::span<std::uint8_t> out) override;

 private:
  std::mutex mutex_;
  std::uint64_t seed_;
  std::uint64_t counter_ = 0;
};

/// `bytes` random bytes as base64url text without padding (4 characters for 3 bytes).
Result<std::string> random_base64url(Random& random, std::size_t bytes);

}  // namespace mimir::codec
