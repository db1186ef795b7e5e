#include "protocol/rule_match.hpp"

#include <algorithm>

namespace mockoauth::server {
namespace {

bool equals(const std::string& wanted, const std::string& seen) { return wanted.empty() || wanted == seen; }

// `*` and `?` in time that grows with the product of the lengths at worst: a pattern comes from outside.
bool fits_pattern(std::string_view pattern, std::string_view text) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

enum class WantKind : std::uint64_t { Parameter = 1, HasParameter, Header, HasHeader, Client, User, Flow, Grant };

// FNV-1a
std::uint64_t hash_bytes(std::string_view text, bool lower_case) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (char c : text) {
    if (lower_case && c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  }
  return hash;
}

std::uint64_t header_hash(std::string_view name) { return hash_bytes(name, true); }

Want want(WantKind kind, std::uint64_t name, std::string_view value = {}) {
  return mixed(mixed(static_cast<std::uint64_t>(kind), name), hash_of(value));
}
Want want(WantKind kind, std::string_view value) { return mixed(static_cast<std::uint64_t>(kind), hash_of(value)); }

}  // namespace

bool fits(const TextMatch& wanted, const std::optional<std::string>& seen) {
  switch (wanted.kind) {
    case TextMatch::Kind::Equals: return seen == wanted.text;
    case TextMatch::Kind::Matches: return seen && fits_pattern(wanted.text, *seen);
    case TextMatch::Kind::Present: return seen.has_value();
    case TextMatch::Kind::Absent: return !seen.has_value();
  }
  return false;
}

bool fits(const RuleMatch& wanted, const RequestFacts& seen) {
  const auto all = [](const std::vector<NamedMatch>& matches, auto lookup) {
    return std::all_of(matches.begin(), matches.end(),
                       [&](const auto& match) { return fits(match.second, lookup(match.first)); });
  };
  return equals(wanted.endpoint, seen.endpoint) && equals(wanted.grant_type, seen.grant_type) &&
         equals(wanted.client_id, seen.client_id) && equals(wanted.user, seen.user) && equals(wanted.flow, seen.flow) &&
         equals(wanted.method, seen.request.method) &&
         all(wanted.parameters, [&](const auto& name) { return seen.parameters.first(name); }) &&
         all(wanted.headers, [&](const auto& name) { return seen.request.header(name); });
}

std::uint64_t hash_of(std::string_view text) { return hash_bytes(text, false); }

// splitmix64
std::uint64_t mixed(std::uint64_t a, std::uint64_t b) {
  std::uint64_t x = a * 0x9e3779b97f4a7c15u + b + 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

std::vector<Want> wants_of(const RuleMatch& match, WantedNames& names) {
  std::vector<Want> exact;
  std::vector<Want> loose;
  if (!match.flow.empty()) exact.push_back(want(WantKind::Flow, match.flow));
  for (const auto& [name, text] : match.parameters) {
    if (text.kind == TextMatch::Kind::Absent) continue;
    names.parameters.insert(hash_of(name));
    if (text.kind == TextMatch::Kind::Equals) exact.push_back(want(WantKind::Parameter, hash_of(name), text.text));
    else loose.push_back(want(WantKind::HasParameter, hash_of(name)));
  }
  for (const auto& [name, text] : match.headers) {
    if (text.kind == TextMatch::Kind::Absent) continue;
    names.headers.insert(header_hash(name));
    if (text.kind == TextMatch::Kind::Equals) exact.push_back(want(WantKind::Header, header_hash(name), text.text));
    else loose.push_back(want(WantKind::HasHeader, header_hash(name)));
  }
  if (!match.user.empty()) exact.push_back(want(WantKind::User, match.user));
  if (!match.client_id.empty()) exact.push_back(want(WantKind::Client, match.client_id));
  if (!exact.empty()) return exact;
  if (!match.grant_type.empty()) loose.push_back(want(WantKind::Grant, match.grant_type));
  if (loose.empty()) loose.push_back(kAnything);
  return loose;
}

std::vector<Want> wants_of(const RequestFacts& facts, const WantedNames& names) {
  std::vector<Want> wants;
  wants.reserve(16);
  wants.push_back(kAnything);
  if (!facts.client_id.empty()) wants.push_back(want(WantKind::Client, facts.client_id));
  if (!facts.grant_type.empty()) wants.push_back(want(WantKind::Grant, facts.grant_type));
  if (!facts.user.empty()) wants.push_back(want(WantKind::User, facts.user));
  if (!facts.flow.empty()) wants.push_back(want(WantKind::Flow, facts.flow));
  const auto add = [&](const auto& wanted, std::uint64_t name, std::string_view value, WantKind exact, WantKind loose) {
    if (!wanted.contains(name)) return;
    wants.push_back(want(exact, name, value));
    wants.push_back(want(loose, name));
  };
  if (!names.parameters.empty()) {
    for (const auto& [name, value] : facts.parameters.pairs()) {
      add(names.parameters, hash_of(name), value, WantKind::Parameter, WantKind::HasParameter);
    }
  }
  if (!names.headers.empty()) {
    for (const auto& [name, value] : facts.request.headers) {
      add(names.headers, header_hash(name), value, WantKind::Header, WantKind::HasHeader);
    }
  }
  return wants;
}

}  // namespace mockoauth::server
