#include <internal/token_flight.hpp>

namespace mimir::oauth::internal {
namespace {

/// Ends that concern only the caller that met them.
bool is_personal(const Error& error) {
  return error.category == Category::Cancelled || error.code == "deadline.exceeded";
}

}  // namespace

Result<OAuthTokens> clone_result(const Result<OAuthTokens>& result) {
  if (!result) return fail(result.error());
  return result->clone();
}

Result<OAuthTokens> TokenFlight::run(const Deadline& deadline, const Secret* not_this,
                                     const std::function<Result<OAuthTokens>()>& work) {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (!current_) {
      current_ = std::make_shared<Flight>();
      const auto flight = current_;
      lock.unlock();
      return lead(flight, work);
    }
    const auto flight = current_;
    const bool landed =
        landed_.wait_until(lock, deadline.stop(), deadline.end(), [&] { return flight->result != nullptr; });
    if (!landed) {
      auto why = deadline.check();
      return fail(why ? Error{.category = Category::Cancelled, .code = "cancelled", .message = "Cancelled."}
                      : std::move(why.error()));
    }
    const auto& result = *flight->result;
    const bool useless = result ? not_this && result->access_token.equals(*not_this) : is_personal(result.error());
    if (!useless) return clone_result(result);
  }
}

Result<OAuthTokens> TokenFlight::lead(const std::shared_ptr<Flight>& flight,
                                      const std::function<Result<OAuthTokens>()>& work) {
  /// Lets the others go on even if an event sink of the program throws through us.
  struct Landing {
    TokenFlight& flights;
    Flight& flight;
    Result<OAuthTokens> result = fail({.category = Category::Cancelled, .code = "cancelled", .message = "Cancelled."});
    ~Landing() {
      const std::lock_guard lock(flights.mutex_);
      flight.result = std::make_shared<const Result<OAuthTokens>>(std::move(result));
      flights.current_.reset();
      flights.landed_.notify_all();
    }
  } landing{*this, *flight};
  auto result = work();
  landing.result = clone_result(result);
  return result;
}

}  // namespace mimir::oauth::internal
