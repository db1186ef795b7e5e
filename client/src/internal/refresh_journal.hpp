#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <mimir/oauth/token_storage.hpp>

namespace mimir::oauth::internal {

/// What outlives a process about the refreshes of one login: written before a refresh token is sent and cleared after the
/// answer is durable (CH-RF-06). Holds no secret: a generation says which refresh token was meant.
struct RefreshJournal {
  /// The record whose refresh token was sent without its end being known: killed, or the answer was lost.
  std::optional<std::uint64_t> sent_generation = {};
  int lost_answers = 0;                     ///< How often, for that generation.
  std::vector<TimePoint> recent = {};       ///< When it was tried lately, oldest first, at most kBrakeCount.

  static constexpr std::size_t kBrakeCount = 20;
  static constexpr std::chrono::seconds kBrakeWindow{30};

  /// How long the storm brake holds, if it does (CH-RF-13).
  [[nodiscard]] std::optional<std::chrono::seconds> brake(TimePoint now) const;
  void note_attempt(TimePoint now);
};

/// An unreadable note is an empty one: it only ever makes a refresh more careful.
[[nodiscard]] RefreshJournal read_journal(TokenStorage& storage, const std::string& provider);
Result<> write_journal(TokenStorage& storage, const std::string& provider, const RefreshJournal& journal);

}  // namespace mimir::oauth::internal
