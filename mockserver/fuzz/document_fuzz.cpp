// Data files: whatever is in one, it is read or refused with a place inside of it.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <mockoauth/document/document.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto document = mockoauth::document::parse(text, "fuzz.yaml");
  if (document) {
    if (!mimir::codec::Json::parse(document->value.dump(), {.max_bytes = 64 * 1024 * 1024, .max_depth = 65})) std::abort();
  } else if (document.error().message.empty() ||
             document.error().line > std::count(text.begin(), text.end(), '\n') + std::count(text.begin(), text.end(), '\r') + 2) {
    std::abort();
  }
  return 0;
}
