#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include <mimir/codec/form.hpp>

#include <mockoauth/server/http.hpp>
#include <mockoauth/server/script.hpp>

namespace mockoauth::server {

struct Call;

/// What a rule can look at. Refers to the call.
struct RequestFacts {
  const std::string& endpoint;
  const std::string& grant_type;
  const std::string& client_id;
  const mimir::codec::Parameters& parameters;
  const HttpRequest& request;
  const Call* call = nullptr;  ///< Null: there is none yet.
  std::string user = {};  ///< Only where FaultScript::looks_at_logins().
  std::string flow = {};  ///< The same.
};

[[nodiscard]] bool fits(const TextMatch& wanted, const std::optional<std::string>& seen);
[[nodiscard]] bool fits(const RuleMatch& wanted, const RequestFacts& seen);

/// A number for one thing that a rule can want and a request can have: a client, a parameter's value, a header field. Rules
/// lie in drawers by it, so that a request meets those that may be meant for it. Two things of one number are harmless:
/// fits() decides.
using Want = std::uint64_t;
inline constexpr Want kAnything = 0;

/// Names of parameters and fields that rules look at; the others of a request need no look.
struct WantedNames {
  std::unordered_set<std::uint64_t> parameters = {};
  std::unordered_set<std::uint64_t> headers = {};
};

/// What this rule wants, each enough to find it; the ones that few requests have first. Notes the names.
[[nodiscard]] std::vector<Want> wants_of(const RuleMatch& match, WantedNames& names);

/// All that this request has, rules of any kind included.
[[nodiscard]] std::vector<Want> wants_of(const RequestFacts& facts, const WantedNames& names);

/// Of two numbers one, well mixed.
[[nodiscard]] std::uint64_t mixed(std::uint64_t a, std::uint64_t b);
[[nodiscard]] std::uint64_t hash_of(std::string_view text);

}  // namespace mockoauth::server
