#include <internal/repeat.hpp>

#include <algorithm>
#include <array>
#include <cstdint>

#include <internal/http_date.hpp>

namespace mimir::oauth::internal {
namespace {

using Pause = std::chrono::milliseconds;

constexpr Pause kFirstPause{500};
constexpr Pause kLongestPause{20'000};

bool is_worth_another(int status, Repeat repeat, int attempt) {
  if (status == 429 || status == 503) return repeat >= Repeat::Refused;
  return may_have_acted(status) && (repeat == Repeat::Lost || (repeat == Repeat::Refused && attempt == 0));
}

bool is_passing(const HttpOutcome& outcome, Repeat repeat, int attempt) {
  if (outcome.response) return is_worth_another(outcome.response->status, repeat, attempt);
  const auto& error = outcome.response.error();
  // Somebody has waited long enough for what timed out; and where no way leads there is none a second later either.
  if (error.category != Category::TryLater || error.code == "network.timeout" || error.code == "network.unreachable") {
    return false;
  }
  return outcome.sent == Sent::No || repeat == Repeat::Lost;
}

/// Full jitter: anything up to a bound that doubles, so that many clients do not come back together.
Pause growing_pause(int attempt, const Context& context) {
  const Pause most = std::min(kFirstPause * (1 << std::min(attempt, 6)), kLongestPause);
  std::array<std::uint8_t, 2> random{};
  if (!context.seams.random.fill(random)) return most;
  return Pause((most.count() * (random[0] * 256 + random[1])) / 65536);
}

Pause pause_before_next(const HttpOutcome& outcome, int attempt, const Context& context) {
  const auto asked = outcome.response ? retry_after(*outcome.response, context.now()) : std::nullopt;
  return asked ? Pause(*asked) : growing_pause(attempt, context);
}

}  // namespace

RepeatedOutcome send_patiently(const std::function<HttpOutcome()>& send, Repeat repeat, const Context& context) {
  bool acted_before = false;
  for (int attempt = 0;; ++attempt) {
    RepeatedOutcome outcome{send(), acted_before};
    if (repeat == Repeat::Never || attempt + 1 >= context.options.send_attempts ||
        !is_passing(outcome, repeat, attempt)) return outcome;
    const auto pause = pause_before_next(outcome, attempt, context);
    // A longer one is for the caller to decide about: the error says until when.
    if (pause > kLongestPause || pause >= context.deadline.remaining()) return outcome;
    context.wait(pause);
    if (!context.deadline.check()) return outcome;
    acted_before = acted_before || (outcome.response && may_have_acted(outcome.response->status));
  }
}

HttpOutcome get_patiently(const DocumentRequest& document, const Context& context) {
  std::vector<std::pair<std::string, std::string>> headers{{"Accept", document.accept}};
  if (document.newest) headers.emplace_back("Cache-Control", "no-cache");
  const auto send = [&] {
    return context.seams.http.send(HttpRequest{.url = document.url,
                                               .headers = headers,
                                               .timeout = context.deadline.at_most(context.options.request_timeout),
                                               .max_response_bytes = document.max_bytes,
                                               .max_redirects = document.max_redirects,
                                               .outside_only = document.outside_only},
                                   context.deadline.stop());
  };
  return send_patiently(send, Repeat::Lost, context);
}

}  // namespace mimir::oauth::internal
