#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <unordered_map>

#include <mimir/codec/json.hpp>

namespace mockoauth::server {

/// Of a knob's name: its ends and its length tell nearly all of them apart, in a few instructions.
struct KnobHash {
  std::size_t operator()(std::string_view name) const noexcept {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    const auto size = std::min(name.size(), sizeof first);
    std::memcpy(&first, name.data(), size);
    std::memcpy(&last, name.data() + (name.size() - size), size);
    return static_cast<std::size_t>((first * 31 + last + name.size()) * 0x9E3779B97F4A7C15u >> 20);
  }
};

/// The knobs, as fixtures/schema/knobs.json declares them. Read once, then immutable and safe from any thread.
struct Vocabulary {
  mimir::codec::Json::Array knobs;
  std::unordered_map<std::string_view, std::size_t, KnobHash> index;  ///< Views into `knobs`.

  static const Vocabulary& instance();

 private:
  Vocabulary();
};

/// A file compiled in from fixtures/, by its path there.
[[nodiscard]] std::string_view fixture(std::string_view path);

}  // namespace mockoauth::server
