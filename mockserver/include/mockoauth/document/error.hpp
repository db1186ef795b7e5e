#pragma once

#include <string>

namespace mockoauth::document {

/// Why a data file was refused.
struct DataFileError {
  std::string file;
  int line = 0;    ///< From 1; 0 when there is no place.
  int column = 0;  ///< From 1.
  std::string pointer = {};
  std::string message;

  /// `file:line:column: message (at /json/pointer)`.
  [[nodiscard]] std::string to_string() const;
};

}  // namespace mockoauth::document
