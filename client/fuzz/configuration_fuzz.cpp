// Configuration files: anything may be in one; it is refused at a place within it, or read into values that can be shown.
#include <cstdint>
#include <cstdlib>

#include <internal/configuration_reader.hpp>

namespace {

bool is_line(std::string_view text) {
  for (const char c : text) {
    if (c < ' ' || c > '~') return false;
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mimir::oauth::internal;
  const auto read = read_configuration({reinterpret_cast<const char*>(data), size});
  if (!read) {
    if (read.error().message.empty() || read.error().place.line < 1 || read.error().place.column < 1) std::abort();
    return 0;
  }
  for (const auto& [name, entry] : read->providers) {
    for (const auto& [key, origin] : entry.origins) {
      const auto* known = find_key(provider_keys(), key);
      if (known == nullptr || origin.line < 1) std::abort();
      const auto shown = known->show(entry);
      if (known->is_secret && shown != "[redacted]") std::abort();
      if (key != "authorization_parameters" && !is_line(shown)) std::abort();
    }
  }
  return 0;
}
