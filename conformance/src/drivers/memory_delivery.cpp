#include "memory_delivery.hpp"

#include <algorithm>

namespace mockoauth::conformance::internal {
namespace {

namespace oauth = mimir::oauth;
using server::Delivery;
using std::chrono::milliseconds;

oauth::HttpOutcome broken(oauth::Sent sent, oauth::Category category, std::string code, std::string message) {
  return {sent, oauth::fail({category, std::move(code), std::move(message), "", ""})};
}

// Pieces are counted in the body: header sections are short beside any pause that matters.
milliseconds time_taken(const server::HttpResponse& answer, const Delivery& delivery) {
  auto taken = delivery.delay;
  if (delivery.piece_bytes > 0) {
    taken += delivery.piece_pause * static_cast<std::int64_t>(answer.body.size() / delivery.piece_bytes + 1);
  }
  return taken;
}

}  // namespace

oauth::HttpOutcome deliver(const server::HttpResponse& answer, const Delivery& delivery, const oauth::HttpRequest& request,
                           const std::function<void(milliseconds)>& pass_time) {
  using oauth::Category;
  const bool is_cut = delivery.then != Delivery::Then::GoOn && delivery.place != Delivery::Place::AfterAnswer;
  const auto sent = delivery.place == Delivery::Place::BeforeAnswer ? oauth::Sent::Maybe : oauth::Sent::Yes;
  const bool never_ends = !delivery.endless.empty() && delivery.endless_pause.count() > 0;
  const auto taken = time_taken(answer, delivery);
  if (taken >= request.timeout || never_ends || (is_cut && delivery.then == Delivery::Then::Stall)) {
    pass_time(request.timeout);
    return broken(sent, Category::TryLater, "network.timeout", request.url + " did not answer in time.");
  }
  pass_time(taken);
  if (is_cut && delivery.place == Delivery::Place::MidBody) {
    return broken(sent, Category::TryLater, "network.truncated", "The answer of " + request.url + " broke off.");
  }
  if (is_cut) return broken(sent, Category::TryLater, "network.broken", "The connection to " + request.url + " broke.");
  if (!delivery.endless.empty()) {
    return broken(sent, Category::ProviderBroken, "http.response_too_large",
                  request.url + " sent more than an answer of this kind may have.");
  }
  if (delivery.raw || delivery.framing) {
    return broken(sent, Category::ProviderBroken, "http.garbage", request.url + " did not answer with HTTP.");
  }
  return {oauth::Sent::Yes, oauth::HttpResponse{answer.status, answer.headers, oauth::Secret(answer.body)}};
}

std::optional<oauth::HttpOutcome> shake_hands(const server::Welcome& met, const oauth::HttpRequest& request,
                                              const std::function<void(milliseconds)>& pass_time) {
  using oauth::Category;
  using Deed = server::Welcome::Deed;
  if (met.deed == Deed::Stall) {
    pass_time(request.timeout);
    return broken(oauth::Sent::No, Category::TryLater, "network.timeout", request.url + " did not answer in time.");
  }
  if (met.deed != Deed::Serve || met.old_protocol) {
    return broken(oauth::Sent::No, Category::TryLater, "tls.handshake", "No secure connection to " + request.url + ".");
  }
  if (met.certificate == server::Welcome::Certificate::Good) return std::nullopt;
  return broken(oauth::Sent::No, Category::AttackSuspected, "tls.untrusted", "The certificate of " + request.url + " is not trusted.");
}

}  // namespace mockoauth::conformance::internal
