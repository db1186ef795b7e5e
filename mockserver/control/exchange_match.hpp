#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include <mimir/codec/json.hpp>
#include <mockoauth/server/journal.hpp>

namespace mockoauth::server {

/// Why an exchange is not the one that is meant.
struct Difference {
  std::string pointer;              ///< Into the match: `/param/code`.
  std::string detail;               ///< `client_id is "app", expected "other"`
  mimir::codec::Json expected = {};
  mimir::codec::Json seen = {};     ///< Secrets masked; null: it was not there.
};
[[nodiscard]] mimir::codec::Json difference_to_json(const Difference& difference);

/// What a match may refer to.
struct Record {
  std::vector<Exchange> exchanges = {};  ///< Oldest first.
  std::map<std::string, std::uint64_t> names = {};  ///< Numbers of exchanges that expectations have named (`as`).

  [[nodiscard]] const Exchange* find(std::uint64_t number) const;
};

/// Which exchanges are meant: those that differ in nothing that is named.
struct ExchangeMatch {
  mimir::codec::Json wanted;  ///< Fits exchange_match_schema().

  /// Empty: it matches.
  [[nodiscard]] std::vector<Difference> differences(const Exchange& exchange, const Record& record) const;
};

[[nodiscard]] const std::string& exchange_match_schema();
[[nodiscard]] const std::string& exchange_schema();  ///< Of exchange_to_json().
[[nodiscard]] const std::string& nearest_schema();   ///< Of nearest_to_json().

/// `endpoint "token", param code of exchange 3`, for a sentence.
[[nodiscard]] std::string describe_match(const mimir::codec::Json& wanted);

/// Exchanges that match, and the one that nearly does.
struct Tally {
  std::vector<std::uint64_t> numbers = {};
  const Exchange* nearest = nullptr;  ///< The one with the fewest differences, of several the first; of the record.
  std::vector<Difference> differences = {};
};
/// @param since, until number of the exchange after which, and up to which, it looks.
[[nodiscard]] Tally tally(const ExchangeMatch& match, const Record& record, std::uint64_t since = 0,
                          std::uint64_t until = std::numeric_limits<std::uint64_t>::max());

/// `{differences, exchange}` and a sentence (`detail`); null when there is no exchange at all.
[[nodiscard]] mimir::codec::Json nearest_to_json(const Tally& tally);

}  // namespace mockoauth::server
