#include "wire/connection.hpp"

#include "wire/response_writer.hpp"

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <exception>
#include <utility>

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace mockoauth::wire {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kNoise("\x93\x01\xff\xe2\x82SSH-2.0-noise\r\n\x1f\x8b\xc3\x28\xa0\n", 26);
constexpr milliseconds kLinger{1'000};
// How long a reset waits for the client to take what was sent before, and how often it looks.
constexpr milliseconds kResetLimit{1'000};
constexpr milliseconds kResetLook{1};
// A client that asks on and on without reading is cut off here; one reply may be larger.
constexpr std::size_t kMaxUnread = 16 * 1024 * 1024;
// Per turn, so that one fast reader of a large reply does not keep the Caretaker from the others.
constexpr std::size_t kMaxSentPerTurn = 4 * 1024 * 1024;

}  // namespace

Connection::Connection(int fd, std::shared_ptr<Service> service)
    : service_(std::move(service)),
      framing_({service_->options.max_header_bytes, service_->options.max_body_bytes}),
      fd_(fd) {
  if (!service_->options.tls) return;
  tls_ = std::make_unique<TlsSession>(service_->options.tls, [this](const std::string& server_name) {
    return ask_welcome(server::Arrival::At::Handshake, server_name);
  });
}

server::Welcome Connection::ask_welcome(server::Arrival::At at, const std::string& server_name) const {
  const auto& welcome = service_->calls.welcome;
  return welcome ? welcome({at, service_->options.origin, server_name}) : server::Welcome();
}

void Connection::connected() {
  service_->caretaker.add(shared_from_this());
  if (service_->stopping) return cut();
  arm_read_limit();
  const auto welcome = ask_welcome(server::Arrival::At::Accept, {});
  if (welcome.deed == server::Welcome::Deed::Serve) return;
  {
    const std::lock_guard lock(mutex_);
    do_deed_locked(welcome.deed, welcome.stall);
  }
  service_->caretaker.wake();
}

void Connection::do_deed_locked(server::Welcome::Deed deed, milliseconds stall) {
  using Deed = server::Welcome::Deed;
  switch (deed) {
    case Deed::Serve:
    case Deed::Alert: return;  // TLS has said it.
    case Deed::Close: return shut_locked();
    case Deed::Reset: return reset_locked(Clock::now());
    case Deed::Stall:
      state_ = State::Silent;
      read_limit_ = Clock::now() + stall;
      return;
    case Deed::Garbage:
      state_ = State::Closing;
      output_.append(kNoise);
      write_limit_ = Clock::now() + service_->options.request_timeout;
      return flush_locked();
  }
}

void Connection::disconnected() {
  {
    const std::lock_guard lock(mutex_);
    open_ = false;
    state_ = State::Shut;
    output_.clear();
    sent_ = 0;
    playout_.reset();
  }
  service_->caretaker.remove(this);
}

bool Connection::serving() {
  const std::lock_guard lock(mutex_);
  return open_ && state_ == State::Serving;
}

void Connection::receive(std::string_view bytes) { tls_ ? receive_sealed(bytes) : receive_plain(bytes); }

void Connection::receive_sealed(std::string_view bytes) {
  TlsSession::Got got;
  const bool was_open = tls_->is_open();
  {
    const std::lock_guard lock(mutex_);
    if (!open_ || (state_ != State::Serving && state_ != State::Closing)) return;
    got = tls_->feed(bytes);
    put_locked({});
    if (state_ == State::Serving && got.deed != server::Welcome::Deed::Serve) do_deed_locked(got.deed, tls_->stall());
  }
  if (!got.plain.empty()) {
    receive_plain(got.plain);
  } else if (!was_open && !got.has_ended) {
    arm_read_limit();
  }
  service_->caretaker.wake();
  if (got.has_ended) finish();
}

void Connection::put_locked(std::string plain) {
  if (tls_) plain = plain.empty() ? tls_->take_output() : tls_->seal(plain);
  if (plain.empty()) return;
  if (sent_ == output_.size()) {
    output_ = std::move(plain);
    sent_ = 0;
    write_limit_ = Clock::now() + service_->options.request_timeout;
    flush_locked();
  } else {
    output_.append(plain);
  }
}

void Connection::receive_plain(std::string_view bytes) {
  {
    const std::lock_guard lock(mutex_);
    // Bytes after the last request that is answered are read, so that closing does not reset the client, and dropped.
    if (!open_ || state_ != State::Serving) return;
    if (is_aside_) {
      kept_input_.append(bytes);
      if (kept_input_.size() > service_->options.max_header_bytes + service_->options.max_body_bytes) shut_locked();
      return;
    }
  }
  framing_.feed(bytes);
  work(On::Worker);
}

void Connection::work(On thread) {
  while (serving()) {
    auto step = framing_.next();
    switch (step.outcome) {
      case Framing::Outcome::NeedMore: return arm_read_limit();
      case Framing::Outcome::Continue: send("HTTP/1.1 100 Continue\r\n\r\n", false); break;
      case Framing::Outcome::Refused: return refuse(step.status, step.why);
      case Framing::Outcome::Request:
        step.request.origin = service_->options.origin;
        if (tls_) step.request.client_certificate = tls_->client_certificate();
        if (!answer(std::move(step), thread)) return;
        break;
    }
  }
}

bool Connection::answer(Framing::Step step, On thread) {
  timing_request_ = false;
  const bool apart = thread == On::Worker && service_->calls.may_block && service_->calls.may_block(step.request);
  {
    const std::lock_guard lock(mutex_);
    if (output_.size() - sent_ > kMaxUnread) {
      shut_locked();
      return false;
    }
    answering_ = true;
    is_aside_ = is_aside_ || apart;
    mid_request_ = false;
    read_limit_ = Clock::time_point::max();
  }
  if (!apart) return reply(std::move(step));
  const bool begun = service_->aside.run([self = shared_from_this(), step = std::move(step)]() mutable {
    if (self->reply(std::move(step))) self->resume();
  });
  if (begun) return false;
  {
    const std::lock_guard lock(mutex_);
    is_aside_ = false;
  }
  refuse(503, "too many calls are held; release some");
  return false;
}

void Connection::resume() {
  for (;;) {
    work(On::Aside);
    std::string bytes;
    {
      const std::lock_guard lock(mutex_);
      if (playout_) return;  // Whoever ends it resumes.
      if (!open_ || state_ != State::Serving) kept_input_.clear();
      if (kept_input_.empty()) {
        is_aside_ = false;
        return;
      }
      bytes.swap(kept_input_);
    }
    framing_.feed(bytes);
  }
}

bool Connection::reply(Framing::Step step) {
  const bool head = step.request.method == "HEAD";
  server::HttpResponse response;
  try {
    response = service_->calls.handler(std::move(step.request));
  } catch (const std::exception&) {
    // What was thrown may quote a secret: it is not told to the client.
    response = refusal_response(500, "the handler of this request failed");
  } catch (...) {
    response = refusal_response(500, "the handler of this request failed");
  }
  const bool close = !step.keep_alive || asks_for_close(response) || service_->stopping;
  if (response.delivery) {
    play(response, {.head = head, .close = close});
    return false;
  }
  send(write_response(response, {.head = head, .close = close}, std::time(nullptr)), close);
  return true;
}

void Connection::play(const server::HttpResponse& response, ReplyFrame frame) {
  auto playout = std::make_unique<Playout>(response, *response.delivery, frame, std::time(nullptr));
  {
    const std::lock_guard lock(mutex_);
    answering_ = false;
    if (!open_ || state_ != State::Serving) return;
    is_aside_ = true;
    playout_ = std::move(playout);
    play_at_ = Clock::now();
    begin_piece_locked();
  }
  service_->caretaker.wake();
}

void Connection::begin_piece_locked() {
  piece_ = playout_->next();
  if (piece_) play_at_ += piece_->wait;
}

// The Caretaker's turn: what waits before it is sent.
bool Connection::play_locked(Clock::time_point now) {
  if (!playout_) return false;
  std::size_t turn = 0;
  while (piece_ && now >= play_at_ && output_.empty() && turn < kMaxSentPerTurn) {
    turn += piece_->bytes.size() + 1;
    play_at_ = now;  // A pause is counted from when the piece before it went out.
    put_locked(std::move(piece_->bytes));
    if (state_ == State::Shut) return false;
    begin_piece_locked();
  }
  return !piece_ && output_.empty() && end_play_locked(now);
}

bool Connection::end_play_locked(Clock::time_point now) {
  using Then = server::Delivery::Then;
  switch (playout_->then()) {
    case Then::GoOn:
      playout_.reset();
      play_at_ = Clock::time_point::max();
      return true;
    case Then::Close: shut_locked(); return false;
    case Then::Reset: reset_locked(now); return false;
    case Then::Stall:
      if (!stalling_) play_at_ = now + playout_->stall();
      stalling_ = true;
      if (now >= play_at_) shut_locked();
      return false;
  }
  return false;
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
  const bool mid_handshake = tls_ && !tls_->is_open();
  // The limit of a request runs from its first byte: a drip of bytes does not move it.
  if ((mid_request || mid_handshake) && timing_request_) return;
  timing_request_ = mid_request || mid_handshake;
  const auto& options = service_->options;
  const auto limit = Clock::now() + (timing_request_ ? options.request_timeout : options.idle_timeout);
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
    put_locked(std::move(bytes));
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

// RFC 8446 §6.1. As much of it as the socket takes: the client has its answer.
void Connection::say_goodbye_locked() {
  if (!tls_ || !open_) return;
  const auto goodbye = tls_->say_goodbye();
  if (!goodbye.empty()) (void)!::send(fd_, goodbye.data(), goodbye.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

void Connection::close_locked() {
  say_goodbye_locked();
  if (!linger_) return shut_locked();
  // RFC 9112 §9.6: closing both sides under a client that is still sending resets it, and the reset may overtake and
  // destroy the reply that says why.
  ::shutdown(fd_, SHUT_WR);
  state_ = State::Lingering;
  read_limit_ = Clock::now() + kLinger;
}

// What was sent has to arrive first: a reset throws away what the kernel still holds, here and at the client.
void Connection::reset_locked(Clock::time_point now) {
  int unsent = 0;
  const bool known = ::ioctl(fd_, SIOCOUTQ, &unsent) == 0;
  if (!reset_by_) reset_by_ = now + kResetLimit;
  if (known && unsent > 0 && now < *reset_by_) {
    play_at_ = now + kResetLook;
    return;
  }
  const linger discard{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &discard, sizeof discard);
  // Pistache reads the end of the stream and closes the descriptor: then the kernel sends RST. SHUT_RDWR would have sent
  // FIN before.
  ::shutdown(fd_, SHUT_RD);
  playout_.reset();
  output_.clear();
  read_limit_ = write_limit_ = play_at_ = Clock::time_point::max();
  state_ = State::Shut;
}

void Connection::shut_locked() {
  output_.clear();
  sent_ = 0;
  playout_.reset();
  play_at_ = Clock::time_point::max();
  read_limit_ = write_limit_ = Clock::time_point::max();
  // Pistache then reads the end of the stream and closes the descriptor; closing it here would free its number while
  // Pistache still uses it.
  if (open_ && state_ != State::Shut) ::shutdown(fd_, SHUT_RDWR);
  state_ = State::Shut;
}

Connection::Wish Connection::attend(Clock::time_point now) {
  bool timed_out = false;
  bool goes_on = false;
  Wish wish;
  {
    const std::lock_guard lock(mutex_);
    if (!open_ || state_ == State::Shut) return wish;
    if (sent_ < output_.size()) {
      flush_locked();
      // Time spent reading a reply is not idle time.
      if (sent_ == output_.size() && state_ == State::Serving && !mid_request_ && !answering_ && !playout_) {
        read_limit_ = now + service_->options.idle_timeout;
      }
    }
    goes_on = play_locked(now);
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
      wish.look_again = held_by_output ? write_limit_ : std::min({read_limit_, write_limit_, waits ? Clock::time_point::max() : play_at_});
      if (waits) wish.writable_fd = fd_;
    }
  }
  if (goes_on && !service_->aside.run([self = shared_from_this()] { self->resume(); })) cut();
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
  if (sent_ < output_.size()) return;
  say_goodbye_locked();
  shut_locked();
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
