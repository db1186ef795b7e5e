#include <internal/device_rival.hpp>

#include <system_error>
#include <utility>

namespace mimir::oauth::internal {

DeviceRival::DeviceRival(const Login& login, const Context& context, std::stop_source& race)
    : login_(login), context_(context), race_(race) {
  auto codes = ask_for_device_codes(login.config, login.metadata, login.method, context);
  if (!codes) {
    context.emit(Event::Kind::Warning, "no login on another device: " + codes.error().message);
    return;
  }
  codes_ = *std::move(codes);
  try {
    thread_ = std::thread([this] {
      try {
        poll();
      } catch (...) {  // an event sink of the program threw: nobody is there to catch it
      }
    });
  } catch (const std::system_error&) {
    context.emit(Event::Kind::Warning, "no login on another device: no thread is to be had");
    return;
  }
  context.emit_device(codes_->prompt);
}

DeviceRival::~DeviceRival() { end(); }

std::optional<TokenGrant> DeviceRival::end() {
  race_.request_stop();
  if (thread_.joinable()) thread_.join();
  return std::exchange(grant_, std::nullopt);
}

void DeviceRival::poll() {
  const Deadline deadline({.timeout = context_.deadline.remaining(), .stop = race_.get_token()}, {});
  const Context context{context_.seams, context_.options, context_.provider, deadline};
  auto grant = poll_for_device_tokens(*codes_, login_.config, login_.metadata, login_.method, login_.dpop, context);
  if (grant) {
    grant_ = *std::move(grant);
    race_.request_stop();
  } else if (!race_.stop_requested()) {
    context.emit(Event::Kind::Warning, "the login on another device has ended: " + grant.error().message);
  }
}

}  // namespace mimir::oauth::internal
