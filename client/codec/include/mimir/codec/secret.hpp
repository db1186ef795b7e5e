#pragma once

#include <cstddef>
#include <iosfwd>
#include <memory>
#include <string_view>

namespace mimir::codec {

/// Bytes that must not leak: a token, a code, a verifier, a client secret.
///
/// Owns its memory and wipes it (OPENSSL_cleanse) on destruction, assignment and move. Prints as `[redacted]`. Moves;
/// is copied only by clone(), so that every copy is visible in the source. Not safe for concurrent writes; concurrent
/// reads are fine.
class Secret {
 public:
  Secret() noexcept = default;
  explicit Secret(std::string_view value);
  /// Of a size, its bytes written by `fill(char*)` where they stay: for what would otherwise pass through a buffer.
  template <class Fill>
  static Secret filled(std::size_t size, Fill&& fill) {
    Secret secret;
    if (size == 0) return secret;
    secret.data_ = std::make_unique_for_overwrite<char[]>(size);
    secret.size_ = size;
    fill(secret.data_.get());
    return secret;
  }
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret();

  [[nodiscard]] Secret clone() const { return Secret(expose()); }

  /// The only door to the bytes. The view is valid until this object is changed or destroyed.
  [[nodiscard]] std::string_view expose() const noexcept { return {data_.get(), size_}; }

  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// Compares in time that depends on the lengths only.
  [[nodiscard]] bool equals(const Secret& other) const noexcept;

 private:
  void wipe() noexcept;

  std::unique_ptr<char[]> data_;
  std::size_t size_ = 0;
};

/// Writes `[redacted]`, whatever the value.
std::ostream& operator<<(std::ostream& out, const Secret& secret);

}  // namespace mimir::codec
