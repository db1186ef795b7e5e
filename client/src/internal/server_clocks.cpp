#include <internal/server_clocks.hpp>

#include <internal/http_date.hpp>
#include <mimir/codec/url.hpp>

namespace mimir::oauth::internal {
namespace {

using Span = std::chrono::milliseconds;

constexpr Span kHalfASecond{500};                 // Date has whole seconds, and cuts the rest off
constexpr Span kTooSlow = std::chrono::seconds(30);  // the moment between says little then
constexpr Span kSameClock = std::chrono::seconds(2);
constexpr Span kReckonedWith = std::chrono::minutes(10);
constexpr std::size_t kMaxServersTimed = 64;

std::string origin_of_server(const std::string& url) {
  const auto parsed = codec::Url::parse(url);
  return parsed ? parsed->origin() : url;
}

Span since_boot(TimePoint now) {
  const auto monotonic = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<Span>(now.time_since_epoch()) - std::chrono::duration_cast<Span>(monotonic);
}

}  // namespace

void ServerClocks::learn(const HttpRequest& request, const HttpResponse& response, TimePoint sent, TimePoint received) {
  const auto date = response.header("Date");
  const auto age = response.header("Age");
  if (!date || (age && *age != "0") || received < sent || received - sent > kTooSlow) return;
  const auto between = sent + (received - sent) / 2;
  const auto theirs = parse_http_date(*date, between);
  if (!theirs) return;
  const Offset seen{.server_is_ahead = std::chrono::duration_cast<Span>(*theirs + kHalfASecond - between),
                    .since_boot = since_boot(received),
                    .is_uncacheable = request.method != "GET"};
  const std::lock_guard lock(mutex_);
  const auto origin = origin_of_server(request.url);
  const auto known = offsets_.find(origin);
  if (known != offsets_.end() && known->second.is_uncacheable && !seen.is_uncacheable) return;
  if (offsets_.size() >= kMaxServersTimed && known == offsets_.end()) offsets_.clear();
  offsets_.insert_or_assign(origin, seen);
}

std::optional<Span> ServerClocks::offset(const std::string& url, TimePoint now) const {
  const std::lock_guard lock(mutex_);
  const auto known = offsets_.find(origin_of_server(url));
  if (known == offsets_.end() || std::chrono::abs(since_boot(now) - known->second.since_boot) > kSameClock) return std::nullopt;
  return known->second.server_is_ahead;
}

TimePoint ServerClocks::time_there(const std::string& url, TimePoint now) const {
  const auto ahead = offset(url, now);
  return ahead && std::chrono::abs(*ahead) <= kReckonedWith ? now + *ahead : now;
}

std::string ServerClocks::complaint(const std::string& url, TimePoint now) const {
  const auto ahead = offset(url, now);
  if (!ahead || std::chrono::abs(*ahead) <= kReckonedWith) return "";
  const auto minutes = std::chrono::round<std::chrono::minutes>(std::chrono::abs(*ahead));
  return "this computer's clock is " + std::to_string(minutes.count()) + " minutes " +
         (ahead->count() < 0 ? "ahead of" : "behind") + " the provider's";
}

HttpOutcome ClockedTransport::send(const HttpRequest& request, std::stop_token stop) {
  const auto sent = clock_.now();
  auto outcome = next_.send(request, std::move(stop));
  if (outcome.response) clocks_.learn(request, *outcome.response, sent, clock_.now());
  return outcome;
}

}  // namespace mimir::oauth::internal
