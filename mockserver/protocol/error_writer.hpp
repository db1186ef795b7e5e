#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <mimir/codec/json.hpp>

#include "protocol/call.hpp"
#include "protocol/refusal.hpp"

namespace mockoauth::server {

/// A refusal as this profile words it: the table of conditions, overlaid by the knob `errors.map`.
struct WireError {
  int status = 400;
  bool status_is_mapped = false;  ///< The profile names it.
  std::string code;
  std::string description;
  std::string hint;
  const mimir::codec::Json* entry = nullptr;  ///< Of `errors.map`; null when the profile is silent.
};
[[nodiscard]] WireError word(const Profile& profile, const Refusal& refusal);

/// As JSON (or in the knob's shape and format), noting code, reason and clause in the exchange (RFC 6749 §5.2).
HttpResponse write_error(Call& call, const Refusal& refusal);

/// As JSON with a Bearer challenge (RFC 6750 §3).
HttpResponse write_bearer_challenge(Call& call, const Refusal& refusal);

/// Only the challenge, on an answer that has its body.
void add_bearer_challenge(const Call& call, const Refusal& refusal, HttpResponse& response);

/// Notes the refusal in the exchange without writing it.
void note(Call& call, const Refusal& refusal, const WireError& wire);

/// Only what RFC 6749 §5.2 allows in error_description, at most 400 characters: quotes become `'`, anything else `?`.
[[nodiscard]] std::string description_text(std::string_view text);

}  // namespace mockoauth::server
