#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include <mockoauth/wire/listener.hpp>

#include "framing.hpp"

namespace mockoauth::wire {

using SteadyTime = std::chrono::steady_clock::time_point;

/// One accepted socket: requests in order, answers in order, deadlines, and an end that the client can see.
///
/// The descriptor belongs to the listener, which must call on_closed() before it closes it. Input comes from one worker
/// thread; tend() and the rest may be called from any.
class Connection {
 public:
  /// @param wake called when something changed that tend() has to look at before the time it said; must not block.
  Connection(int fd, const ListenerOptions& options, std::function<void(SteadyTime)> wake);

  /// Frames, calls the handler for each complete request, sends. Never throws.
  void on_bytes(std::string_view bytes, const Listener::Handler& handler) noexcept;
  void on_closed();

  struct Care {
    SteadyTime deadline = SteadyTime::max();  ///< When to call again at the latest.
    int writable_fd = -1;                     ///< Or when this can be written to.
  };
  /// Sends what is left to send and does what is due at `now`.
  Care tend(SteadyTime now);

  /// An answer is being made or still on its way.
  [[nodiscard]] bool busy();
  /// Ends both directions; the client sees an end of file.
  void shut_down();

 private:
  enum class Due { Nothing, Request, Idle, Progress, Drain };

  bool handle_next(const Listener::Handler& handler);
  bool begin_answer();
  void finish_answer(const std::string& bytes, bool close);
  void refuse(int status, std::string_view reason);
  void await(Due what, std::chrono::milliseconds within);
  void flush();
  void shut_both();

  const int fd_;
  const std::chrono::milliseconds request_timeout_;
  const std::chrono::milliseconds idle_timeout_;
  const std::function<void(SteadyTime)> wake_;
  Framer framer_;  ///< Of the worker thread only.

  std::mutex mutex_;  // Guards what follows.
  bool open_ = true;       ///< The descriptor is still ours.
  bool ending_ = false;    ///< Nothing more is read; what is left to send goes out.
  bool answering_ = false;
  bool tending_ = false;   ///< The caller looks at the deadline itself; waking it would go round in circles.
  std::string out_;
  std::size_t sent_ = 0;  ///< Of out_.
  Due due_ = Due::Nothing;
  SteadyTime deadline_ = SteadyTime::max();
};

}  // namespace mockoauth::wire
