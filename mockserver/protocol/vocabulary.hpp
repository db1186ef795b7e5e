#pragma once

#include <string_view>
#include <unordered_map>

#include <mimir/codec/json.hpp>

namespace mockoauth::server {

/// The knobs, as fixtures/schema/knobs.json declares them. Read once, then immutable and safe from any thread.
struct Vocabulary {
  mimir::codec::Json::Array knobs;
  std::unordered_map<std::string_view, std::size_t> index;  ///< Views into `knobs`.

  static const Vocabulary& instance();

 private:
  Vocabulary();
};

/// A file compiled in from fixtures/, by its path there.
[[nodiscard]] std::string_view fixture(std::string_view path);

}  // namespace mockoauth::server
