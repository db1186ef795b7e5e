#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "internal/unique_fd.hpp"

namespace mimir::oauth::internal {

/// One connection of a browser, or of whoever else knocks. Driven by the poll loop; never blocks.
class CallbackConnection {
 public:
  using Time = std::chrono::steady_clock::time_point;
  enum class Phase {
    Reading,   ///< The head is not complete yet.
    Complete,  ///< request() is whole and waits to be judged.
    Waiting,   ///< Accepted; the answer waits for the outcome of the login.
    Writing,   ///< The answer is on its way.
    Draining,  ///< Half-closed: the peer may still read what was sent (CH-CB-28).
    Closed,
  };

  CallbackConnection(UniqueFd socket, Time since, Time deadline, std::size_t max_bytes)
      : socket_(std::move(socket)), since_(since), deadline_(deadline), max_bytes_(max_bytes) {}

  [[nodiscard]] int fd() const { return socket_.get(); }
  [[nodiscard]] Phase phase() const { return phase_; }
  [[nodiscard]] Time since() const { return since_; }
  [[nodiscard]] Time deadline() const { return deadline_; }
  [[nodiscard]] short poll_events() const;
  /// May be dropped for a newcomer: nothing is owed to it.
  [[nodiscard]] bool is_idle() const { return phase_ == Phase::Reading || phase_ == Phase::Draining; }
  [[nodiscard]] bool spoke_tls() const { return spoke_tls_; }
  /// The head as far as it was read; longer than the limit when it was cut.
  [[nodiscard]] const std::string& request() const { return buffer_; }

  /// Moves on as far as the socket allows.
  void on_ready(short events, Time now, std::chrono::milliseconds drain);
  void wait_for_outcome(Time deadline);
  void answer(std::string bytes, Time now, std::chrono::milliseconds drain);
  void close();

 private:
  void read();
  void write(Time now, std::chrono::milliseconds drain);
  void discard();

  UniqueFd socket_;
  Time since_;
  Time deadline_;
  std::size_t max_bytes_;
  Phase phase_ = Phase::Reading;
  std::string buffer_;
  std::size_t written_ = 0;
  bool spoke_tls_ = false;
};

}  // namespace mimir::oauth::internal
