#pragma once

#include <iosfwd>

#include <mockoauth/conformance/verdict.hpp>

namespace mockoauth::conformance {

struct TranscriptStyle {
  bool colour = false;   ///< ANSI colours; only for a terminal.
  bool details = true;   ///< Steps and exchanges; otherwise the verdict line only.
};

/// Tells a run to a person: steps, the exchange in short, what was checked, the verdict and the clauses behind it.
void write_transcript(std::ostream& out, const RunResult& result, const TranscriptStyle& style);

/// One line for an exchange: `POST /token  grant_type=refresh_token  → 400 invalid_grant`.
std::string describe_exchange(const server::Exchange& exchange);

}  // namespace mockoauth::conformance
