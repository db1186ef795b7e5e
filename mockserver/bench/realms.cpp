// How a realm scales, in process: latency of a refresh with a few and with a million live grants, and what a realm costs.
//
// realms_bench [GRANTS]   prints one line of JSON
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <mimir/codec/form.hpp>
#include <mimir/codec/json.hpp>
#include <mockoauth/server/server.hpp>

namespace {

using namespace mockoauth::server;
using mimir::codec::Json;
using mimir::codec::Parameters;
using Steady = std::chrono::steady_clock;
using Microseconds = std::chrono::duration<double, std::micro>;

constexpr const char* kRedirect = "http://127.0.0.1/callback";
constexpr const char* kVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";  // RFC 7636 appendix B
constexpr const char* kChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

double resident_kib() {
  std::ifstream statm("/proc/self/statm");
  double size = 0;
  double resident = 0;
  statm >> size >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) / 1024;
}

RealmOptions options_for(const std::string& name, std::size_t grants) {
  RealmOptions options{.name = name, .journal_capacity = 1'000, .max_grants = grants};
  options.clients = {{.client_id = "app", .redirect_uris = {kRedirect}}};
  return options;
}

HttpRequest form(const Parameters& parameters) {
  return {.method = "POST", .target = "/token", .headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
          .body = parameters.encode()};
}

std::string member(const HttpResponse& response, const char* name) {
  const auto json = Json::parse(response.body);
  return json ? json->string_at(name).value_or("") : "";
}

/// A whole login without signatures. @returns its refresh token.
std::string log_in(Realm& realm) {
  const Parameters request{{"response_type", "code"}, {"client_id", "app"}, {"redirect_uri", kRedirect},
                           {"scope", "api.read offline_access"}, {"state", "s"}, {"code_challenge", kChallenge},
                           {"code_challenge_method", "S256"}};
  const auto answer = realm.handle({.method = "GET", .target = "/authorize?" + request.encode()});
  const auto location = answer.header("Location").value_or("");
  const auto start = location.find("code=");
  const auto code = start == std::string::npos ? std::string()
                                               : location.substr(start + 5, location.find('&', start) - start - 5);
  return member(realm.handle(form({{"grant_type", "authorization_code"}, {"client_id", "app"}, {"code", code},
                                   {"redirect_uri", kRedirect}, {"code_verifier", kVerifier}})),
                "refresh_token");
}

struct Latency {
  double median = 0;
  double p99 = 0;
};

/// Refreshes tokens all over the table, one after the other, and keeps the new ones.
Latency refresh(Realm& realm, std::vector<std::string>& tokens, std::size_t requests) {
  std::vector<double> taken;
  taken.reserve(requests);
  std::size_t at = 0;
  for (std::size_t i = 0; i < requests; ++i) {
    at = (at + 7'919) % tokens.size();  // A prime: neighbours in time are none in memory.
    const auto request = form({{"grant_type", "refresh_token"}, {"client_id", "app"}, {"refresh_token", tokens[at]}});
    const auto start = Steady::now();
    const auto response = realm.handle(request);
    taken.push_back(Microseconds(Steady::now() - start).count());
    auto next = member(response, "refresh_token");
    if (response.status != 200 || next.empty()) {
      std::cerr << "a refresh was refused: " << response.body << "\n";
      std::exit(3);
    }
    tokens[at] = std::move(next);
  }
  std::sort(taken.begin(), taken.end());
  return {taken[taken.size() / 2], taken[taken.size() * 99 / 100]};
}

struct Population {
  std::unique_ptr<Realm> realm;
  std::vector<std::string> tokens;
};

Population populate(const Clock& clock, std::size_t grants) {
  // Every refresh adds a rotated token, which stays known so that its reuse is noticed.
  auto options = options_for("default", grants + 300'000);
  options.base_url = "http://127.0.0.1:1";
  Population population{std::make_unique<Realm>(std::move(options), clock), {}};
  population.tokens.reserve(grants);
  for (std::size_t i = 0; i < grants; ++i) population.tokens.push_back(log_in(*population.realm));
  return population;
}

/// What one test does: a realm with faults, one login through them, and gone.
void play_script(Server& server, const std::string& name) {
  auto realm = server.create_realm(options_for(name, 100'000));
  if (!realm) std::exit(3);
  const bool added = (*realm)->add_fault({.fault = "pkce.accept_any", .when = {.client_id = "app"}}) &&
                     (*realm)->add_fault({.fault = "http.status", .when = {.grant_type = "refresh_token"},
                                          .arguments = Json::object({{"status", 503}})}) &&
                     (*realm)->add_fault({.fault = "connection.reset", .when = {.endpoint = "revoke"}});
  if (!added || log_in(**realm).empty()) std::exit(3);
  realm->reset();
  server.drop_realm(name);
}

Json realm_costs(const Clock& clock) {
  constexpr std::size_t kRealms = 5'000;
  Server server(clock, "http://127.0.0.1:1");
  static_cast<void>(server.create_realm(options_for("warm", 1'000)));
  std::vector<double> create;
  std::vector<double> reset;
  std::vector<double> drop;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < kRealms; ++i) names.push_back("realm-" + std::to_string(i));
  const double before = resident_kib();
  const auto timed = [](std::vector<double>& taken, auto action) {
    const auto start = Steady::now();
    action();
    taken.push_back(Microseconds(Steady::now() - start).count());
  };
  for (const auto& name : names) {
    timed(create, [&] { static_cast<void>(server.create_realm(options_for(name, 100'000))); });
  }
  const double each = (resident_kib() - before) / static_cast<double>(kRealms);
  for (const auto& name : names) log_in(*server.find_realm(name));
  for (const auto& name : names) {
    timed(reset, [&] { server.find_realm(name)->reset(); });
  }
  for (const auto& name : names) log_in(*server.find_realm(name));
  for (const auto& name : names) {
    timed(drop, [&] { server.drop_realm(name); });
  }
  std::vector<double> script;
  for (const auto& name : names) timed(script, [&] { play_script(server, name); });
  const auto p99 = [](std::vector<double>& taken) {
    std::sort(taken.begin(), taken.end());
    return taken[taken.size() * 99 / 100];
  };
  return Json::object({{"realms", static_cast<int>(kRealms)}, {"kib_each", each}, {"create_p99_us", p99(create)},
                       {"reset_p99_us", p99(reset)}, {"drop_p99_us", p99(drop)},
                       {"script_p99_us", p99(script)}});
}

// A thousand rules, none of which is meant for the requests of the load.
enum class Wanted { Client, Parameter, Header };
constexpr std::size_t kRules = 1'000;

std::vector<FaultRule> rules_for_others(Wanted wanted) {
  std::vector<FaultRule> rules;
  for (std::size_t i = 0; i < kRules; ++i) {
    const auto other = "other-" + std::to_string(i);
    FaultRule rule{.fault = "http.status", .arguments = Json::object({{"status", 503}}), .times = 0};
    if (wanted == Wanted::Client) rule.when.client_id = other;
    if (wanted == Wanted::Parameter) rule.when.parameters = {{"refresh_token", {.text = other}}};
    if (wanted == Wanted::Header) rule.when.headers = {{"X-Test", {.text = other}}};
    rules.push_back(std::move(rule));
  }
  return rules;
}

/// How much longer a refresh takes with the rules than without, in the middle; the worst of the kinds.
double cost_of_rules(const Clock& clock) {
  constexpr std::size_t kTokens = 1'000;
  constexpr std::size_t kRequests = 5'000;
  constexpr int kRounds = 9;
  auto free = populate(clock, kTokens);
  double worst = 0;
  for (const auto wanted : {Wanted::Client, Wanted::Parameter, Wanted::Header}) {
    auto ruled = populate(clock, kTokens);
    for (auto& rule : rules_for_others(wanted)) {
      if (!ruled.realm->add_fault(std::move(rule))) std::exit(3);
    }
    double without = 1e9;
    double with = 1e9;
    for (int round = 0; round < kRounds; ++round) {
      without = std::min(without, refresh(*free.realm, free.tokens, kRequests).median);
      with = std::min(with, refresh(*ruled.realm, ruled.tokens, kRequests).median);
    }
    worst = std::max(worst, with / without);
  }
  return worst;
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t many = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  constexpr std::size_t kFew = 1'000;
  constexpr std::size_t kRequests = 10'000;
  constexpr int kRounds = 9;
  const mimir::codec::SystemClock clock;
  const auto realms = realm_costs(clock);

  const double before = resident_kib();
  auto large = populate(clock, many);
  const double each = (resident_kib() - before) / static_cast<double>(many);
  auto small = populate(clock, kFew);
  // In turns, so that what slows one down slows the other down too; the least of all rounds is the one least disturbed.
  Latency best_small{1e9, 1e9};
  Latency best_large{1e9, 1e9};
  for (int round = 0; round < kRounds; ++round) {
    const auto one = refresh(*small.realm, small.tokens, kRequests);
    const auto other = refresh(*large.realm, large.tokens, kRequests);
    best_small = {std::min(best_small.median, one.median), std::min(best_small.p99, one.p99)};
    best_large = {std::min(best_large.median, other.median), std::min(best_large.p99, other.p99)};
  }
  std::cout << Json::object({{"realm", realms},
                             {"grants", static_cast<std::int64_t>(many)},
                             {"kib_each_grant", each},
                             {"few_p50_us", best_small.median},
                             {"few_p99_us", best_small.p99},
                             {"many_p50_us", best_large.median},
                             {"many_p99_us", best_large.p99},
                             {"rules", static_cast<std::int64_t>(kRules)},
                             {"rules_ratio", cost_of_rules(clock)}})
                   .dump()
            << std::endl;
}
