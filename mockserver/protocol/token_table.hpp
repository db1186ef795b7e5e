#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <mimir/codec/digest.hpp>

namespace mockoauth::server {

/// What a secret text is found by: half of its SHA-256. Short and of one size, whatever the token's, and of no use to
/// whoever reads the memory. Two texts that share it are not to be found (2^64 tries).
struct TextDigest {
  std::array<std::uint64_t, 2> half{};

  static TextDigest of(std::string_view text) {
    TextDigest digest;
    const auto bytes = mimir::codec::sha256(text);
    std::memcpy(digest.half.data(), bytes.data(), sizeof digest.half);
    return digest;
  }
  friend bool operator==(const TextDigest&, const TextDigest&) = default;
};

/// Numbers by digest: open addressing in many small parts, so that growing never stops the server for long.
class DigestIndex {
 public:
  static constexpr std::uint64_t kNone = 0;

  /// @param digest_of(number) gives the digest that a stored number belongs to.
  template <class DigestOf>
  [[nodiscard]] std::uint64_t find(const TextDigest& digest, DigestOf digest_of) const {
    if (parts_.empty()) return kNone;
    const auto& part = parts_[part_of(digest)];
    if (part.slots.empty()) return kNone;
    const std::size_t mask = part.slots.size() - 1;
    for (std::size_t at = home_of(digest) & mask; part.slots[at] != kNone; at = (at + 1) & mask) {
      if (digest_of(part.slots[at]) == digest) return part.slots[at];
    }
    return kNone;
  }

  /// The digest must not be there yet; the number is not kNone.
  template <class DigestOf>
  void insert(const TextDigest& digest, std::uint64_t number, DigestOf digest_of) {
    if (parts_.empty()) parts_.resize(1);
    if (parts_.size() == 1 && parts_[0].used >= kSmall) split(digest_of);
    auto& part = parts_[part_of(digest)];
    if ((part.used + 1) * 4 > part.slots.size() * 3) {
      std::vector<std::uint64_t> old = std::exchange(part.slots, {});
      part.slots.resize(std::max<std::size_t>(8, old.size() * 2), kNone);
      for (const auto kept : old) {
        if (kept != kNone) place(part, digest_of(kept), kept);
      }
    }
    place(part, digest, number);
    ++part.used;
  }

  template <class DigestOf>
  void erase(const TextDigest& digest, DigestOf digest_of) {
    if (parts_.empty()) return;
    auto& part = parts_[part_of(digest)];
    if (part.slots.empty()) return;
    const std::size_t mask = part.slots.size() - 1;
    std::size_t hole = home_of(digest) & mask;
    while (part.slots[hole] != kNone && !(digest_of(part.slots[hole]) == digest)) hole = (hole + 1) & mask;
    if (part.slots[hole] == kNone) return;
    // Whatever was pushed past the hole moves back into it, so that no marker of the erased one has to stay.
    for (std::size_t at = (hole + 1) & mask; part.slots[at] != kNone; at = (at + 1) & mask) {
      const std::size_t home = home_of(digest_of(part.slots[at])) & mask;
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      part.slots[hole] = part.slots[at];
      hole = at;
    }
    part.slots[hole] = kNone;
    --part.used;
  }

 private:
  static constexpr std::size_t kParts = 256;
  static constexpr std::size_t kSmall = 1024;  ///< Up to here one part will do: a realm of a test is small.

  struct Part {
    std::vector<std::uint64_t> slots;
    std::size_t used = 0;
  };

  [[nodiscard]] std::size_t part_of(const TextDigest& digest) const { return digest.half[1] & (parts_.size() - 1); }
  static std::size_t home_of(const TextDigest& digest) { return digest.half[0]; }

  static void place(Part& part, const TextDigest& digest, std::uint64_t number) {
    const std::size_t mask = part.slots.size() - 1;
    std::size_t at = home_of(digest) & mask;
    while (part.slots[at] != kNone) at = (at + 1) & mask;
    part.slots[at] = number;
  }

  template <class DigestOf>
  void split(DigestOf digest_of) {
    const auto old = std::exchange(parts_[0], {}).slots;
    parts_.resize(kParts);
    for (const auto number : old) {
      if (number != kNone) insert(digest_of(number), number, digest_of);
    }
  }

  std::vector<Part> parts_;
};

/// Rows by consecutive number, from 1, found by a secret text as well. Forgets the oldest row when it is full, so that
/// no client can fill the memory. Row needs `TextDigest digest`. References stay good until the row is forgotten.
/// Not thread-safe.
template <class Row>
class TokenTable {
 public:
  explicit TokenTable(std::size_t capacity) : capacity_(std::max<std::size_t>(1, capacity)) {}

  /// The number that the next row gets.
  [[nodiscard]] std::uint64_t next_number() const { return first_ + rows_.size(); }
  [[nodiscard]] std::uint64_t first_number() const { return first_; }

  /// A row of the same text that was there before is no longer found by it.
  Row& add(std::string_view text, Row row) {
    row.digest = TextDigest::of(text);
    const auto digest_of = digests();
    if (rows_.size() >= capacity_) forget_oldest();
    index_.erase(row.digest, digest_of);
    const auto number = next_number();
    rows_.push_back(std::move(row));
    index_.insert(rows_.back().digest, number, digest_of);
    return rows_.back();
  }

  [[nodiscard]] Row* find(std::string_view text) {
    if (rows_.empty()) return nullptr;
    return at(index_.find(TextDigest::of(text), digests()));
  }

  [[nodiscard]] Row* at(std::uint64_t number) {
    if (number < first_ || number >= next_number()) return nullptr;
    return &rows_[number - first_];
  }

  /// Oldest first.
  template <class Visitor>
  void for_each(Visitor visit) {
    for (auto& row : rows_) visit(row);
  }

  [[nodiscard]] std::size_t size() const { return rows_.size(); }

 private:
  [[nodiscard]] auto digests() const {
    return [this](std::uint64_t number) -> const TextDigest& { return rows_[number - first_].digest; };
  }

  void forget_oldest() {
    // A newer row of the same text may stand in the index by now: only the number of this one goes.
    const auto digest_of = digests();
    if (index_.find(rows_.front().digest, digest_of) == first_) index_.erase(rows_.front().digest, digest_of);
    rows_.pop_front();
    ++first_;
  }

  std::size_t capacity_;
  std::uint64_t first_ = 1;
  std::deque<Row> rows_;
  DigestIndex index_;
};

}  // namespace mockoauth::server
