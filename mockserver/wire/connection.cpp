#include "wire/connection.hpp"

#include "wire/response_writer.hpp"

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <exception>
#include <utility>

#include <sys/socket.h>

namespace mockoauth::wire {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLinger{1'000};
// A client that asks on and on without reading is cut off here; one reply may be larger.
constexpr std::size_t kMaxUnread = 16 * 1024 * 1024;
// Per turn, so that one fast reader of a large reply does not keep the Caretaker from the others.
constexpr std::size_t kMaxSentPerTurn = 4 * 1024 * 1024;

}  // namespace

Connection::Connection(int fd, std::shared_ptr<Service> service)
    : service_(std::move(service)),
      framing_({service_->options.max_header_bytes, service_->options.max_body_bytes}),
      fd_(fd) {}

void Connection::connected() {
  service_->caretaker.add(shared_from_this());
  if (service_->stopping) return cut();
  arm_read_limit();
}

void Connection::disconnected() {
  {
    const std::lock_guard lock(mutex_);
    open_ = false;
    state_ = State::Shut;
    output_.clear();
    sent_ = 0;
  }
  service_->caretaker.remove(this);
}

bool Connection::serving() {
  const std::lock_guard lock(mutex_);
  return open_ && state_ == State::Serving;
}

void Connection::receive(std::string_view bytes) {
  // Bytes after the last request that is answered are read, so that closing does not reset the client, and dropped.
  if (!serving()) return;
  framing_.feed(bytes);
  while (serving()) {
    auto step = framing_.next();
    switch (step.outcome) {
      case Framing::Outcome::NeedMore: return arm_read_limit();
      case Framing::Outcome::Continue: send("HTTP/1.1 100 Continue\r\n\r\n", false); break;
      case Framing::Outcome::Refused: return refuse(step.status, step.why);
      case Framing::Outcome::Request:
        step.request.origin = service_->options.origin;
        answer(std::move(step));
        break;
    }
  }
}

void Connection::answer(Framing::Step step) {
  const bool head = step.request.method == "HEAD";
  timing_request_ = false;
  {
    const std::lock_guard lock(mutex_);
    if (output_.size() - sent_ > kMaxUnread) return shut_locked();
    answering_ = true;
    mid_request_ = false;
    read_limit_ = Clock::time_point::max();
  }
  server::HttpResponse response;
  try {
    response = service_->handler(std::move(step.request));
  } catch (const std::exception&) {
    // What was thrown may quote a secret: it is not told to the client.
    response = refusal_response(500, "the handler of this request failed");
  } catch (...) {
    response = refusal_response(500, "the handler of this request failed");
  }
  const bool close = !step.keep_alive || asks_for_close(response) || service_->stopping;
  send(write_response(response, {.head = head, .close = close}, std::time(nullptr)), close);
}

void Connection::refuse(int status, std::string_view why) {
  {
    const std::lock_guard lock(mutex_);
    linger_ = true;
  }
  send(write_response(refusal_response(status, why), {.close = true}, std::time(nullptr)), true);
}

void Connection::arm_read_limit() {
  const bool mid_request = framing_.mid_request();
  // The limit of a request runs from its first byte: a drip of bytes does not move it.
  if (mid_request && timing_request_) return;
  timing_request_ = mid_request;
  const auto& options = service_->options;
  const auto limit = Clock::now() + (mid_request ? options.request_timeout : options.idle_timeout);
  {
    const std::lock_guard lock(mutex_);
    mid_request_ = mid_request;
    if (state_ == State::Serving) read_limit_ = limit;
  }
  service_->caretaker.no_later_than(limit);
}

void Connection::send(std::string bytes, bool close) {
  bool waits = false;
  {
    const std::lock_guard lock(mutex_);
    answering_ = false;
    if (!open_ || state_ != State::Serving) return;
    if (close) state_ = State::Closing;
    if (sent_ == output_.size()) {
      output_ = std::move(bytes);
      sent_ = 0;
      write_limit_ = Clock::now() + service_->options.request_timeout;
      flush_locked();
    } else {
      output_.append(bytes);
    }
    waits = sent_ < output_.size();
    if (state_ == State::Lingering) waits = true;
  }
  if (waits) service_->caretaker.wake();
  if (service_->stopping) service_->caretaker.changed();
}

void Connection::flush_locked() {
  std::size_t turn = 0;
  while (sent_ < output_.size() && turn < kMaxSentPerTurn) {
    // MSG_NOSIGNAL: a client that is gone must not end the process with SIGPIPE, whatever the program's setting.
    const auto count = ::send(fd_, output_.data() + sent_, output_.size() - sent_, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN || errno == EWOULDBLOCK) break;
      return shut_locked();
    }
    sent_ += static_cast<std::size_t>(count);
    turn += static_cast<std::size_t>(count);
  }
  if (turn > 0) write_limit_ = Clock::now() + service_->options.request_timeout;
  if (sent_ < output_.size()) return;
  output_.clear();
  output_.shrink_to_fit();
  sent_ = 0;
  write_limit_ = Clock::time_point::max();
  if (state_ == State::Closing) close_locked();
}

void Connection::close_locked() {
  if (!linger_) return shut_locked();
  // RFC 9112 §9.6: closing both sides under a client that is still sending resets it, and the reset may overtake and
  // destroy the reply that says why.
  ::shutdown(fd_, SHUT_WR);
  state_ = State::Lingering;
  read_limit_ = Clock::now() + kLinger;
}

void Connection::shut_locked() {
  output_.clear();
  sent_ = 0;
  read_limit_ = write_limit_ = Clock::time_point::max();
  // Pistache then reads the end of the stream and closes the descriptor; closing it here would free its number while
  // Pistache still uses it.
  if (open_ && state_ != State::Shut) ::shutdown(fd_, SHUT_RDWR);
  state_ = State::Shut;
}

Connection::Wish Connection::attend(Clock::time_point now) {
  bool timed_out = false;
  Wish wish;
  {
    const std::lock_guard lock(mutex_);
    if (!open_ || state_ == State::Shut) return wish;
    if (sent_ < output_.size()) {
      flush_locked();
      // Time spent reading a reply is not idle time.
      if (sent_ == output_.size() && state_ == State::Serving && !mid_request_ && !answering_) {
        read_limit_ = now + service_->options.idle_timeout;
      }
    }
    const bool waits = sent_ < output_.size();
    if (waits && now >= write_limit_) shut_locked();
    const bool held_by_output = waits && (state_ == State::Closing || !mid_request_);
    if (!held_by_output && now >= read_limit_) {
      // RFC 9110 §15.5.9: told only to a client that had begun a request.
      if (state_ == State::Serving && mid_request_) {
        timed_out = true;
      } else {
        shut_locked();
      }
    }
    if (state_ == State::Shut) {
      wish = {};
    } else {
      wish.look_again = held_by_output ? write_limit_ : std::min(read_limit_, write_limit_);
      if (waits) wish.writable_fd = fd_;
    }
  }
  if (timed_out) {
    refuse(408, "the request was not complete in time (RFC 9110 §15.5.9)");
    wish.look_again = Clock::time_point::min();
  }
  if (service_->stopping) service_->caretaker.changed();
  return wish;
}

void Connection::finish() {
  const std::lock_guard lock(mutex_);
  if (state_ != State::Serving && state_ != State::Closing) return shut_locked();
  if (answering_) return;
  state_ = State::Closing;
  if (sent_ == output_.size()) shut_locked();
}

void Connection::cut() {
  const std::lock_guard lock(mutex_);
  shut_locked();
}

bool Connection::quiet() {
  const std::lock_guard lock(mutex_);
  return !open_ || state_ == State::Shut || (!answering_ && sent_ == output_.size());
}

}  // namespace mockoauth::wire
