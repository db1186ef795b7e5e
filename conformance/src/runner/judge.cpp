#include "judge.hpp"

#include <algorithm>
#include <regex>

#include <mimir/codec/json.hpp>
#include <mockoauth/conformance/transcript.hpp>

namespace mockoauth::conformance::internal {
namespace {

using server::Exchange;

bool is_status(const std::string& answered) { return answered.size() == 3 && answered[0] >= '1' && answered[0] <= '5'; }

bool answered_as(const Exchange& exchange, const std::string& answered) {
  if (answered.empty()) return true;
  if (answered == "ok") return exchange.response.status < 400 && exchange.error.empty();
  if (is_status(answered)) return std::to_string(exchange.response.status) == answered;
  return exchange.error == answered;
}

std::string bearer(const Exchange& exchange) {
  const auto header = exchange.request.header("Authorization").value_or("");
  const auto space = header.find(' ');
  return space == std::string::npos ? std::string() : header.substr(space + 1);
}

// The token a request presents, with its kind; empty kind when it presents none.
std::pair<std::string, std::string> presented(const Exchange& exchange) {
  if (exchange.endpoint == "token") return {"refresh_token", exchange.parameters.first("refresh_token").value_or("")};
  if (exchange.endpoint == "resource" || exchange.endpoint == "userinfo") return {"access_token", bearer(exchange)};
  return {"", ""};
}

std::string newest_before(const Exchanges& all, std::uint64_t number, const std::string& kind) {
  std::string newest;
  for (const auto& exchange : all) {
    if (exchange.number >= number) break;
    if (exchange.endpoint != "token" || exchange.response.status != 200) continue;
    const auto body = mimir::codec::Json::parse(exchange.response.body);
    if (!body) continue;
    if (const auto token = body->string_at(kind)) newest = *token;
  }
  return newest;
}

std::string times_text(const std::optional<int>& times) {
  if (!times) return "at least once";
  if (*times == 0) return "never";
  return *times == 1 ? "once" : std::to_string(*times) + " times";
}

std::string endpoint_text(const std::string& endpoint) {
  if (endpoint == "authorize") return "authorization request";
  if (endpoint == "token") return "token request";
  if (endpoint == "revoke") return "revocation request";
  if (endpoint == "resource") return "resource request";
  return endpoint + " request";
}

std::string statement(const RequestExpectation& expected) {
  std::string text = endpoint_text(expected.endpoint);
  if (!expected.grant_type.empty()) text += " (" + expected.grant_type + ")";
  if (!expected.presents.empty()) text += " with the " + expected.presents + " token";
  if (!expected.answered.empty()) text += " answered " + expected.answered;
  text += ", " + times_text(expected.times);
  for (const auto& [name, value] : expected.params) {
    text += value == "*present" ? "; " + name + " present" : value == "*absent" ? "; no " + name : "; " + name + "=" + value;
  }
  return text;
}

std::string list_seen(const Exchanges& window, const std::string& endpoint) {
  std::string text;
  for (const auto& exchange : window) {
    if (exchange.endpoint == endpoint) text += (text.empty() ? "" : "; ") + describe_exchange(exchange);
  }
  return text.empty() ? "no " + endpoint_text(endpoint) + " at all" : text;
}

// What is wrong with the parameters of one request, or nothing.
std::string parameter_problem(const RequestExpectation& expected, const Exchange& exchange) {
  for (const auto& [name, wanted] : expected.params) {
    const auto values = exchange.parameters.count(name);
    if (wanted == "*absent") {
      if (values != 0) return "exchange " + std::to_string(exchange.number) + " has " + name;
    } else if (values != 1) {
      return "exchange " + std::to_string(exchange.number) + (values == 0 ? " has no " : " repeats ") + name;
    } else if (wanted != "*present" && exchange.parameters.one(name) != wanted) {
      return "exchange " + std::to_string(exchange.number) + " has " + name + "=" + *exchange.parameters.one(name);
    }
  }
  return {};
}

std::string count_text(std::size_t count) { return count == 1 ? "once" : std::to_string(count) + " times"; }

}  // namespace

std::map<std::string, std::set<std::string>> secrets_in(const Exchanges& exchanges) {
  std::map<std::string, std::set<std::string>> secrets;
  for (const auto& exchange : exchanges) {
    if (const auto verifier = exchange.parameters.first("code_verifier")) secrets["code_verifier"].insert(*verifier);
    if (const auto code = exchange.parameters.first("code")) secrets["code"].insert(*code);
    if (exchange.endpoint != "token" || exchange.response.status != 200) continue;
    const auto body = mimir::codec::Json::parse(exchange.response.body);
    if (!body) continue;
    for (const char* kind : {"access_token", "refresh_token", "id_token"}) {
      if (const auto token = body->string_at(kind)) secrets[kind].insert(*token);
    }
  }
  return secrets;
}

Check judge_request(const RequestExpectation& expected, const Exchanges& window, const Exchanges& all) {
  Check check{.expected = statement(expected)};
  std::size_t count = 0;
  for (const auto& exchange : window) {
    if (exchange.endpoint != expected.endpoint) continue;
    if (!expected.grant_type.empty() && exchange.grant_type != expected.grant_type) continue;
    if (!answered_as(exchange, expected.answered)) continue;
    ++count;
    if (auto problem = parameter_problem(expected, exchange); !problem.empty()) {
      check.verdict = Verdict::Fail;
      check.seen = problem;
      return check;
    }
    if (expected.presents.empty()) continue;
    const auto [kind, token] = presented(exchange);
    const bool latest = !token.empty() && token == newest_before(all, exchange.number, kind);
    if (latest != (expected.presents == "latest")) {
      check.verdict = Verdict::Fail;
      check.seen = "exchange " + std::to_string(exchange.number) + " presents " +
                   (token.empty() ? "none" : latest ? "the latest" : "an older one");
      return check;
    }
  }
  const bool holds = expected.times ? count == static_cast<std::size_t>(*expected.times) : count > 0;
  if (!holds) {
    check.verdict = Verdict::Fail;
    check.seen = (count == 0 ? "never; seen: " : count_text(count) + "; seen: ") + list_seen(window, expected.endpoint);
  }
  return check;
}

std::vector<Check> judge_output(const OutputExpectation& expected, const std::vector<std::string>& said, const Exchanges& all) {
  std::vector<Check> checks;
  if (!expected.matches.empty()) {
    Check check{.expected = "the client says something that matches /" + expected.matches + "/"};
    const std::regex pattern(expected.matches, std::regex::ECMAScript | std::regex::icase);
    if (std::none_of(said.begin(), said.end(), [&](const auto& line) { return std::regex_search(line, pattern); })) {
      check.verdict = Verdict::Fail;
      check.seen = said.empty() ? "it says nothing" : "it says: " + said.back();
    }
    checks.push_back(std::move(check));
  }
  const auto secrets = secrets_in(all);
  Check check{.expected = "no token, code or verifier in anything the client wrote"};
  for (const auto& kind : expected.never) {
    const auto found = secrets.find(kind);
    if (found == secrets.end()) continue;
    for (const auto& secret : found->second) {
      if (secret.size() < 8) continue;  // Too short to tell from ordinary words.
      for (const auto& line : said) {
        if (line.find(secret) == std::string::npos) continue;
        check.verdict = Verdict::Fail;
        check.seen = "a line holds the " + kind + " that ends in " + secret.substr(secret.size() - 4);
      }
    }
  }
  if (!expected.never.empty()) checks.push_back(std::move(check));
  return checks;
}

Check judge_storage(const std::string& expected, const std::string& before, const std::string& after) {
  Check check;
  const std::string seen = after.empty() ? "none" : after == before ? "kept" : "replaced";
  check.expected = expected == "none" ? "no refresh token is stored" : "the stored refresh token is " + expected;
  if (seen != expected) {
    check.verdict = Verdict::Fail;
    check.seen = seen == "none" ? "none is stored" : "it is " + seen;
  }
  return check;
}

Check judge_outcome(const std::vector<Outcome>& expected, Outcome seen, const std::string& detail,
                    const std::vector<std::string>& said) {
  Check check;
  for (const auto outcome : expected) check.expected += (check.expected.empty() ? "" : " or ") + std::string(to_string(outcome));
  if (std::find(expected.begin(), expected.end(), seen) != expected.end()) return check;
  check.seen = std::string(to_string(seen)) + " (" + detail + ")";
  if (!said.empty()) check.seen += "; it said: " + said.back();
  // A client that crashed, hung or failed without a word shows nothing about a refusal that was expected of it.
  const bool wanted_refusal = std::all_of(expected.begin(), expected.end(), [](Outcome outcome) {
    return outcome == Outcome::Refused || outcome == Outcome::Declined;
  });
  const bool got_nowhere = seen == Outcome::Crashed || seen == Outcome::TimedOut;
  check.verdict = got_nowhere || (wanted_refusal && seen == Outcome::Failed) ? Verdict::Inconclusive : Verdict::Fail;
  return check;
}

}  // namespace mockoauth::conformance::internal
