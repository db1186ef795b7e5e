#pragma once

#include <string>
#include <vector>

#include <mimir/codec/json.hpp>
#include <mimir/codec/result.hpp>

namespace mockoauth::server {

/// What is wrong with a patch, and where in it.
struct PatchProblem {
  std::string pointer;  ///< RFC 6901, into the list of operations.
  std::string message;
};

/// A JSON Patch (RFC 6902): all of it is applied, or nothing (§5). A value type; applying it is thread-safe.
class JsonPatch {
 public:
  static constexpr std::size_t kMostOperations = 1000;

  /// Reads the list of operations and judges all that does not depend on a document. Members that an operation does not
  /// know are ignored (§4).
  [[nodiscard]] static mimir::codec::Expected<JsonPatch, PatchProblem> parse(const mimir::codec::Json& list);

  /// @returns the changed document. Fails with `patch.location` (it has no such place), `patch.test` (a test did not hold)
  /// or `patch.size` (it would become too large or too deep), and a sentence that names the operation.
  [[nodiscard]] mimir::codec::Result<mimir::codec::Json> apply(mimir::codec::Json document) const;

 private:
  enum class Kind { Add, Remove, Replace, Move, Copy, Test };
  using Path = std::vector<std::string>;  ///< Reference tokens, unescaped.
  struct Operation {
    Kind kind;
    Path path;
    Path from = {};
    mimir::codec::Json value = {};
  };
  using Json = mimir::codec::Json;

  static mimir::codec::Expected<Operation, PatchProblem> read(const Json& operation);
  static mimir::codec::Result<> perform(const Operation& operation, Json& document, std::size_t& copied);

  std::vector<Operation> operations_;
};

/// Equal as RFC 6902 §4.6 has it: numbers by value, members in any order.
[[nodiscard]] bool equal_values(const mimir::codec::Json& a, const mimir::codec::Json& b);

}  // namespace mockoauth::server
