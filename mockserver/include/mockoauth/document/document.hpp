#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <mimir/codec/json.hpp>
#include <mimir/codec/nearest.hpp>
#include <mimir/codec/result.hpp>
#include <mockoauth/document/error.hpp>

namespace mockoauth::document {

template <class T>
using Result = mimir::codec::Expected<T, DataFileError>;

struct Place {
  int line = 0;    ///< From 1.
  int column = 0;  ///< From 1, in bytes.
};

/// A YAML (or JSON) file as a JSON value, with the place of every node by JSON pointer.
struct Document {
  std::string file;
  mimir::codec::Json value;
  std::map<std::string, Place, std::less<>> places;      ///< Where a value starts.
  std::map<std::string, Place, std::less<>> key_places;  ///< Where the name of a member starts.

  /// Place of a pointer, or of its nearest ancestor.
  [[nodiscard]] Place place_of(std::string_view pointer) const;
  /// The same for the name of a member; the place of the value for what has no name.
  [[nodiscard]] Place key_place_of(std::string_view pointer) const;
  [[nodiscard]] DataFileError error_at(std::string_view pointer, std::string message) const;
};

/// Reads one YAML document: plain scalars by YAML's core schema (YAML 1.2.2 §10.3), quoted ones as strings. Refuses
/// duplicate keys, keys that are no strings, aliases that multiply (more than 10,000 copied nodes), more than 1 MiB,
/// depth over 64, NUL and other control characters, bytes that are not UTF-8, a second document, an empty one.
Result<Document> parse(std::string_view text, const std::string& file);
/// The same for a file; one that cannot be read is an error without a place.
Result<Document> load(const std::filesystem::path& file);

/// The bytes of a data file, cut just above what parse() takes; folders and unreadable files are errors.
Result<std::string> read_file(const std::filesystem::path& file);

/// A JSON Schema (draft 4, RapidJSON's), compiled once. Immutable; thread-safe. Do not use `patternProperties` together
/// with `additionalProperties`: RapidJSON 1.1 judges it wrongly. A `title` on a schema is what messages call it.
class Schema {
 public:
  /// @param text the schema as JSON; it is part of the program, so a broken one is a broken build: throws std::logic_error.
  explicit Schema(std::string_view text);
  ~Schema();
  /// The first violation with its place and the rule in words; an unknown member names the nearest known one.
  [[nodiscard]] Result<void> check(const Document& document) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

using mimir::codec::nearest;

}  // namespace mockoauth::document
