#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include <mimir/oauth/http_transport.hpp>

namespace mimir::oauth::internal {

/// How far the clocks of servers are from ours, by the `Date` of their answers (RFC 9110 §6.6.1): up to ten minutes are
/// reckoned with in what is judged or proven by a server's clock, more is for the user to mend (CH-TM-03). Thread-safe.
class ServerClocks {
 public:
  /// Takes an answer to a request that was on its way from `sent` to `received`: its Date is taken to be of the moment
  /// between. One from a cache says nothing about now; one that no cache can have kept counts more (RFC 9111 §4).
  void learn(const HttpRequest& request, const HttpResponse& response, TimePoint sent, TimePoint received);
  /// The time by the clock of that URL's server, as far as it may be reckoned with; else `now`.
  [[nodiscard]] TimePoint time_there(const std::string& url, TimePoint now) const;
  /// `this computer's clock is 61 minutes ahead of the provider's`; empty when it is not that far off.
  [[nodiscard]] std::string complaint(const std::string& url, TimePoint now) const;

 private:
  struct Offset {
    std::chrono::milliseconds server_is_ahead;
    std::chrono::milliseconds since_boot;  ///< Our clock less the monotonic one: another value tells that ours was set.
    bool is_uncacheable;
  };
  [[nodiscard]] std::optional<std::chrono::milliseconds> offset(const std::string& url, TimePoint now) const;

  mutable std::mutex mutex_;
  std::map<std::string, Offset> offsets_;  ///< By origin.
};

/// Lets every answer be seen by the clocks.
class ClockedTransport final : public HttpTransport {
 public:
  ClockedTransport(HttpTransport& next, const Clock& clock, ServerClocks& clocks)
      : next_(next), clock_(clock), clocks_(clocks) {}
  HttpOutcome send(const HttpRequest& request, std::stop_token stop) override;

 private:
  HttpTransport& next_;
  const Clock& clock_;
  ServerClocks& clocks_;
};

}  // namespace mimir::oauth::internal
