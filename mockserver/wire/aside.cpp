#include "wire/aside.hpp"

#include <system_error>
#include <thread>
#include <utility>

namespace mockoauth::wire {

bool Aside::run(std::function<void()> call) {
  {
    const std::lock_guard lock(mutex_);
    if (running_ >= kMost) return false;
    ++running_;
  }
  const auto leave = [this] {
    // Told under the lock: wait() may be the last thing that this object does.
    const std::lock_guard lock(mutex_);
    --running_;
    done_.notify_all();
  };
  try {
    std::thread([call = std::move(call), leave]() mutable {
      call();
      call = nullptr;  // What it holds is gone before anybody is told.
      leave();
    }).detach();
  } catch (const std::system_error&) {
    leave();
    return false;
  }
  return true;
}

void Aside::wait() {
  std::unique_lock lock(mutex_);
  done_.wait(lock, [this] { return running_ == 0; });
}

}  // namespace mockoauth::wire
