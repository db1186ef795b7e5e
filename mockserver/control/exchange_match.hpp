#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <mimir/codec/json.hpp>
#include <mockoauth/server/journal.hpp>

namespace mockoauth::server {

/// Which exchanges are meant: those that differ in nothing that is named.
struct ExchangeMatch {
  mimir::codec::Json wanted;  ///< Fits exchange_match_schema().

  /// What does not match, one sentence each; empty: it matches. `same` compares with another exchange of `all`.
  [[nodiscard]] std::vector<std::string> differences(const Exchange& exchange, const std::vector<Exchange>& all) const;
};

[[nodiscard]] const std::string& exchange_match_schema();

}  // namespace mockoauth::server
