#include <mockoauth/server/latches.hpp>

#include <algorithm>
#include <functional>
#include <set>

namespace mockoauth::server {
namespace {

using std::chrono::milliseconds;
using Real = std::chrono::steady_clock;

// A realm's clock is moved without telling anybody; whoever waits for it looks now and then.
constexpr milliseconds kLook{2};

bool is_parked(const std::vector<ParkedCall>& parked, std::uint64_t number) {
  return std::any_of(parked.begin(), parked.end(), [&](const auto& call) { return call.number == number; });
}

}  // namespace

bool Latches::wait_locked(std::unique_lock<std::mutex>& lock, const Limits& limits,
                          const std::function<bool()>& done) {
  const auto deadline = Real::now() + limits.real;
  const bool looks = limits.until && limits.clock != nullptr;
  while (!done()) {
    const auto now = Real::now();
    if (now >= deadline || (looks && limits.clock->now() >= *limits.until)) return false;
    changed_.wait_until(lock, looks ? std::min(deadline, now + kLook) : deadline);
  }
  return true;
}

void Latches::pump_locked(Latch& latch) {
  if (latch.running || latch.going.empty()) return;
  latch.running = latch.going.front();
  latch.going.pop_front();
}

std::uint64_t Latches::park(const std::string& name, ParkedCall call, const Limits& limits) {
  std::unique_lock lock(mutex_);
  Latch& latch = latches_[name];
  const auto number = ++latch.arrived;
  if (closed_ || parked_ >= kMost) {
    ++latch.forgotten;
    return 0;
  }
  call.number = number;
  latch.parked.push_back(std::move(call));
  ++parked_;
  changed_.notify_all();

  const bool let_go = wait_locked(lock, limits, [&] { return closed_ || latch.running == number; });

  std::erase_if(latch.parked, [&](const auto& parked) { return parked.number == number; });
  --parked_;
  if (!let_go || latch.running != number) {
    ++latch.forgotten;
    std::erase(latch.going, number);
    changed_.notify_all();
    return 0;
  }
  changed_.notify_all();
  return number;
}

void Latches::finished(const std::string& name, std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  const auto found = latches_.find(name);
  if (found == latches_.end() || found->second.running != number) return;
  found->second.running.reset();
  pump_locked(found->second);
  changed_.notify_all();
}

bool Latches::await(const std::string& name, std::size_t count, milliseconds limit) {
  std::unique_lock lock(mutex_);
  // Looked up anew each time: a reset forgets the latches while somebody waits for one.
  const auto are_parked = [&] {
    const auto found = latches_.find(name);
    return (found == latches_.end() ? 0 : found->second.parked.size()) >= count;
  };
  return wait_locked(lock, {.real = limit}, [&] { return closed_ || are_parked(); }) && are_parked();
}

mimir::codec::Result<std::size_t> Latches::release(const std::string& name, const std::vector<std::uint64_t>& order) {
  const std::lock_guard lock(mutex_);
  const auto found = latches_.find(name);
  if (found == latches_.end() && order.empty()) return 0;
  Latch unused;  // Asking for a latch does not make one.
  Latch& latch = found == latches_.end() ? unused : found->second;
  std::vector<std::uint64_t> chosen = order;
  if (order.empty()) {
    for (const auto& call : latch.parked) chosen.push_back(call.number);
  }
  const auto is_going = [&](std::uint64_t number) {
    return latch.running == number || std::find(latch.going.begin(), latch.going.end(), number) != latch.going.end();
  };
  if (order.empty()) std::erase_if(chosen, is_going);
  std::set<std::uint64_t> seen;
  for (const auto number : chosen) {
    if (!is_parked(latch.parked, number) || is_going(number) || !seen.insert(number).second) {
      return mimir::codec::fail("latch.call", "no call " + std::to_string(number) + " is parked at the latch `" +
                                                  name.substr(0, 80) + "`");
    }
  }
  latch.going.insert(latch.going.end(), chosen.begin(), chosen.end());
  latch.released += chosen.size();
  pump_locked(latch);
  changed_.notify_all();
  return chosen.size();
}

std::vector<LatchState> Latches::states() const {
  const std::lock_guard lock(mutex_);
  std::vector<LatchState> states;
  for (const auto& [name, latch] : latches_) {
    states.push_back({name, latch.parked, latch.arrived, latch.released, latch.forgotten});
  }
  return states;
}

void Latches::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  changed_.notify_all();
}

void Latches::reopen() {
  std::unique_lock lock(mutex_);
  closed_ = true;
  changed_.notify_all();
  // The calls that were held still use their latches: they leave before these are forgotten.
  changed_.wait(lock, [&] { return parked_ == 0; });
  latches_.clear();
  closed_ = false;
}

}  // namespace mockoauth::server
