// Profiles: whatever is in one, it makes a realm that answers, or is refused with a place inside of it.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <mimir/codec/clock.hpp>
#include <mockoauth/server/server.hpp>

using namespace mockoauth::server;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto profile = Profile::parse(text, "fuzz.yaml");
  if (!profile) {
    if (profile.error().message.empty()) std::abort();
    return 0;
  }
  const mimir::codec::ManualClock clock(mimir::codec::TimePoint(std::chrono::milliseconds(1'790'000'000'000)));
  std::vector<std::string> origins;
  for (std::size_t i = 0; i < profile->origins().size(); ++i) origins.push_back("http://127.0.0.1:" + std::to_string(5000 + i));
  Server server(clock, origins);
  RealmOptions options{.profile = *profile, .seed = 1};
  options.clients.push_back({.client_id = "app", .redirect_uris = {"http://127.0.0.1/callback"}});
  const auto realm = server.create_realm(std::move(options));
  if (!realm) std::abort();
  for (const char* path : {"/authorize?client_id=app&response_type=code", "/.well-known/openid-configuration", "/jwks", "/resource"}) {
    const auto answer = server.handle({.method = "GET", .target = path});
    if (answer.status < 100 || answer.status > 599) std::abort();
  }
  return 0;
}
