// Whatever is accepted must be written as an URL that reads as the same parts, and never leave its origin.
#include <cstdint>
#include <cstdlib>

#include <mimir/codec/url.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using mimir::codec::Url;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto url = Url::parse(text);
  if (!url) return 0;
  const auto again = Url::parse(url->to_string());
  if (!again || again->to_string() != url->to_string() || again->host() != url->host()) std::abort();
  const auto moved = Url::parse(url->with_path(std::string(text.substr(0, 1024))).to_string());
  if (moved && moved->origin() != url->origin()) std::abort();
  return 0;
}
