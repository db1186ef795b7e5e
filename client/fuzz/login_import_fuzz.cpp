// Files of older programs: anything may be in one; it is refused or read.
#include <cstdint>
#include <cstdlib>

#include <internal/login_format.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto logins = mimir::oauth::internal::read_old_logins({reinterpret_cast<const char*>(data), size});
  if (!logins) return 0;
  if (logins->empty()) std::abort();
  return 0;
}
