#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <mimir/oauth/http_transport.hpp>

namespace mimir::oauth::internal {

/// One challenge of a `WWW-Authenticate` header (RFC 9110 §11.6.1).
struct Challenge {
  std::string scheme;  ///< Lower-cased: schemes are compared without case (§11.1).
  std::vector<std::pair<std::string, std::string>> parameters = {};  ///< Names lower-cased, values unquoted.

  /// The value of a parameter; nothing when it is absent or there twice (§11.2: it must not be).
  [[nodiscard]] std::optional<std::string> one(std::string_view name) const;
};

/// All challenges of an answer, in order, however they are spread over header fields. What cannot be read ends that
/// field; what came before it counts. At most 32 challenges from 16 KiB.
[[nodiscard]] std::vector<Challenge> challenges_of(const HttpResponse& response);

/// The value of a parameter in the first Bearer or DPoP challenge that has it.
[[nodiscard]] std::optional<std::string> challenge_parameter(const std::vector<Challenge>& challenges,
                                                             std::string_view name);

}  // namespace mimir::oauth::internal
