#include <condition_variable>
#include <mutex>

#include <internal/context.hpp>

namespace mimir::oauth::internal {
namespace {

class RealWaiter final : public Waiter {
 public:
  void wait(std::chrono::milliseconds time, std::stop_token stop) override {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock guard(mutex);
    never.wait_for(guard, std::move(stop), time, [] { return false; });
  }
};

}  // namespace

Waiter& real_waiter() {
  static RealWaiter waiter;
  return waiter;
}

}  // namespace mimir::oauth::internal
