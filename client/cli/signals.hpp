#pragma once

#include <stop_token>
#include <thread>

namespace mimir::cli {

/// Turns SIGINT, SIGTERM and SIGHUP into a stop request. The handler only writes to a pipe; a thread reads it. A second
/// signal ends the process at once. Handlers, unlike a blocked mask, are not inherited by the browser we start. One
/// object a process.
class Signals {
 public:
  Signals();
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  [[nodiscard]] std::stop_token token() const { return source_.get_token(); }
  [[nodiscard]] bool received() const { return source_.stop_requested(); }

 private:
  std::stop_source source_;
  std::thread waiter_;
};

}  // namespace mimir::cli
