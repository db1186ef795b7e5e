#include <internal/refresh_journal.hpp>

#include <algorithm>

#include <mimir/codec/json.hpp>

namespace mimir::oauth::internal {
namespace {

constexpr std::int64_t kLatest = 1'000'000'000'000'000;  // milliseconds; some thirty thousand years from now

}  // namespace

std::optional<std::chrono::seconds> RefreshJournal::brake(TimePoint now) const {
  if (recent.size() < kBrakeCount) return std::nullopt;
  const auto oldest = recent[recent.size() - kBrakeCount];
  if (oldest > now || now - oldest >= kBrakeWindow) return std::nullopt;  // in the future: the clock was set back
  return std::chrono::ceil<std::chrono::seconds>(oldest + kBrakeWindow - now);
}

void RefreshJournal::note_attempt(TimePoint now) {
  recent.push_back(now);
  if (recent.size() > kBrakeCount) recent.erase(recent.begin());
}

RefreshJournal read_journal(TokenStorage& storage, const std::string& provider) {
  RefreshJournal journal;
  const auto text = storage.read_note(provider);
  if (!text || text->empty()) return journal;
  const auto json = codec::Json::parse(*text);
  if (!json || !json->is_object()) return journal;
  if (const auto sent = json->int_at("sent_generation"); sent && *sent > 0) {
    journal.sent_generation = static_cast<std::uint64_t>(*sent);
    journal.lost_answers = static_cast<int>(std::clamp<std::int64_t>(json->int_at("lost_answers").value_or(1), 0, 1000));
  }
  const auto* const recent = json->find("recent");
  const auto* const times = recent != nullptr ? recent->as_array() : nullptr;
  if (times == nullptr || times->size() > RefreshJournal::kBrakeCount) return journal;
  for (const auto& time : *times) {
    // Far from where counting on would overflow.
    if (const auto at = time.as_int(); at && *at >= 0 && *at < kLatest) {
      journal.recent.emplace_back(std::chrono::milliseconds(*at));
    }
  }
  return journal;
}

Result<> write_journal(TokenStorage& storage, const std::string& provider, const RefreshJournal& journal) {
  auto json = codec::Json::object({{"version", 1}});
  if (journal.sent_generation) {
    json.set("sent_generation", static_cast<std::int64_t>(*journal.sent_generation));
    json.set("lost_answers", journal.lost_answers);
  }
  auto times = codec::Json::array();
  for (const auto time : journal.recent) times.push_back(static_cast<std::int64_t>(time.time_since_epoch().count()));
  json.set("recent", std::move(times));
  return storage.write_note(provider, json.dump());
}

}  // namespace mimir::oauth::internal
