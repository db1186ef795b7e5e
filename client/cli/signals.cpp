#include <signals.hpp>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <unistd.h>

namespace mimir::cli {
namespace {

constexpr std::array kWatched{SIGINT, SIGTERM, SIGHUP};
constexpr int kInterruptedStatus = 130;

std::array<int, 2> pipe_ends{-1, -1};
std::atomic<int> signals_seen{0};
static_assert(std::atomic<int>::is_always_lock_free);  // else it must not be touched in a handler

extern "C" void on_signal(int) {
  if (signals_seen.fetch_add(1) > 0) _exit(kInterruptedStatus);
  const int saved = errno;
  (void)!write(pipe_ends[1], "s", 1);
  errno = saved;
}

void install(void (*handler)(int)) {
  struct sigaction action = {};
  action.sa_handler = handler;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  for (const int number : kWatched) sigaction(number, &action, nullptr);
}

}  // namespace

Signals::Signals() {
  if (pipe2(pipe_ends.data(), O_CLOEXEC) != 0) return;  // signals then end the process as they always do
  waiter_ = std::thread([this] {
    char byte = 0;
    while (read(pipe_ends[0], &byte, 1) < 0 && errno == EINTR) {
    }
    if (byte == 's') source_.request_stop();
  });
  install(on_signal);
}

Signals::~Signals() {
  if (!waiter_.joinable()) return;
  install(SIG_DFL);
  (void)!write(pipe_ends[1], "q", 1);
  waiter_.join();
  for (const int end : pipe_ends) close(end);
}

}  // namespace mimir::cli
