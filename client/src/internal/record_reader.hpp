#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <mimir/codec/json.hpp>
#include <mimir/oauth/vocabulary.hpp>

namespace mimir::oauth::internal {

/// Reads members and remembers whether one was missing or of the wrong type.
class RecordReader {
 public:
  explicit RecordReader(const codec::Json* json) : json_(json) {
    if (json_ == nullptr || !json_->is_object()) is_good_ = false;
  }

  [[nodiscard]] bool is_good() const { return is_good_; }
  [[nodiscard]] const codec::Json* at(std::string_view name) const { return is_good_ ? json_->find(name) : nullptr; }
  std::string text(std::string_view name) { return need(is_good_ ? json_->string_at(name) : std::nullopt); }
  std::int64_t integer(std::string_view name) { return need(is_good_ ? json_->int_at(name) : std::nullopt); }
  TimePoint time(std::string_view name) {
    constexpr std::int64_t kFar = 1'000'000'000'000'000;  // milliseconds; beyond it, adding could overflow
    const auto at = integer(name);
    if (at < -kFar || at > kFar) is_good_ = false;
    return TimePoint(std::chrono::milliseconds(is_good_ ? at : 0));
  }
  Secret secret(std::string_view name) {
    const std::string* const value = at(name) != nullptr ? at(name)->as_string() : nullptr;
    if (value == nullptr) is_good_ = false;
    return value == nullptr ? Secret() : Secret(*value);
  }
  std::optional<Secret> optional_secret(std::string_view name) {
    if (at(name) == nullptr) return std::nullopt;
    return secret(name);
  }
  std::vector<std::string> texts(std::string_view name) {
    std::vector<std::string> result;
    for (const auto& item : array(name)) {
      if (const auto* value = item.as_string()) result.push_back(*value);
      is_good_ = is_good_ && item.is_string();
    }
    return result;
  }
  std::vector<std::pair<std::string, std::string>> named_texts(std::string_view name) {
    std::vector<std::pair<std::string, std::string>> result;
    const codec::Json::Object* const members = at(name) != nullptr ? at(name)->as_object() : nullptr;
    if (members == nullptr) is_good_ = false;
    for (std::size_t i = 0; members != nullptr && i < members->size(); ++i) {
      const auto& [key, value] = (*members)[i];
      if (const auto* text = value.as_string()) result.emplace_back(key, *text);
      is_good_ = is_good_ && value.is_string();
    }
    return result;
  }
  std::vector<std::uint16_t> ports(std::string_view name) {
    std::vector<std::uint16_t> result;
    for (const auto& item : array(name)) {
      const auto value = item.as_int();
      is_good_ = is_good_ && value && *value >= 0 && *value <= 65535;
      if (is_good_) result.push_back(static_cast<std::uint16_t>(*value));
    }
    return result;
  }

 private:
  template <class T>
  T need(std::optional<T> value) {
    if (!value) is_good_ = false;
    return value.value_or(T{});
  }
  const codec::Json::Array& array(std::string_view name) {
    static const codec::Json::Array kEmpty;
    const codec::Json* const member = at(name);
    const codec::Json::Array* const items = member != nullptr ? member->as_array() : nullptr;
    if (items == nullptr) is_good_ = false;
    return items == nullptr ? kEmpty : *items;
  }

  const codec::Json* json_;
  bool is_good_ = true;
};

}  // namespace mimir::oauth::internal
