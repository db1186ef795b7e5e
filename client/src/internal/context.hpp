#pragma once

#include <string>

#include <internal/deadline.hpp>
#include <mimir/oauth/oauth_manager.hpp>

namespace mimir::oauth::internal {

/// What every step of a call gets: the seams, the options, and for whom it works. Lives as long as the call.
struct Context {
  const Seams& seams;
  const ManagerOptions& options;
  const std::string& provider;
  const Deadline& deadline;

  void emit(Event::Kind kind, std::string text = {}) const {
    if (seams.events) seams.events(Event{kind, provider, std::move(text)});
  }
  [[nodiscard]] TimePoint now() const { return seams.clock.now(); }
};

}  // namespace mimir::oauth::internal
