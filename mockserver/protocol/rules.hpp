#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <mimir/codec/form.hpp>
#include <mimir/codec/json.hpp>

#include "protocol/condition.hpp"
#include <mockoauth/server/http.hpp>

namespace mockoauth::server {

/// What the rules of `authorize.rules` say for one login; an empty entry means that no rule spoke about it.
struct RuleEffects {
  std::optional<bool> refresh = {};
  std::optional<bool> id_token = {};
  std::optional<bool> require_pkce = {};
  std::optional<std::string> access_format = {};
  std::optional<std::string> rotation = {};
  std::optional<std::int64_t> access_ttl_s = {};
  std::optional<std::int64_t> refresh_absolute_ttl_s = {};
  std::optional<std::int64_t> refresh_idle_ttl_s = {};
  std::optional<std::vector<std::string>> scope_grant = {};
  std::optional<Condition> error = {};
  std::optional<std::string> manual_code = {};
};

/// What a rule's `when` can look at.
struct RuleFacts {
  const mimir::codec::Parameters& parameters;
  const HttpRequest& request;
  const std::vector<std::string>& scopes;
  bool is_public_client = true;
  bool first_consent = true;
  std::string redirect = {};  ///< `loopback`, `https`, `custom_scheme` or `manual`.
  std::string grant_type = {};
};

/// Tries the rules in order; the first one that sets an entry wins for that entry.
[[nodiscard]] RuleEffects apply_rules(const mimir::codec::Json& rules, const RuleFacts& facts);

}  // namespace mockoauth::server
