#include <exit_status.hpp>

namespace mimir::cli {

ExitStatus exit_status_of(const oauth::Error& error, bool interrupted) {
  if (interrupted && error.category == oauth::Category::Cancelled) return kInterrupted;
  for (const auto* code : {"provider.unknown", "account.unknown", "account.ambiguous", "storage.unknown_backend",
                           "storage.other_backend", "configuration.invalid", "configuration.secret_missing",
                           "usage"}) {
    if (error.code == code) return kUsage;
  }
  switch (error.category) {
    case oauth::Category::UserDeclined: return kUserDeclined;
    case oauth::Category::LoginRequired: return kLoginRequired;
    case oauth::Category::TryLater:
    case oauth::Category::Cancelled: return kTryLater;
    case oauth::Category::Misconfigured:
    case oauth::Category::ProviderBroken:
    case oauth::Category::AttackSuspected: return kRefused;
    case oauth::Category::LocalEnvironment: return kLocal;
  }
  return kRefused;
}

}  // namespace mimir::cli
