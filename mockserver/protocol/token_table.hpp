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

/// Numbers by digest: open addressing in many small parts, so that growing never stops the server for long. A slot
/// holds 24 bits of the digest beside the number: growing then moves slots without a look at the rows, which are all
/// over the memory, and a search looks at hardly any row but the right one.
class DigestIndex {
 public:
  static constexpr std::uint64_t kNone = 0;

  /// @param digest_of(number) gives the digest that a stored number belongs to.
  template <class DigestOf>
  [[nodiscard]] std::uint64_t find(const TextDigest& digest, DigestOf digest_of) const {
    if (parts_.empty()) return kNone;
    const auto& part = parts_[part_of(digest)];
    return part.slots.empty() ? kNone : number_of(part.slots[place_of(part, digest, digest_of)]);
  }

  /// The digest must not be there yet; the number is not kNone and below 2^40.
  template <class DigestOf>
  void insert(const TextDigest& digest, std::uint64_t number, DigestOf digest_of) {
    if (parts_.empty()) parts_.resize(1);
    if (parts_.size() == 1 && parts_[0].used >= kSmall) split(digest_of);
    put(parts_[part_of(digest)], slot_of(digest, number));
  }

  template <class DigestOf>
  void erase(const TextDigest& digest, DigestOf digest_of) {
    if (parts_.empty()) return;
    auto& part = parts_[part_of(digest)];
    if (part.slots.empty()) return;
    const std::size_t mask = part.slots.size() - 1;
    std::size_t hole = place_of(part, digest, digest_of);
    if (part.slots[hole] == kNone) return;
    // Whatever was pushed past the hole moves back into it, so that no marker of the erased one has to stay.
    for (std::size_t at = (hole + 1) & mask; part.slots[at] != kNone; at = (at + 1) & mask) {
      const std::size_t home = tag_of(part.slots[at]) & mask;
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
  static constexpr unsigned kNumberBits = 40;
  static constexpr std::uint64_t kTagMask = (std::uint64_t{1} << (64 - kNumberBits)) - 1;

  struct Part {
    std::vector<std::uint64_t> slots;
    std::size_t used = 0;
  };

  // Two halves of the same digest, so that the part a digest belongs to says nothing about its place there.
  [[nodiscard]] std::size_t part_of(const TextDigest& digest) const { return digest.half[1] & (parts_.size() - 1); }
  static std::uint64_t tag_of(std::uint64_t slot) { return slot >> kNumberBits; }
  static std::uint64_t number_of(std::uint64_t slot) { return slot & ((std::uint64_t{1} << kNumberBits) - 1); }
  static std::uint64_t slot_of(const TextDigest& digest, std::uint64_t number) {
    return (digest.half[0] & kTagMask) << kNumberBits | number;
  }

  /// Where it is, or the empty slot where the search for it ends.
  template <class DigestOf>
  static std::size_t place_of(const Part& part, const TextDigest& digest, DigestOf digest_of) {
    const auto tag = digest.half[0] & kTagMask;
    const std::size_t mask = part.slots.size() - 1;
    std::size_t at = tag & mask;
    while (part.slots[at] != kNone &&
           (tag_of(part.slots[at]) != tag || !(digest_of(number_of(part.slots[at])) == digest))) {
      at = (at + 1) & mask;
    }
    return at;
  }

  static void put(Part& part, std::uint64_t slot) {
    if ((part.used + 1) * 4 > part.slots.size() * 3) {
      const std::vector<std::uint64_t> old = std::exchange(part.slots, {});
      part.slots.resize(std::max<std::size_t>(8, old.size() * 2), kNone);
      for (const auto kept : old) {
        if (kept != kNone) place(part, kept);
      }
    }
    place(part, slot);
    ++part.used;
  }

  static void place(Part& part, std::uint64_t slot) {
    const std::size_t mask = part.slots.size() - 1;
    std::size_t at = tag_of(slot) & mask;
    while (part.slots[at] != kNone) at = (at + 1) & mask;
    part.slots[at] = slot;
  }

  template <class DigestOf>
  void split(DigestOf digest_of) {
    const auto old = std::exchange(parts_[0], {}).slots;
    parts_.resize(kParts);
    for (const auto slot : old) {
      if (slot != kNone) put(parts_[part_of(digest_of(number_of(slot)))], slot);
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

  /// @param digest of the row's text. A row of the same one that was there before is no longer found by it.
  Row& add(const TextDigest& digest, Row row) {
    row.digest = digest;
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
