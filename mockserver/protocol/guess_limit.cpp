#include "protocol/guess_limit.hpp"

#include <algorithm>

namespace mockoauth::server {
namespace {

constexpr int kFree = 10;
constexpr std::chrono::seconds kEach{6};

}  // namespace

std::optional<std::chrono::seconds> GuessLimit::wait(const std::string& guesser, mimir::codec::TimePoint now) {
  const std::lock_guard lock(mutex_);
  const auto* forgiven_at = forgiven_at_.find(guesser);
  if (forgiven_at == nullptr || *forgiven_at <= now) return std::nullopt;
  const auto over = *forgiven_at - now - (kFree - 1) * kEach;
  if (over <= std::chrono::milliseconds(0)) return std::nullopt;
  return std::chrono::ceil<std::chrono::seconds>(over);
}

void GuessLimit::failed(const std::string& guesser, mimir::codec::TimePoint now) {
  const std::lock_guard lock(mutex_);
  const auto* before = forgiven_at_.find(guesser);
  forgiven_at_.add(guesser, (before == nullptr ? now : std::max(*before, now)) + kEach);
}

}  // namespace mockoauth::server
