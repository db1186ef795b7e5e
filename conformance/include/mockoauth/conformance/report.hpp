#pragma once

#include <string>
#include <vector>

#include <mimir/codec/json.hpp>
#include <mockoauth/conformance/verdict.hpp>

namespace mockoauth::conformance {

/// The provider-compat report of several runs: client × provider × scenario with verdict, clause and exchange.
mimir::codec::Json report_json(const std::vector<RunResult>& results);

/// One self-contained page (no script, no external reference) made from report_json's value.
std::string report_html(const mimir::codec::Json& report);

}  // namespace mockoauth::conformance
