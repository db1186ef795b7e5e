#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <mimir/codec/json.hpp>
#include <mimir/codec/jwk.hpp>
#include <mimir/codec/url.hpp>
#include <mimir/oauth/oauth_manager.hpp>
#include <mimir/oauth/testing/mocks.hpp>
#include <mimir/oauth/testing/scripted_transport.hpp>
#include <mimir/oauth/testing/virtual_waiter.hpp>

namespace mimir::oauth::testing {

inline constexpr std::string_view kIssuer = "https://as.example";
inline const TimePoint kStart{std::chrono::sys_days(std::chrono::year(2026) / 11 / 24)};

/// A browser and a listener in one: the page that is opened decides what comes back.
class PlayedUser final : public Browser, public CallbackReceiverFactory {
 public:
  using Play = std::function<Result<CallbackResult>(const codec::Parameters& request)>;

  /// What the user's visit gives; by default consent with the code `the-code`.
  Play play = [](const codec::Parameters&) { return Result<CallbackResult>(consent()); };
  Result<> open_result = {};

  static CallbackResult consent(std::optional<std::string> iss = {}) {
    return {.code = Secret("the-code"), .iss = std::move(iss)};
  }

  Result<> open(const std::string& url) override;
  std::unique_ptr<CallbackReceiver> create() override;

  std::vector<std::string> opened = {};
  std::vector<PageOutcome> pages = {};
  std::vector<CallbackOptions> listened = {};

 private:
  class Receiver;
};

/// One provider `mock` at https://as.example, with every seam doubled and a clock that stands still.
class LoginTest : public ::testing::Test {
 protected:
  LoginTest();

  static OAuthConfig config(std::vector<std::string> scopes = {"api"});
  /// Metadata of the provider, with changes.
  static codec::Json metadata();
  void expect_discovery() { expect_discovery(metadata()); }
  void expect_discovery(const codec::Json& document);
  void expect_token(int status, const std::string& body, const std::string& type = "application/json");
  static std::string tokens(const std::string& access = "access-1", const std::string& refresh = "refresh-1");
  /// Puts a login into the store, as if made an hour ago and expired by now unless said otherwise.
  void store_login(const std::string& access = "access-1", const std::string& refresh = "refresh-1",
                   std::chrono::seconds expires_in = std::chrono::seconds(-60), OAuthConfig of = config());
  OAuthTokens stored_tokens();
  [[nodiscard]] std::vector<std::string> texts(Event::Kind kind) const;

  codec::ManualClock clock_{kStart};
  codec::SeededRandom random_{7};
  ScriptedTransport http_;
  PlayedUser user_;
  VirtualWaiter waiter_{clock_};
  std::unique_ptr<TokenStorage> storage_ = make_memory_storage();
  std::mutex events_mutex_;
  std::vector<Event> events_;
  OAuthManager manager_;
};

/// An ID Token signed with the provider's key; `change` edits the claims first.
std::string make_id_token(const std::string& nonce, const std::function<void(codec::Json&)>& change = {},
                          const codec::Json& header = codec::Json::object({{"alg", "ES256"}, {"kid", "k1"}}));
const codec::Key& provider_key();
std::string provider_jwks();

}  // namespace mimir::oauth::testing
