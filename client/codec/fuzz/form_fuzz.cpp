// Whatever is accepted must be written as a form that reads as the same parameters.
#include <cstdint>
#include <cstdlib>

#include <mimir/codec/form.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using mimir::codec::Parameters;
  const auto parameters = Parameters::parse({reinterpret_cast<const char*>(data), size});
  if (!parameters) return 0;
  // A name and a value that are both empty are written as `=`, and every byte grows to three at most.
  const auto again = Parameters::parse(parameters->encode(), {.max_bytes = 1024 * 1024});
  if (!again || *again != *parameters) std::abort();
  return 0;
}
