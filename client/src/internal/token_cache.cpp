#include <internal/token_cache.hpp>

#include <algorithm>
#include <cstring>

namespace mimir::oauth::internal {
namespace {

constexpr std::size_t kWord = sizeof(std::uint64_t);

std::int64_t ticks(TimePoint time) { return time.time_since_epoch().count(); }

}  // namespace

TokenCache::~TokenCache() { wipe(); }

std::optional<Secret> TokenCache::read(TimePoint now, std::uint64_t epoch, Age age) const {
  // A reader that meets a writer finds nothing and takes the slow way, where it waits.
  const auto version = version_.load(std::memory_order_acquire);
  if (version % 2 != 0 || epoch_.load(std::memory_order_acquire) != epoch) return std::nullopt;
  const auto limit = age == Age::Fresh ? fresh_until_.load(std::memory_order_acquire) : until_.load(std::memory_order_acquire);
  const auto at = ticks(now);
  if (at >= limit || at < from_.load(std::memory_order_acquire)) return std::nullopt;
  const auto size = size_.load(std::memory_order_acquire);
  const Block* const block = block_.load(std::memory_order_acquire);
  if (size == 0 || block == nullptr || size > block->words_count * kWord) return std::nullopt;
  // Acquiring loads keep the last look at the version behind them; a fence would be unknown to the thread sanitizer.
  auto token = Secret::filled(size, [&](char* out) {
    const std::size_t whole = size / kWord;
    for (std::size_t i = 0; i < whole; ++i) {
      const std::uint64_t word = block->words[i].load(std::memory_order_acquire);
      std::memcpy(out + i * kWord, &word, kWord);
    }
    if (whole * kWord == size) return;
    const std::uint64_t rest = block->words[whole].load(std::memory_order_acquire);
    std::memcpy(out + whole * kWord, &rest, size - whole * kWord);
  });
  if (version_.load(std::memory_order_relaxed) != version) return std::nullopt;
  return token;
}

void TokenCache::fill(std::string_view bytes) {
  const std::size_t words = (bytes.size() + kWord - 1) / kWord;
  if (blocks_.empty() || blocks_.back()->words_count < words) {
    blocks_.push_back(std::make_unique<Block>(std::max<std::size_t>(2 * words, 32)));
  }
  for (auto& block : blocks_) {
    const bool current = block == blocks_.back();
    for (std::size_t i = 0; i < block->words_count; ++i) {
      std::uint64_t word = 0;
      if (current && i < words) std::memcpy(&word, bytes.data() + i * kWord, std::min(kWord, bytes.size() - i * kWord));
      block->words[i].store(word, std::memory_order_release);
    }
  }
  size_.store(bytes.size(), std::memory_order_release);
  block_.store(blocks_.back().get(), std::memory_order_release);
}

void TokenCache::keep(const Secret& token, const Times& times, std::uint64_t epoch) {
  const std::lock_guard guard(writing_);
  const auto version = version_.load(std::memory_order_relaxed);
  version_.store(version + 1, std::memory_order_release);
  epoch_.store(epoch, std::memory_order_release);
  from_.store(ticks(times.from), std::memory_order_release);
  fresh_until_.store(ticks(times.fresh_until), std::memory_order_release);
  until_.store(ticks(times.until), std::memory_order_release);
  fill(token.expose());
  version_.store(version + 2, std::memory_order_release);
}

void TokenCache::pause(TimePoint fresh_until) {
  const std::lock_guard guard(writing_);
  const auto version = version_.load(std::memory_order_relaxed);
  version_.store(version + 1, std::memory_order_release);
  fresh_until_.store(std::min(ticks(fresh_until), until_.load(std::memory_order_relaxed)), std::memory_order_release);
  version_.store(version + 2, std::memory_order_release);
}

void TokenCache::wipe() {
  const std::lock_guard guard(writing_);
  const auto version = version_.load(std::memory_order_relaxed);
  version_.store(version + 1, std::memory_order_release);
  if (!blocks_.empty()) fill({});
  version_.store(version + 2, std::memory_order_release);
}

}  // namespace mimir::oauth::internal
