#include "wire/aside.hpp"

#include <system_error>
#include <utility>

namespace mockoauth::wire {

bool Aside::run(std::function<void()> call) {
  join_finished();
  const std::lock_guard lock(mutex_);
  if (running_.size() >= kMost) return false;
  const auto place = running_.emplace(running_.end());
  try {
    // It cannot leave before the lock is free, and then its handle is in its place.
    *place = std::thread([this, place, call = std::move(call)]() mutable {
      call();
      call = nullptr;  // What it holds is gone before anybody is told.
      const std::lock_guard leaving(mutex_);
      finished_.splice(finished_.end(), running_, place);
      done_.notify_all();
    });
  } catch (const std::system_error&) {
    running_.erase(place);
    return false;
  }
  return true;
}

void Aside::wait() {
  {
    std::unique_lock lock(mutex_);
    done_.wait(lock, [this] { return running_.empty(); });
  }
  join_finished();
}

// A thread that is merely through with its call still frees what libraries keep for each thread.
void Aside::join_finished() {
  std::list<std::thread> finished;
  {
    const std::lock_guard lock(mutex_);
    finished.swap(finished_);
  }
  for (auto& thread : finished) thread.join();
}

}  // namespace mockoauth::wire
