#include <mimir/codec/wiping_memory.hpp>

#include <cstdint>
#include <cstdlib>
#include <cstring>

#include <openssl/crypto.h>

namespace mimir::codec {
namespace {

/// In front of each block: how much there is to wipe. As large as the strictest alignment.
constexpr std::size_t kHeader = alignof(std::max_align_t);
static_assert(kHeader >= sizeof(std::size_t));

char* start_of(void* memory) { return static_cast<char*>(memory) - kHeader; }

std::size_t size_of(void* memory) {
  std::size_t size = 0;
  std::memcpy(&size, start_of(memory), sizeof size);
  return size;
}

}  // namespace

void* wiping_malloc(std::size_t size) {
  if (size > SIZE_MAX - kHeader) return nullptr;
  auto* const start = static_cast<char*>(std::malloc(size + kHeader));
  if (start == nullptr) return nullptr;
  std::memcpy(start, &size, sizeof size);
  return start + kHeader;
}

void* wiping_calloc(std::size_t count, std::size_t size) {
  if (size != 0 && count > SIZE_MAX / size) return nullptr;
  void* const memory = wiping_malloc(count * size);
  if (memory != nullptr) std::memset(memory, 0, count * size);
  return memory;
}

void* wiping_realloc(void* memory, std::size_t size) {
  if (memory == nullptr) return wiping_malloc(size);
  void* const larger = wiping_malloc(size);
  if (larger == nullptr) return nullptr;
  std::memcpy(larger, memory, size_of(memory) < size ? size_of(memory) : size);
  wiping_free(memory);
  return larger;
}

void wiping_free(void* memory) {
  if (memory == nullptr) return;
  OPENSSL_cleanse(memory, size_of(memory));
  std::free(start_of(memory));
}

char* wiping_strdup(const char* text) {
  const std::size_t size = std::strlen(text) + 1;
  auto* const copy = static_cast<char*>(wiping_malloc(size));
  if (copy != nullptr) std::memcpy(copy, text, size);
  return copy;
}

}  // namespace mimir::codec
