#pragma once

#include <optional>
#include <string>
#include <vector>

#include <mimir/codec/json.hpp>
#include <mimir/codec/result.hpp>
#include <mockoauth/document/error.hpp>
#include <mockoauth/server/http.hpp>

namespace mockoauth::server::testing {

/// One answer that a provider gave (or that its documentation shows), and how to ask for it. fixtures/recorded/README.md
/// describes the files.
struct GoldenAnswer {
  std::string name;
  std::string from;                   ///< `recorded` or `documented`.
  std::string play;                   ///< See plays().
  std::string variant = {};
  std::string scope = {};
  std::optional<std::string> accept = "application/json";  ///< Nothing: no such header.
  bool by_fault = false;
  int status = 0;
  std::string type = {};              ///< Media type without parameters; empty: there is no body.
  mimir::codec::Json headers = {};
  mimir::codec::Json members = {};    ///< All there are, with their values or what is known of them.
  std::vector<std::string> more = {};  ///< JSON pointers of members that may be there as well.
  std::optional<std::string> text = {};
  mimir::codec::Json redirect = {};   ///< Parameters that the Location has.
};

struct GoldenFile {
  std::string provider;
  std::vector<GoldenAnswer> answers;
};

/// Reads a file of fixtures/recorded; an unknown member is an error with its place.
[[nodiscard]] mimir::codec::Expected<GoldenFile, document::DataFileError> load_golden(const std::string& path);

/// What is not as the golden answer has it, a sentence each; empty: it fits.
[[nodiscard]] std::vector<std::string> differences(const GoldenAnswer& golden, const HttpResponse& seen);

}  // namespace mockoauth::server::testing
