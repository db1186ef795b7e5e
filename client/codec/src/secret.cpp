#include <mimir/codec/secret.hpp>

#include <cstring>
#include <ostream>
#include <utility>

#include <openssl/crypto.h>

#include <mimir/codec/digest.hpp>

namespace mimir::codec {

Secret::Secret(std::string_view value) : size_(value.size()) {
  if (value.empty()) return;
  data_ = std::make_unique_for_overwrite<char[]>(size_);
  std::memcpy(data_.get(), value.data(), size_);
}

Secret::Secret(Secret&& other) noexcept : data_(std::move(other.data_)), size_(std::exchange(other.size_, 0)) {}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this == &other) return *this;
  wipe();
  data_ = std::move(other.data_);
  size_ = std::exchange(other.size_, 0);
  return *this;
}

Secret::~Secret() { wipe(); }

bool Secret::equals(const Secret& other) const noexcept { return constant_time_equal(expose(), other.expose()); }

void Secret::wipe() noexcept {
  if (data_) OPENSSL_cleanse(data_.get(), size_);
  data_.reset();
  size_ = 0;
}

std::ostream& operator<<(std::ostream& out, const Secret&) { return out << "[redacted]"; }

}  // namespace mimir::codec
