#include "connection.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <exception>

#include <mimir/codec/clock.hpp>

#include "response_writer.hpp"

namespace mockoauth::wire {
namespace {

// A client that asks on and on without reading must not fill our memory.
constexpr std::size_t kMaxUnreadBytes = 4 * 1024 * 1024;
// How long a client may take to see our end before its own is forced (RFC 9112 §9.6: close in stages, or the answer may
// be lost to a reset).
constexpr std::chrono::milliseconds kDrainTime{1000};

std::string date_now() { return mimir::codec::format_http_date(mimir::codec::SystemClock().now()); }

}  // namespace

Connection::Connection(int fd, const ListenerOptions& options, std::function<void(SteadyTime)> wake)
    : fd_(fd),
      request_timeout_(options.request_timeout),
      idle_timeout_(options.idle_timeout),
      wake_(std::move(wake)),
      framer_({options.max_header_bytes, options.max_body_bytes}) {
  const std::lock_guard lock(mutex_);
  await(Due::Idle, idle_timeout_);
}

void Connection::on_bytes(std::string_view bytes, const Listener::Handler& handler) noexcept {
  try {
    {
      const std::lock_guard lock(mutex_);
      if (ending_ || !open_) return;  // Read and dropped, so that the kernel does not answer with a reset.
    }
    framer_.feed(bytes);
    while (handle_next(handler)) {
    }
  } catch (...) {
    // No memory, or a broken promise of ours; either way this connection is over and the others are not.
    shut_down();
  }
}

bool Connection::handle_next(const Listener::Handler& handler) {
  switch (framer_.next()) {
    case Framer::Event::NeedMore: {
      const std::lock_guard lock(mutex_);
      const Due now_due = framer_.mid_request() ? Due::Request : Due::Idle;
      // The time of a request runs from its first byte, so that one byte a second does not prolong it.
      const bool keeps = out_.size() > sent_ || ending_ || (now_due == Due::Request && due_ == Due::Request);
      if (!keeps) await(now_due, now_due == Due::Request ? request_timeout_ : idle_timeout_);
      return false;
    }
    case Framer::Event::SendContinue: {
      const std::lock_guard lock(mutex_);
      out_ += "HTTP/1.1 100 Continue\r\n\r\n";
      flush();
      return true;
    }
    case Framer::Event::Refused:
      refuse(framer_.refusal().status, framer_.refusal().reason);
      return false;
    case Framer::Event::Request: break;
  }

  if (!begin_answer()) return false;
  const server::HttpRequest request = framer_.take_request();
  ResponseContext context{.is_head = request.method == "HEAD",
                          // RFC 9112 §9.3: 1.0 lives on only if asked to; simpler and allowed is never.
                          .keep_alive = framer_.keep_alive() && request.version == "HTTP/1.1",
                          .date = {}};
  const std::string date = date_now();
  context.date = date;
  ResponseBytes answer;
  try {
    answer = write_response(handler(request), context);
  } catch (const std::exception&) {
    // The text of an exception may hold what a client must not see.
    answer = {write_refusal(500, "the server failed at this request", date), true};
  } catch (...) {
    answer = {write_refusal(500, "the server failed at this request", date), true};
  }
  finish_answer(answer.bytes, answer.close);
  return !answer.close;
}

bool Connection::begin_answer() {
  const std::lock_guard lock(mutex_);
  if (ending_ || !open_) return false;
  if (out_.size() - sent_ > kMaxUnreadBytes) {
    shut_both();
    return false;
  }
  answering_ = true;
  due_ = Due::Nothing;
  deadline_ = SteadyTime::max();
  return true;
}

void Connection::finish_answer(const std::string& bytes, bool close) {
  const std::lock_guard lock(mutex_);
  answering_ = false;
  if (!open_) return;
  out_ += bytes;
  ending_ = ending_ || close;
  flush();
}

void Connection::refuse(int status, std::string_view reason) {
  const std::lock_guard lock(mutex_);
  if (ending_ || !open_) return;
  out_ += write_refusal(status, reason, date_now());
  ending_ = true;
  flush();
}

void Connection::await(Due what, std::chrono::milliseconds within) {
  due_ = what;
  deadline_ = std::chrono::steady_clock::now() + within;
  if (!tending_) wake_(deadline_);
}

void Connection::flush() {
  const std::size_t before = sent_;
  while (open_ && sent_ < out_.size()) {
    // Sent here and not by Pistache's queue: that spins at full load while the socket's buffer is full.
    const auto count = ::send(fd_, out_.data() + sent_, out_.size() - sent_, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count > 0) {
      sent_ += static_cast<std::size_t>(count);
    } else if (count < 0 && errno == EINTR) {
      continue;
    } else if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      if (sent_ > before || due_ != Due::Progress) await(Due::Progress, request_timeout_);
      if (!tending_) wake_(SteadyTime::min());
      return;
    } else {
      shut_both();
      return;
    }
  }
  out_.clear();
  sent_ = 0;
  if (ending_ && due_ != Due::Drain && open_) {
    ::shutdown(fd_, SHUT_WR);
    await(Due::Drain, kDrainTime);
  } else if (due_ == Due::Progress) {
    await(Due::Idle, idle_timeout_);
  }
}

Connection::Care Connection::tend(SteadyTime now) {
  const std::lock_guard lock(mutex_);
  if (!open_) return {};
  tending_ = true;
  if (sent_ < out_.size()) flush();
  if (due_ != Due::Nothing && now >= deadline_) {
    if (due_ == Due::Request && !ending_) {
      due_ = Due::Nothing;
      out_ += write_refusal(408, "the request was not complete in time (RFC 9110 §15.5.9)", date_now());
      ending_ = true;
      flush();
    } else {
      shut_both();
    }
  }
  tending_ = false;
  return {deadline_, open_ && sent_ < out_.size() ? fd_ : -1};
}

bool Connection::busy() {
  const std::lock_guard lock(mutex_);
  return open_ && (answering_ || sent_ < out_.size());
}

void Connection::shut_down() {
  const std::lock_guard lock(mutex_);
  shut_both();
}

void Connection::shut_both() {
  ending_ = true;
  due_ = Due::Nothing;
  deadline_ = SteadyTime::max();
  out_.clear();
  sent_ = 0;
  // Never close(): the number would be used again while Pistache still has it. It sees the end of file and closes.
  if (open_) ::shutdown(fd_, SHUT_RDWR);
}

void Connection::on_closed() {
  const std::lock_guard lock(mutex_);
  open_ = false;
  due_ = Due::Nothing;
  deadline_ = SteadyTime::max();
  out_.clear();
  sent_ = 0;
}

}  // namespace mockoauth::wire
