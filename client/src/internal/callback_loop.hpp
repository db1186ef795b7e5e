#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include <mimir/oauth/callback_session.hpp>

#include "internal/callback_connection.hpp"
#include "internal/loopback_listener.hpp"

namespace mimir::oauth::internal {

/// More than a crowd that keeps two hundred open: at the limit a browser that has come and not yet spoken could be the one to
/// go. A quarter of the descriptors this process may open, if that is less: the login needs some, too.
[[nodiscard]] std::size_t most_connections();

/// What one listener allows; tests shorten the times.
struct CallbackLimits {
  std::size_t max_connections = most_connections();
  std::chrono::milliseconds header_deadline{10'000};  ///< From accept to the end of the head (CH-CB-10).
  std::chrono::milliseconds outcome_deadline{30'000};  ///< How long a browser waits for the outcome (CH-CB-17).
  std::chrono::milliseconds drain{1'000};              ///< For the peer to take the answer (CH-CB-28).
};

/// The poll loop of one listener. run() on one thread, on which the events are called too.
class CallbackLoop {
 public:
  /// What the outside learns and says while the loop runs.
  struct Events {
    std::function<void(std::optional<Result<CallbackResult>>)> on_accepted;
    std::function<void(std::size_t refused, bool saw_tls)> on_progress;
    std::function<std::optional<PageOutcome>()> outcome;  ///< Nothing while the login is under way.
  };

  /// @param wake  an eventfd, non-blocking.
  CallbackLoop(LoopbackListener listener, UniqueFd wake, CallbackSession session, CallbackLimits limits, Events events);

  /// Wakes run() so that it asks for the outcome. Safe from any thread.
  void wake();
  /// Serves until there is an outcome and everybody who waits for it has been answered.
  void run();

 private:
  using Time = CallbackConnection::Time;

  void accept_all(int listener, Time now);
  void make_room();
  void judge(CallbackConnection& connection, Time now);
  void expire(Time now);
  void conclude(PageOutcome outcome, Time now);
  [[nodiscard]] int milliseconds_to_next_deadline(Time now) const;

  LoopbackListener listener_;
  UniqueFd wake_;
  CallbackSession session_;
  CallbackLimits limits_;
  Events events_;
  std::vector<CallbackConnection> connections_;
  bool is_concluded_ = false;
  bool saw_tls_ = false;
  std::optional<PageOutcome> shown_;  // What waiting browsers were told, also after outcome_deadline.
  Time accept_again_{};               // Later than now while the process is out of descriptors.
};

}  // namespace mimir::oauth::internal
