#include <mimir/oauth/token_storage.hpp>

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>

#include "internal/storage_errors.hpp"

namespace mimir::oauth {
namespace {

/// Shared with the locks that were handed out, so that a lock may outlive its storage.
struct Locks {
  std::mutex mutex;
  std::condition_variable_any released;
  std::set<std::string> held;
};

class HeldLock final : public TokenStorage::Lock {
 public:
  HeldLock(std::shared_ptr<Locks> locks, std::string provider)
      : locks_(std::move(locks)), provider_(std::move(provider)) {}
  HeldLock(const HeldLock&) = delete;
  HeldLock& operator=(const HeldLock&) = delete;
  ~HeldLock() override {
    {
      const std::lock_guard guard(locks_->mutex);
      locks_->held.erase(provider_);
    }
    locks_->released.notify_all();
  }

 private:
  std::shared_ptr<Locks> locks_;
  std::string provider_;
};

class MemoryStorage final : public TokenStorage {
 public:
  Result<> probe() override { return {}; }

  Result<std::optional<StoredLogin>> load(const std::string& provider) override {
    const std::lock_guard guard(mutex_);
    const auto found = logins_.find(provider);
    if (found == logins_.end()) return std::optional<StoredLogin>{};
    return std::optional<StoredLogin>(found->second.clone());
  }

  Result<std::uint64_t> store(const std::string& provider, const StoredLogin& login,
                              std::uint64_t expected_generation) override {
    StoredLogin copy = login.clone();

    const std::lock_guard guard(mutex_);
    const auto found = logins_.find(provider);
    const std::uint64_t stored = found == logins_.end() ? 0 : found->second.generation;
    if (stored != expected_generation) return fail(internal::conflict(provider));
    // Counted on after an erase: a writer that still remembers the erased login must not match its successor.
    copy.generation = ++generations_[provider];
    const std::uint64_t generation = copy.generation;
    logins_.insert_or_assign(provider, std::move(copy));
    return generation;
  }

  Result<> erase(const std::string& provider) override {
    const std::lock_guard guard(mutex_);
    logins_.erase(provider);
    notes_.erase(provider);
    return {};
  }

  Result<std::string> read_note(const std::string& provider) override {
    const std::lock_guard guard(mutex_);
    const auto found = notes_.find(provider);
    return found == notes_.end() ? std::string() : found->second;
  }

  Result<> write_note(const std::string& provider, const std::string& text) override {
    const std::lock_guard guard(mutex_);
    notes_.insert_or_assign(provider, text);
    return {};
  }

  Result<std::vector<std::string>> providers() override {
    const std::lock_guard guard(mutex_);
    std::vector<std::string> names;
    for (const auto& [name, login] : logins_) names.push_back(name);
    return names;
  }

  Result<std::unique_ptr<Lock>> lock(const std::string& provider, std::chrono::milliseconds timeout,
                                     std::stop_token stop) override {
    std::unique_lock guard(locks_->mutex);
    const auto is_free = [&] { return !locks_->held.contains(provider); };
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    if (!locks_->released.wait_until(guard, stop, deadline, is_free)) {
      return fail(stop.stop_requested() ? internal::lock_cancelled() : internal::lock_timeout(provider));
    }
    locks_->held.insert(provider);
    return std::unique_ptr<Lock>(std::make_unique<HeldLock>(locks_, provider));
  }

  std::string description() const override { return "memory of this process"; }

 private:
  std::mutex mutex_;
  std::map<std::string, StoredLogin> logins_;
  std::map<std::string, std::uint64_t> generations_;
  std::map<std::string, std::string> notes_;
  std::shared_ptr<Locks> locks_ = std::make_shared<Locks>();
};

}  // namespace

std::unique_ptr<TokenStorage> make_memory_storage() { return std::make_unique<MemoryStorage>(); }

}  // namespace mimir::oauth
