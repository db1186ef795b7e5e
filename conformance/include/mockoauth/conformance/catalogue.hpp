#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mockoauth::conformance {

/// One requirement on a client. Ids are stable.
struct Row {
  std::string id;
  std::string level;   ///< MUST, SHOULD, MAY or ROB (robustness: no clause obliges the client).
  std::string clause;  ///< `RFC 7636 §4.2`; empty for ROB rows without one.
  std::string says;    ///< What a correct client does, in one sentence.
};

/// The catalogue compiled into the program, sorted by id. Static storage.
const std::vector<Row>& catalogue();
/// nullptr when there is no such row.
const Row* find_row(std::string_view id);

}  // namespace mockoauth::conformance
