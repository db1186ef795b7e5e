#include <internal/callback_wait.hpp>

#include <algorithm>

#include <mimir/codec/url.hpp>

namespace mimir::oauth::internal {
namespace {

constexpr std::chrono::seconds kTellEvery{30};

}  // namespace

Result<CallbackResult> wait_for_callback(CallbackReceiver& receiver, const std::string& authorization_url,
                                         const std::string& redirect_uri, const Context& context, std::stop_token race) {
  const auto server = codec::Url::parse(authorization_url);
  Wait wait{.host = server ? server->host() : std::string(), .redirect_uri = redirect_uri};
  auto left = context.deadline.at_most(context.options.login_timeout);
  for (auto kind = Event::Kind::Waiting;; kind = Event::Kind::StillWaiting) {
    wait.left = std::chrono::ceil<std::chrono::seconds>(left);
    wait.progress = receiver.progress();
    context.emit_wait(kind, wait);
    const auto part = std::min<std::chrono::milliseconds>(left, kTellEvery);
    auto response = receiver.wait(part, race);
    left -= part;
    const bool goes_on = !response && response.error().code == "callback.timeout" && left.count() > 0;
    if (!goes_on) return response;
  }
}

}  // namespace mimir::oauth::internal
