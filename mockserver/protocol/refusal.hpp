#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <mimir/codec/result.hpp>

#include "protocol/condition.hpp"
#include <mockoauth/server/http.hpp>

namespace mockoauth::server {

/// Why a request is not granted. Handlers return it; only error_writer knows how it looks on the wire.
struct Refusal {
  Condition condition;
  std::string detail = {};  ///< What exactly did not match, for error_description; never a secret.
  std::string clause = {};  ///< Empty: that of the condition.
  std::string scope = {};   ///< What would have been enough (RFC 6750 §3), for scope_insufficient.
  /// Further parameters of the challenge (RFC 9470 §3).
  std::vector<std::pair<std::string, std::string>> challenge = {};
  /// When to come back: Retry-After of rate_limited (RFC 6585 §4), the new interval of slow_down (RFC 8628 §3.5).
  std::optional<std::chrono::seconds> wait = {};
  /// What some providers show of a credential that they do not know (placeholder `{hint}`); never a good one.
  std::string hint = {};
};

template <class T>
using Checked = mimir::codec::Expected<T, Refusal>;

/// What a handler gives back.
using Outcome = Checked<HttpResponse>;

inline tl::unexpected<Refusal> refuse(Condition condition, std::string detail = {}, std::string clause = {}) {
  return tl::unexpected<Refusal>(Refusal{condition, std::move(detail), std::move(clause), {}, {}});
}

}  // namespace mockoauth::server
