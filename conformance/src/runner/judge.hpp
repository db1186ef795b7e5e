#pragma once

#include <set>
#include <string>
#include <vector>

#include <mockoauth/conformance/verdict.hpp>

namespace mockoauth::conformance::internal {

using Exchanges = std::vector<server::Exchange>;

/// Secrets that went over the wire, by kind, as the journal shows them.
std::map<std::string, std::set<std::string>> secrets_in(const Exchanges& exchanges);

/// Judges one expectation. @param window what it is about. @param all everything since the play began, in order, for
/// questions such as which token is the newest.
Check judge_request(const RequestExpectation& expected, const Exchanges& window, const Exchanges& all);

/// One check for the pattern (when there is one) and one for the secrets that must not appear.
std::vector<Check> judge_output(const OutputExpectation& expected, const std::vector<std::string>& said, const Exchanges& all);

/// @param before and @param after what the client's store held; nothing when it cannot be looked into.
Check judge_storage(const std::string& expected, const std::string& before, const std::string& after);

Check judge_outcome(const std::vector<Outcome>& expected, Outcome seen, const std::string& detail,
                    const std::vector<std::string>& said);

}  // namespace mockoauth::conformance::internal
