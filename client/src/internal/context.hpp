#pragma once

#include <string>

#include <internal/deadline.hpp>
#include <mimir/oauth/oauth_manager.hpp>

namespace mimir::oauth::internal {

/// Lets real time pass; wakes at once on a stop.
Waiter& real_waiter();

/// What every step of a call gets: the seams, the options, and for whom it works. Lives as long as the call.
struct Context {
  const Seams& seams;
  const ManagerOptions& options;
  const std::string& provider;
  const Deadline& deadline;

  void emit(Event::Kind kind, std::string text = {}) const {
    if (seams.events) seams.events(Event{kind, provider, std::move(text)});
  }
  void emit_device(const DevicePrompt& prompt) const {
    if (seams.events) seams.events(Event{Event::Kind::DeviceCode, provider, prompt.user_code, prompt});
  }
  void emit_wait(Event::Kind kind, const Wait& wait) const {
    if (seams.events) seams.events(Event{.kind = kind, .provider = provider, .text = {}, .wait = wait});
  }
  /// Until the time is over or the call is to stop.
  void wait(std::chrono::milliseconds time) const {
    (seams.waiter != nullptr ? *seams.waiter : real_waiter()).wait(time, deadline.stop());
  }
  [[nodiscard]] TimePoint now() const { return seams.clock.now(); }
};

}  // namespace mimir::oauth::internal
