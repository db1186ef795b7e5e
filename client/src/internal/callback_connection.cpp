#include "internal/callback_connection.hpp"

#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

#include <openssl/crypto.h>

namespace mimir::oauth::internal {
namespace {

constexpr char kTlsHandshake = 0x16;  // RFC 8446 §5.1: the first byte of a ClientHello's record
constexpr std::string_view kEndOfHead = "\r\n\r\n";
constexpr std::chrono::milliseconds kDrainOfDelivered{100};

bool would_block() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

}  // namespace

short CallbackConnection::poll_events() const {
  // Level-triggered: while the answer waits, only a broken connection is of interest (POLLRDHUP, POLLHUP, POLLERR).
  if (phase_ == Phase::Waiting) return 0;
  return phase_ == Phase::Writing ? POLLOUT : POLLIN;
}

void CallbackConnection::on_ready(short events, Time now, std::chrono::milliseconds drain) {
  if (phase_ == Phase::Reading) {
    read();
  } else if (phase_ == Phase::Writing) {
    write(now, drain);
  } else if (phase_ == Phase::Draining) {
    discard();
  } else if ((events & (POLLHUP | POLLERR | POLLNVAL)) != 0) {
    close();
  }
}

void CallbackConnection::read() {
  std::array<char, 8192> chunk{};
  while (phase_ == Phase::Reading) {
    const ssize_t got = ::recv(socket_.get(), chunk.data(), chunk.size(), 0);
    if (got < 0 && would_block()) return;
    if (got <= 0) return close();
    if (buffer_.empty() && chunk[0] == kTlsHandshake) {
      spoke_tls_ = true;  // CH-CB-16: silence would leave both sides waiting
      return close();
    }
    const std::size_t searched = buffer_.size() < kEndOfHead.size() ? 0 : buffer_.size() - kEndOfHead.size();
    if (buffer_.empty()) buffer_.reserve(chunk.size());  // fewer copies of the code are left behind by growing
    buffer_.append(chunk.data(), static_cast<std::size_t>(got));
    OPENSSL_cleanse(chunk.data(), static_cast<std::size_t>(got));
    if (buffer_.find(kEndOfHead, searched) != std::string::npos || buffer_.size() > max_bytes_ + kEndOfHead.size()) {
      phase_ = Phase::Complete;
    }
  }
}

void CallbackConnection::wait_for_outcome(Time deadline) {
  OPENSSL_cleanse(buffer_.data(), buffer_.size());  // it holds the code
  buffer_.clear();
  phase_ = Phase::Waiting;
  deadline_ = deadline;
}

void CallbackConnection::answer(std::string bytes, Time now, std::chrono::milliseconds drain) {
  OPENSSL_cleanse(buffer_.data(), buffer_.size());
  buffer_ = std::move(bytes);
  written_ = 0;
  phase_ = Phase::Writing;
  deadline_ = now + drain;
  write(now, drain);
}

void CallbackConnection::write(Time now, std::chrono::milliseconds drain) {
  while (written_ < buffer_.size()) {
    const ssize_t sent =
        ::send(socket_.get(), buffer_.data() + written_, buffer_.size() - written_, MSG_NOSIGNAL);
    if (sent < 0 && would_block()) return;
    if (sent <= 0) return close();
    written_ += static_cast<std::size_t>(sent);
  }
  // Closing with unread input would make the kernel send a reset, and the browser would throw the page away.
  ::shutdown(socket_.get(), SHUT_WR);
  phase_ = Phase::Draining;
  // Once the peer's system has it all, only what the peer might still send can do harm, and that is soon over.
  int unsent = 0;
  const bool is_delivered = ::ioctl(socket_.get(), SIOCOUTQ, &unsent) == 0 && unsent <= 1;  // 1: our own FIN
  deadline_ = now + (is_delivered ? std::min(drain, kDrainOfDelivered) : drain);
  discard();
}

void CallbackConnection::discard() {
  std::array<char, 8192> chunk{};
  for (int rounds = 0; rounds < 16; ++rounds) {  // a peer that sends without end must not hold the loop
    const ssize_t got = ::recv(socket_.get(), chunk.data(), chunk.size(), 0);
    if (got < 0 && would_block()) return;
    if (got <= 0) return close();
  }
}

void CallbackConnection::close() {
  OPENSSL_cleanse(buffer_.data(), buffer_.size());
  buffer_.clear();
  socket_.reset();
  phase_ = Phase::Closed;
}

}  // namespace mimir::oauth::internal
