#pragma once

#include "wire/caretaker.hpp"
#include "wire/framing.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include <mockoauth/server/http.hpp>
#include <mockoauth/wire/listener.hpp>

namespace mockoauth::wire {

/// What the connections of one listener share. Outlives them all.
struct Service {
  ListenerOptions options;
  Listener::Handler handler;
  std::atomic<bool> stopping = false;
  Caretaker caretaker;
};

/// One accepted socket: requests in, replies out in the same order.
///
/// Input arrives on one worker thread. Replies are written to the socket at once, by that worker, rather than queued
/// with Pistache: its queue knows a reply only by the descriptor's number, so that a reply queued for a client that has
/// just left can reach the next one that was given the same number. What the socket does not take is left to the
/// Caretaker. The descriptor is used only under mutex_ and while open_ holds; Pistache closes it after disconnected().
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using Clock = Caretaker::Clock;

  struct Wish {
    Clock::time_point look_again = Clock::time_point::max();
    int writable_fd = -1;  ///< Look again as soon as this takes bytes; -1 when nothing waits.
  };

  Connection(int fd, std::shared_ptr<Service> service);

  // On the worker thread of this connection.
  void connected();
  void receive(std::string_view bytes);
  void disconnected();

  // On any thread.
  [[nodiscard]] Wish attend(Clock::time_point now);  ///< Sends what waits, applies the time limits.
  void finish();                                     ///< Closes now if nothing is being answered, else after the answer.
  void cut();                                        ///< Closes now.
  [[nodiscard]] bool quiet();                        ///< No answer under way.

 private:
  enum class State {
    Serving,
    Closing,    ///< Closed as soon as the output is sent.
    Lingering,  ///< Our side is closed; input is read and dropped for a while (RFC 9112 §9.6).
    Shut,       ///< Both sides are closed; Pistache has yet to notice.
  };

  void answer(Framing::Step step);
  void refuse(int status, std::string_view why);
  [[nodiscard]] bool serving();
  void arm_read_limit();
  void send(std::string bytes, bool close);
  void flush_locked();
  void close_locked();
  void shut_locked();

  const std::shared_ptr<Service> service_;
  Framing framing_;          ///< Worker thread only.
  bool timing_request_ = false;  ///< Worker thread only: the limit of the request under way is set.

  std::mutex mutex_;
  const int fd_;
  bool open_ = true;
  State state_ = State::Serving;
  bool answering_ = false;      ///< A handler runs.
  bool linger_ = false;         ///< The client may still be sending: do not reset it before it has read the reply.
  bool mid_request_ = false;
  std::string output_;
  std::size_t sent_ = 0;        ///< Of output_.
  Clock::time_point read_limit_ = Clock::time_point::max();
  Clock::time_point write_limit_ = Clock::time_point::max();
};

}  // namespace mockoauth::wire
