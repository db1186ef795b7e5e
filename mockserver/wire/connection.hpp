#pragma once

#include "wire/aside.hpp"
#include "wire/caretaker.hpp"
#include "wire/framing.hpp"
#include "wire/playout.hpp"
#include "wire/tls_session.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include <mockoauth/server/http.hpp>
#include <mockoauth/wire/listener.hpp>

namespace mockoauth::wire {

/// What the connections of one listener share. Outlives them all.
struct Service {
  ListenerOptions options;
  ListenerCalls calls;
  std::atomic<bool> stopping = false;
  Caretaker caretaker;
  Aside aside;
};

/// One accepted socket: requests in, replies out in the same order.
///
/// Input arrives on one worker thread. A request that may have to wait for a test is answered on a thread of its own; so
/// long, input is kept, and that thread goes on with it. A reply with a Delivery is played by the Caretaker, and input is
/// kept likewise. Replies are written to the socket at once, by that worker, rather than queued
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
  void receive(std::string_view bytes);  ///< As they came over the wire.
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
    Silent,     ///< A rule wants it so: input is dropped, nothing is answered, until read_limit_.
    Shut,       ///< Both sides are closed; Pistache has yet to notice.
  };

  enum class On { Worker, Aside };
  void receive_plain(std::string_view bytes);
  void receive_sealed(std::string_view bytes);
  [[nodiscard]] server::Welcome ask_welcome(server::Arrival::At at, const std::string& server_name) const;
  void do_deed_locked(server::Welcome::Deed deed, std::chrono::milliseconds stall);
  void put_locked(std::string plain);  ///< Into the output, sealed where that is needed.
  void work(On thread);
  /// @returns false when another thread has taken over.
  [[nodiscard]] bool answer(Framing::Step step, On thread);
  [[nodiscard]] bool reply(Framing::Step step);  ///< As answer().
  void resume();                                 ///< On the other thread, after the reply.
  void refuse(int status, std::string_view why);
  [[nodiscard]] bool serving();
  void arm_read_limit();
  void send(std::string bytes, bool close);
  void play(const server::HttpResponse& response, ReplyFrame frame);
  void begin_piece_locked();
  /// @returns whether the next request may be answered.
  [[nodiscard]] bool play_locked(Clock::time_point now);
  [[nodiscard]] bool end_play_locked(Clock::time_point now);
  void flush_locked();
  void close_locked();
  void say_goodbye_locked();
  void shut_locked();
  void reset_locked(Clock::time_point now);

  const std::shared_ptr<Service> service_;
  // Of the worker thread, or while is_aside_ holds of the one beside it.
  Framing framing_;
  bool timing_request_ = false;  ///< The limit of the request under way is set.

  std::mutex mutex_;
  const int fd_;
  bool open_ = true;
  State state_ = State::Serving;
  bool answering_ = false;      ///< A handler runs.
  bool is_aside_ = false;       ///< On a thread of its own.
  std::string kept_input_;      ///< What arrived meanwhile.
  std::unique_ptr<Playout> playout_;
  std::optional<Playout::Piece> piece_;                   ///< Its next one.
  Clock::time_point play_at_ = Clock::time_point::max();  ///< When that is due, or its end is looked at again.
  bool stalling_ = false;
  std::optional<Clock::time_point> reset_by_;
  bool linger_ = false;         ///< The client may still be sending: do not reset it before it has read the reply.
  bool mid_request_ = false;
  std::unique_ptr<TlsSession> tls_;  ///< Null: plain.
  std::string output_;               ///< As it goes over the wire.
  std::size_t sent_ = 0;        ///< Of output_.
  Clock::time_point read_limit_ = Clock::time_point::max();
  Clock::time_point write_limit_ = Clock::time_point::max();
};

}  // namespace mockoauth::wire
