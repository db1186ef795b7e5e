#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include <mimir/oauth/vocabulary.hpp>

namespace mimir::oauth::internal {

/// The access token that is handed out over and over. Reading takes no lock and writes nothing that is shared, so that it
/// gets no slower with more threads; writing wipes what was there at once, however many are reading. Thread-safe.
class TokenCache {
 public:
  /// When a token may be handed out, on the civil clock.
  struct Times {
    TimePoint from = {};         ///< Before that it was obtained in the future: the clock was set back.
    TimePoint fresh_until = {};  ///< Until then without a thought.
    TimePoint until = {};        ///< Until then if need be; afterwards never.
  };
  enum class Age { Fresh, Ageing };

  TokenCache() = default;
  TokenCache(const TokenCache&) = delete;
  TokenCache& operator=(const TokenCache&) = delete;
  ~TokenCache();

  /// @param epoch  what it was kept under; under another one there is nothing. Ageing ones only when asked for.
  [[nodiscard]] std::optional<Secret> read(TimePoint now, std::uint64_t epoch, Age age = Age::Fresh) const;
  void keep(const Secret& token, const Times& times, std::uint64_t epoch);
  /// Changes only how long it counts as fresh, for the token that is held.
  void pause(TimePoint fresh_until);
  void wipe();

 private:
  using Word = std::atomic<std::uint64_t>;
  struct Block {
    explicit Block(std::size_t count) : words_count(count), words(new Word[count]()) {}
    std::size_t words_count;
    std::unique_ptr<Word[]> words;
  };
  void fill(std::string_view bytes);

  std::mutex writing_;
  /// Odd while somebody writes. What was read counts only if this was even before and is the same afterwards.
  std::atomic<std::uint64_t> version_{0};
  std::atomic<std::uint64_t> epoch_{0};
  std::atomic<std::int64_t> from_{0};
  std::atomic<std::int64_t> fresh_until_{0};
  std::atomic<std::int64_t> until_{0};
  std::atomic<std::size_t> size_{0};
  std::atomic<const Block*> block_{nullptr};
  std::vector<std::unique_ptr<Block>> blocks_;  ///< Grown out of, too: a reader may still look at one. Wiped.
};

}  // namespace mimir::oauth::internal
