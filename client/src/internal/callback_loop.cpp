#include "internal/callback_loop.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace mimir::oauth::internal {
namespace {

using Phase = CallbackConnection::Phase;

constexpr std::chrono::milliseconds kPauseWithoutDescriptors{100};
constexpr rlim_t kMostConnections = 256;

}  // namespace

std::size_t most_connections() {
  rlimit descriptors{};
  if (::getrlimit(RLIMIT_NOFILE, &descriptors) != 0) return 32;
  return static_cast<std::size_t>(std::clamp<rlim_t>(descriptors.rlim_cur / 4, 8, kMostConnections));
}

CallbackLoop::CallbackLoop(LoopbackListener listener, UniqueFd wake, CallbackSession session, CallbackLimits limits,
                           Events events)
    : listener_(std::move(listener)),
      wake_(std::move(wake)),
      session_(std::move(session)),
      limits_(limits),
      events_(std::move(events)) {}

void CallbackLoop::wake() { ::eventfd_write(wake_.get(), 1); }

void CallbackLoop::run() {
  std::vector<pollfd> polled;
  while (!(is_concluded_ && connections_.empty())) {
    Time now = std::chrono::steady_clock::now();
    polled.assign(1, {.fd = wake_.get(), .events = POLLIN, .revents = 0});
    const bool accepts = now >= accept_again_;
    for (const auto& socket : listener_.sockets) {
      polled.push_back({.fd = accepts ? socket.get() : -1, .events = POLLIN, .revents = 0});
    }
    const std::size_t first_connection = polled.size();
    for (const auto& connection : connections_) {
      polled.push_back({.fd = connection.fd(), .events = connection.poll_events(), .revents = 0});
    }

    if (::poll(polled.data(), polled.size(), milliseconds_to_next_deadline(now)) < 0 && errno != EINTR) break;
    now = std::chrono::steady_clock::now();

    eventfd_t ignored = 0;
    if (polled[0].revents != 0) ::eventfd_read(wake_.get(), &ignored);
    for (std::size_t i = 0; i < connections_.size(); ++i) {
      CallbackConnection& connection = connections_[i];
      if (polled[first_connection + i].revents == 0) continue;
      connection.on_ready(polled[first_connection + i].revents, now, limits_.drain);
      if (connection.phase() == Phase::Complete) judge(connection, now);
      saw_tls_ = saw_tls_ || connection.spoke_tls();
    }
    for (std::size_t i = 1; i < first_connection; ++i) {
      if (polled[i].revents != 0) accept_all(polled[i].fd, now);
    }
    expire(now);
    events_.on_progress(session_.refused_requests(), saw_tls_);
    if (const auto outcome = events_.outcome(); outcome && !is_concluded_) conclude(*outcome, now);
    std::erase_if(connections_, [](const auto& connection) { return connection.phase() == Phase::Closed; });
  }
}

void CallbackLoop::accept_all(int listener, Time now) {
  // Bounded: with a flood of newcomers those that are here must get their turn.
  for (std::size_t i = 0; i < limits_.max_connections; ++i) {
    UniqueFd socket(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!socket) {
      if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
        make_room();
        accept_again_ = now + kPauseWithoutDescriptors;
      }
      return;
    }
    if (connections_.size() >= limits_.max_connections) make_room();
    if (connections_.size() >= limits_.max_connections) continue;  // all are owed an answer: this one is closed
    CallbackConnection connection(std::move(socket), now, now + limits_.header_deadline,
                                  CallbackSession::kMaxRequestBytes);
    // What a newcomer brought along is read before anybody can push it out.
    connection.on_ready(POLLIN, now, limits_.drain);
    if (connection.phase() == Phase::Complete) judge(connection, now);
    saw_tls_ = saw_tls_ || connection.spoke_tls();
    if (connection.phase() != Phase::Closed) connections_.push_back(std::move(connection));
  }
}

void CallbackLoop::make_room() {
  std::erase_if(connections_, [](const auto& connection) { return connection.phase() == Phase::Closed; });
  auto oldest = connections_.end();
  for (auto it = connections_.begin(); it != connections_.end(); ++it) {
    if (it->is_idle() && (oldest == connections_.end() || it->since() < oldest->since())) oldest = it;
  }
  if (oldest != connections_.end()) connections_.erase(oldest);
}

void CallbackLoop::judge(CallbackConnection& connection, Time now) {
  CallbackSession::Answer answer = session_.receive(connection.request());
  if (!answer.pending) {
    connection.answer(std::move(answer.bytes), now, limits_.drain);
  } else if (shown_) {
    connection.answer(CallbackSession::page(*shown_), now, limits_.drain);
  } else {
    connection.wait_for_outcome(now + limits_.outcome_deadline);
  }
  if (answer.accepted) events_.on_accepted(session_.result());
}

void CallbackLoop::expire(Time now) {
  for (auto& connection : connections_) {
    if (connection.phase() == Phase::Closed || now < connection.deadline()) continue;
    if (connection.phase() == Phase::Waiting) {
      shown_ = PageOutcome::Failure;  // not yet a success, so it must not be shown as one (CH-CB-17)
      connection.answer(CallbackSession::page(*shown_), now, limits_.drain);
    } else {
      connection.close();
    }
  }
}

void CallbackLoop::conclude(PageOutcome outcome, Time now) {
  is_concluded_ = true;
  listener_.sockets.clear();
  if (!shown_) shown_ = outcome;
  for (auto& connection : connections_) {
    if (connection.phase() == Phase::Waiting) {
      connection.answer(CallbackSession::page(*shown_), now, limits_.drain);
    } else if (connection.is_idle() && connection.phase() == Phase::Reading) {
      connection.close();  // preconnects must not hold up the exit (CH-CB-10)
    }
  }
}

int CallbackLoop::milliseconds_to_next_deadline(Time now) const {
  auto next = now + std::chrono::hours(1);
  if (accept_again_ > now) next = std::min(next, accept_again_);
  for (const auto& connection : connections_) next = std::min(next, connection.deadline());
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - now).count();
  return static_cast<int>(std::max<std::chrono::milliseconds::rep>(left, 0));
}

}  // namespace mimir::oauth::internal
