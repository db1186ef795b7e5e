// Every block that a Secret gives back, looked at on its way out.
#include <mimir/codec/secret.hpp>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string>

#include <gtest/gtest.h>
#include <malloc.h>

namespace {

struct Watch {
  bool on = false;
  std::size_t blocks = 0;
  std::size_t left_bytes = 0;  ///< of the marker, in blocks that were given back
};
thread_local Watch watch;
constexpr char kMarker = '\x5A';

}  // namespace

void* operator new[](std::size_t size) {
  void* const memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) throw std::bad_alloc();
  // Also what is beyond the size asked for: an earlier owner's bytes would be taken for ours.
  if (watch.on) std::memset(memory, 0, ::malloc_usable_size(memory));
  return memory;
}
void operator delete[](void* memory) noexcept {
  if (watch.on && memory != nullptr) {
    ++watch.blocks;
    const auto* const bytes = static_cast<const char*>(memory);
    watch.left_bytes += static_cast<std::size_t>(std::count(bytes, bytes + ::malloc_usable_size(memory), kMarker));
  }
  std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept { operator delete[](memory); }

namespace mimir::codec {
namespace {

TEST(SecretWipe, LeavesNoByteOfAnySize) {  // CH-MM-02: the last ones least of all
  for (std::size_t size = 1; size <= 4096; ++size) {
    const std::string text(size, kMarker);
    watch = {.on = true};
    {
      Secret assigned(text);
      assigned = Secret(text);
      Secret moved(std::move(assigned));
      const Secret copy = moved.clone();
    }
    watch.on = false;
    ASSERT_EQ(watch.blocks, 3U) << size;
    ASSERT_EQ(watch.left_bytes, 0U) << size;
  }
}

TEST(SecretWipe, TheWatchSeesWhatIsLeft) {  // or the test above could not fail
  watch = {.on = true};
  auto* const plain = new char[100];
  std::fill_n(plain, 100, kMarker);
  delete[] plain;
  watch.on = false;
  EXPECT_EQ(watch.left_bytes, 100U);
}

}  // namespace
}  // namespace mimir::codec
