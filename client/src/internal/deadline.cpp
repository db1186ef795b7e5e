#include <internal/deadline.hpp>

namespace mimir::oauth::internal {

Result<> Deadline::check() const {
  if (stop_.stop_requested()) {
    return fail({.category = Category::Cancelled, .code = "cancelled", .message = "The operation was cancelled."});
  }
  if (remaining().count() == 0) {
    return fail({.category = Category::TryLater,
                 .code = "deadline.exceeded",
                 .message = "The operation did not finish in the time it was given.",
                 .hint = "Try again, or allow more time."});
  }
  return {};
}

}  // namespace mimir::oauth::internal
