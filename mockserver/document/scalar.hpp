#pragma once

#include <string>
#include <string_view>

#include <mimir/codec/json.hpp>
#include <mimir/codec/result.hpp>

namespace mockoauth::document {

/// What a YAML scalar means by the core schema (YAML 1.2.2 §10.3.2).
///
/// @param tag `?` for a plain scalar without a tag, `!` for a quoted one, else the resolved tag.
/// @returns the value, or a sentence that says why it has none (a number JSON cannot hold, a foreign tag).
mimir::codec::Expected<mimir::codec::Json, std::string> resolve_scalar(std::string_view tag, const std::string& text);

/// Whether a tag may stand at a list or a mapping: none, or YAML's own for that kind.
bool is_collection_tag(std::string_view tag, std::string_view kind);

/// The text in double quotes, at most about 40 characters of it, control characters shown as `\xNN`.
std::string in_quotes(std::string_view text);

}  // namespace mockoauth::document
