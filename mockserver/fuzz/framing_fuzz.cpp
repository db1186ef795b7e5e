// The framing of requests, fed in two pieces: whatever comes, no crash, no growth beyond the limits, and the same requests
// wherever the cut is.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "wire/framing.hpp"

namespace {

using mockoauth::wire::Framer;

std::vector<std::string> requests_of(std::string_view first, std::string_view second) {
  std::vector<std::string> raw;
  Framer framer({.max_header_bytes = 512, .max_body_bytes = 512});
  for (const auto piece : {first, second}) {
    framer.feed(piece);
    for (;;) {
      const auto event = framer.next();
      if (event == Framer::Event::Request) raw.push_back(framer.take_request().raw);
      if (event == Framer::Event::NeedMore || event == Framer::Event::Refused) break;
    }
  }
  return raw;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t cut = bytes.empty() ? 0 : data[0] % (bytes.size() + 1);
  if (requests_of(bytes, {}) != requests_of(bytes.substr(0, cut), bytes.substr(cut))) std::abort();
  return 0;
}
