// Bytes of a connection, through framing and the whole engine: whatever arrives is answered or refused, however it is cut.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <mimir/codec/clock.hpp>
#include <mockoauth/server/server.hpp>

#include "wire/framing.hpp"

using namespace mockoauth;

namespace {

server::HttpResponse answer(const server::HttpRequest& request) {
  static const mimir::codec::ManualClock clock(mimir::codec::TimePoint(std::chrono::milliseconds(1'790'000'000'000)));
  static server::Server server(clock, "http://127.0.0.1:5000");
  static const auto realm = [] {
    server::RealmOptions options{.seed = 1, .journal_capacity = 16};
    options.clients.push_back({.client_id = "app", .redirect_uris = {"http://127.0.0.1/callback"}});
    options.clients.push_back({.client_id = "site", .client_secret = "secret", .redirect_uris = {"https://site.example/cb"}});
    return server.create_realm(std::move(options));
  }();
  return server.handle(request);
}

}  // namespace

// The first byte says how many bytes come at a time.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t step = data[0] == 0 ? size : data[0];
  const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  wire::Framing framing({.max_header_bytes = 8 * 1024, .max_body_bytes = 16 * 1024});
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    framing.feed(bytes.substr(at, step));
    for (bool more = true; more;) {
      const auto next = framing.next();
      switch (next.outcome) {
        case wire::Framing::Outcome::NeedMore: more = false; break;
        case wire::Framing::Outcome::Continue: break;
        case wire::Framing::Outcome::Refused:
          if (next.status < 400 || next.status > 599 || next.why.empty()) std::abort();
          return 0;
        case wire::Framing::Outcome::Request: {
          const auto response = answer(next.request);
          if (response.status < 100 || response.status > 599) std::abort();
          break;
        }
      }
    }
  }
  return 0;
}
