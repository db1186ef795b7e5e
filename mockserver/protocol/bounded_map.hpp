#pragma once

#include <cstddef>
#include <list>
#include <string>
#include <unordered_map>
#include <utility>

namespace mockoauth::server {

/// A hash map by text that forgets its oldest entry when it is full, so that no client can fill the memory.
/// Not thread-safe.
template <class Value>
class BoundedMap {
 public:
  explicit BoundedMap(std::size_t capacity) : capacity_(capacity) {}
  BoundedMap(BoundedMap&&) = default;
  BoundedMap& operator=(BoundedMap&&) = default;
  BoundedMap(const BoundedMap&) = delete;
  BoundedMap& operator=(const BoundedMap&) = delete;

  /// Adds; an entry of that key is replaced and keeps its age. The reference is good until the next add().
  Value& add(std::string key, Value value) {
    const auto [place, is_new] = entries_.insert_or_assign(std::move(key), std::move(value));
    if (is_new) {
      by_age_.push_back(&place->first);
      if (by_age_.size() > capacity_) {
        entries_.erase(entries_.find(*by_age_.front()));
        by_age_.pop_front();
      }
    }
    return place->second;
  }

  [[nodiscard]] Value* find(const std::string& key) {
    const auto found = entries_.find(key);
    return found == entries_.end() ? nullptr : &found->second;
  }

  /// visit(key, value), oldest first.
  template <class Visitor>
  void for_each(Visitor visit) {
    for (const auto* key : by_age_) visit(*key, entries_.at(*key));
  }

  void clear() {
    entries_.clear();
    by_age_.clear();
  }

  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  std::size_t capacity_;
  std::unordered_map<std::string, Value> entries_;
  std::list<const std::string*> by_age_;  ///< Keys of entries_. A list, since an empty one takes no memory.
};

}  // namespace mockoauth::server
