#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <mimir/codec/result.hpp>

namespace mimir::oauth::internal {

/// Place in a text, from 1.
struct YamlPlace {
  int line = 1;
  int column = 1;
};

/// Why a text is refused, and where.
struct YamlFault {
  YamlPlace place;
  std::string message;
};

/// YAML as it was written: nothing is guessed from how a text looks, so that `no`, `0777` and `1e3` stay what they are
/// until a schema says what they should be (CH-CF-05).
struct YamlNode {
  enum class Kind { Null, Text, List, Map };
  Kind kind = Kind::Null;
  YamlPlace place = {};
  std::string name = {};           ///< Of a map's member.
  YamlPlace name_place = {};
  std::string text = {};
  bool is_plain = false;           ///< Text without quotes.
  std::vector<YamlNode> children = {};  ///< Items of a list, members of a map.
};

inline constexpr std::size_t kMaxYamlBytes = 64 * 1024;
inline constexpr std::size_t kMaxYamlDepth = 8;  ///< A configuration has four.

/// Reads one document, or an empty text as an empty map. Refused besides what is no YAML: more than kMaxYamlBytes or
/// kMaxYamlDepth, control characters, aliases (a few of them expand to gigabytes), tags, names said twice (readers differ
/// in which one counts) and names that are no text.
codec::Expected<YamlNode, YamlFault> parse_yaml(std::string_view text);

}  // namespace mimir::oauth::internal
