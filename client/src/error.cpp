#include <mimir/oauth/error.hpp>

namespace mimir::oauth {

std::string_view to_string(Category category) {
  switch (category) {
    case Category::UserDeclined: return "user declined";
    case Category::LoginRequired: return "login required";
    case Category::TryLater: return "try later";
    case Category::Misconfigured: return "misconfigured";
    case Category::ProviderBroken: return "provider broken";
    case Category::AttackSuspected: return "attack suspected";
    case Category::LocalEnvironment: return "local environment";
    case Category::Cancelled: return "cancelled";
  }
  return "unknown";
}

}  // namespace mimir::oauth
