// Fault rules: whatever is in one, it is refused with a place inside of it, or strikes and leaves a server that answers.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <mimir/codec/clock.hpp>
#include <mimir/codec/form.hpp>
#include <mockoauth/server/realm.hpp>

using namespace mockoauth::server;
using mimir::codec::Json;
using mimir::codec::Parameters;

namespace {

const Parameters kAuthorization{{"response_type", "code"}, {"client_id", "app"}, {"redirect_uri", "http://127.0.0.1/callback"},
                                {"scope", "api.read offline_access"}, {"state", "s"}};

std::string between(std::string_view text, std::string_view before, char after) {
  const auto start = text.find(before);
  if (start == std::string_view::npos) return {};
  const auto rest = text.substr(start + before.size());
  return std::string(rest.substr(0, rest.find(after)));
}

HttpResponse ask(Realm& realm, HttpRequest request) {
  auto answer = realm.handle(std::move(request));
  if (answer.status < 100 || answer.status > 999 || answer.body.size() > 32u * 1024 * 1024) std::abort();
  return answer;
}

HttpRequest form(const Parameters& parameters) {
  return {.method = "POST", .target = "/token", .headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
          .body = parameters.encode()};
}

// A login, an answer of each kind, and what rules look at.
void play(Realm& realm) {
  const auto back = ask(realm, {.method = "GET", .target = "/authorize?" + kAuthorization.encode()});
  const auto code = between(back.header("Location").value_or(""), "code=", '&');
  const auto tokens = ask(realm, form({{"grant_type", "authorization_code"}, {"client_id", "app"}, {"code", code},
                                       {"redirect_uri", "http://127.0.0.1/callback"}}));
  const auto refresh = between(tokens.body, "\"refresh_token\":\"", '"');
  ask(realm, form({{"grant_type", "refresh_token"}, {"client_id", "app"}, {"refresh_token", refresh}}));
  ask(realm, {.method = "GET", .target = "/.well-known/oauth-authorization-server"});
  ask(realm, {.method = "GET", .target = "/resource", .headers = {{"Authorization", "Bearer x"}}});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto json = Json::parse(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!json) return 0;
  const auto rule = parse_fault_rule(*json);
  if (!rule) {
    const auto& pointer = rule.error().pointer;
    if (rule.error().message.empty() || (!pointer.empty() && pointer.front() != '/')) std::abort();
    return 0;
  }
  const auto again = parse_fault_rule(fault_rule_to_json(*rule));
  if (!again || fault_rule_to_json(*again) != fault_rule_to_json(*rule)) std::abort();

  const mimir::codec::ManualClock clock(mimir::codec::TimePoint(std::chrono::milliseconds(1'790'000'000'000)));
  RealmOptions options{.base_url = "http://127.0.0.1:5000", .seed = 1};
  options.clients.push_back({.client_id = "app", .redirect_uris = {"http://127.0.0.1/callback"}});
  Realm realm(std::move(options), clock);
  if (!realm.add_fault(*rule)) std::abort();
  if (realm.may_block()) return 0;  // It would wait for somebody to let it go.
  play(realm);
  play(realm);
  const auto state = realm.faults().front();
  if (state.fired < 0 || state.matched < static_cast<std::uint64_t>(state.fired)) std::abort();
  return 0;
}
