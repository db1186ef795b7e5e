#include <cstdlib>

#include <mimir/codec/url.hpp>
#include <mimir/oauth/browser.hpp>

#include "internal/browser_candidates.hpp"
#include "internal/detached_process.hpp"

namespace mimir::oauth {
namespace {

/// An opener that fails, fails soon; one that still runs is the browser itself (CH-BR-06).
constexpr std::chrono::milliseconds kEarlyFailure{500};

class SystemBrowser final : public Browser {
 public:
  explicit SystemBrowser(EnvironmentLookup environment) : environment_(std::move(environment)) {}

  Result<> open(const std::string& url) override {
    // Checked here as well, at the last step before an opener that would run `javascript:` or `file:` (CH-BR-01), or
    // take a leading dash for an option (CH-BR-03). The parser refuses all but visible ASCII (CH-BR-05).
    const bool is_web = url.starts_with("https://") || url.starts_with("http://");
    if (!is_web || !codec::Url::parse(url)) {
      return fail({.category = Category::Misconfigured,
                   .code = "browser.url_refused",
                   .message = "The login page's address is no plain http or https URL, so no browser was started.",
                   .hint = "Check the authorization endpoint of the provider.",
                   .spec = "RFC 8252 §8.12"});
    }

    const auto candidates = internal::browser_candidates(environment_, url);
    for (const auto& command : candidates) {
      const auto launch = internal::launch_detached(command, kEarlyFailure);
      if (launch.error == 0 && launch.exit_status.value_or(0) == 0) return {};
    }
    return fail({.category = Category::LocalEnvironment,
                 .code = candidates.empty() ? "browser.not_found" : "browser.failed",
                 .message = candidates.empty() ? "No browser to open the login page with was found."
                                               : "The browser could not be started.",
                 .hint = "Open the login page's address yourself, or name a browser in $BROWSER."});
  }

 private:
  EnvironmentLookup environment_;
};

}  // namespace

EnvironmentLookup process_environment() {
  return [](std::string_view name) -> std::optional<std::string> {
    const char* const value = std::getenv(std::string(name).c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
}

std::unique_ptr<Browser> make_system_browser(EnvironmentLookup environment) {
  return std::make_unique<SystemBrowser>(std::move(environment));
}

}  // namespace mimir::oauth
