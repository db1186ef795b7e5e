// Calls of the control API: whatever they bring, they are answered as its description says, and what is refused has
// changed nothing.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <mimir/codec/clock.hpp>
#include <mockoauth/server/control.hpp>

using namespace mockoauth::server;
using mimir::codec::Json;

namespace {

constexpr const char* kTargets[] = {
    "/realms", "/realms/one", "/realms/one/reset", "/realms/one/report", "/realms/one/clock", "/realms/one/faults", "/faults",
    "/realms/one/clients", "/realms/one/clients/app", "/realms/one/users", "/realms/one/users/ada", "/realms/one/person",
    "/realms/one/device-logins", "/realms/one/device-logins/ABCD-EFGH", "/realms/one/keys", "/realms/one/keys/rotate",
    "/realms/one/keys/x/retire", "/realms/one/tokens/sign", "/realms/one/tokens/revoke", "/realms/one/tokens/expire",
    "/realms/one/account-events", "/realms/one/journal", "/realms/one/journal/await", "/realms/one/verify",
    "/realms/one/latches", "/realms/one/latches/x/await", "/realms/one/latches/x/release", "/openapi.json",
    "/realms/one/tokens/issue", "/realms/one/tokens/lookup", "/realms/one/grants/g1"};
constexpr const char* kMethods[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};

std::string everything(Control& control) {
  std::string text;
  for (const char* target : {"/realms", "/realms/one/clock", "/realms/one/faults", "/realms/one/clients", "/realms/one/users",
                             "/realms/one/person", "/realms/one/keys", "/realms/one/journal", "/realms/one/latches"}) {
    text += control.handle({.method = "GET", .target = "/_mock" + std::string(target)}).body + "\n";
  }
  return text;
}

// A call that waits would only take the fuzzer's time.
std::string without_waiting(std::string_view body) {
  auto json = Json::parse(body);
  if (!json || !json->is_object()) return std::string(body);
  for (const char* member : {"limit_ms", "within_ms"}) {
    if (json->int_at(member).value_or(0) > 0) json->set(member, 0);
  }
  return json->dump();
}

}  // namespace

// The first two bytes choose method and path; the rest is the body, or with GET the query.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string method = kMethods[data[0] % std::size(kMethods)];
  std::string target = "/_mock" + std::string(kTargets[data[1] % std::size(kTargets)]);
  const std::string_view rest(reinterpret_cast<const char*>(data + 2), size - 2);
  const mimir::codec::ManualClock clock(mimir::codec::TimePoint(std::chrono::milliseconds(1'790'000'000'000)));
  Server server(clock, "http://127.0.0.1:5000");
  RealmOptions options{.name = "one", .seed = 1, .journal_capacity = 16};
  options.clients.push_back({.client_id = "app", .redirect_uris = {"http://127.0.0.1/callback"}});
  if (!server.create_realm(std::move(options))) std::abort();
  Control control(server);
  (void)server.handle({.method = "GET", .target = "/r/one/authorize?client_id=app&response_type=code"});

  std::string body;
  if (method == "GET") {
    target += "?" + std::string(rest);
  } else {
    body = without_waiting(rest);
    if (target.ends_with("/await") && body.find("limit_ms") == std::string::npos) {
      auto json = Json::parse(body.empty() ? "{}" : body);
      if (json && json->set("limit_ms", 0)) body = json->dump();
    }
  }
  const auto before = everything(control);
  const auto response = control.handle({.method = method, .target = target, .body = body});
  if (response.status < 200 || response.status > 599 || response.status == 500) std::abort();
  if (response.status < 400) return 0;
  const auto problem = Json::parse(response.body);
  if (!problem || problem->string_at("detail").value_or("").empty() || problem->int_at("status") != response.status) std::abort();
  if (everything(control) != before) std::abort();
  return 0;
}
