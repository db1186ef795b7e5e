#pragma once

#include <gmock/gmock.h>

#include <mimir/oauth/browser.hpp>
#include <mimir/oauth/callback_server.hpp>
#include <mimir/oauth/http_transport.hpp>
#include <mimir/oauth/token_storage.hpp>

namespace mimir::oauth::testing {

/// GoogleMock doubles of the seams, for tests that state which calls must happen and in which order.
class MockHttpTransport : public HttpTransport {
 public:
  MOCK_METHOD(HttpOutcome, send, (const HttpRequest& request, std::stop_token stop), (override));
};

class MockBrowser : public Browser {
 public:
  MOCK_METHOD(Result<>, open, (const std::string& url), (override));
};

class MockCallbackReceiver : public CallbackReceiver {
 public:
  MOCK_METHOD(Result<std::string>, listen, (const CallbackOptions& options), (override));
  MOCK_METHOD(Result<CallbackResult>, wait, (std::chrono::milliseconds timeout, std::stop_token stop), (override));
  MOCK_METHOD(void, finish, (PageOutcome outcome), (override));
};

class MockCallbackReceiverFactory : public CallbackReceiverFactory {
 public:
  MOCK_METHOD(std::unique_ptr<CallbackReceiver>, create, (), (override));
};

class MockTokenStorage : public TokenStorage {
 public:
  MOCK_METHOD(Result<>, probe, (), (override));
  MOCK_METHOD(Result<std::optional<StoredLogin>>, load, (const std::string& provider), (override));
  MOCK_METHOD(Result<std::uint64_t>, store,
              (const std::string& provider, const StoredLogin& login, std::uint64_t expected_generation), (override));
  MOCK_METHOD(Result<>, erase, (const std::string& provider), (override));
  MOCK_METHOD(Result<std::vector<std::string>>, providers, (), (override));
  MOCK_METHOD(Result<std::unique_ptr<Lock>>, lock,
              (const std::string& provider, std::chrono::milliseconds timeout, std::stop_token stop), (override));
  MOCK_METHOD(std::string, description, (), (const, override));
};

}  // namespace mimir::oauth::testing
