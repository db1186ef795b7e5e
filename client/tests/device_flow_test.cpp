// Device authorization grant, RFC 8628. Names in comments are those of the requirements catalogue.
#include "login_fixture.hpp"

namespace mimir::oauth::testing {
namespace {

using namespace std::chrono_literals;

constexpr auto kDevice = "https://as.example/device";

class DeviceFlow : public LoginTest {
 protected:
  DeviceFlow() { manager_.add_provider("mock", config()); }

  void offer() {
    auto document = metadata();
    document.set("device_authorization_endpoint", kDevice);
    expect_discovery(document);
  }
  static codec::Json codes() {
    return codec::Json::object({{"device_code", "secret-device-code"},
                                {"user_code", "WDJB-MJHT"},
                                {"verification_uri", "https://as.example/go"},
                                {"expires_in", 600}});
  }
  void expect_codes(const codec::Json& answer = codes()) { http_.expect("POST", kDevice, 200, answer.dump()); }
  void expect_poll(const std::string& error) { expect_token(400, R"({"error":")" + error + R"("})"); }

  Error expect_failure(const std::string& code, Category category, const CallOptions& options = {}) {
    auto result = manager_.device_login("mock", options);
    EXPECT_FALSE(result);
    if (result) return {};
    EXPECT_EQ(result.error().code, code) << result.error().message;
    EXPECT_EQ(result.error().category, category) << result.error().message;
    EXPECT_FALSE(*manager_.stored("mock"));
    return result.error();
  }
};

TEST_F(DeviceFlow, ShowsTheCodeAndCompletes) {  // device-request-form, device-code-displayed, device-poll-form
  offer();
  expect_codes();
  expect_poll("authorization_pending");  // device-pending-continues
  expect_token(200, tokens());

  const auto result = manager_.device_login("mock");

  ASSERT_TRUE(result) << result.error().message;
  const auto requests = http_.requests();
  EXPECT_EQ(requests[1].form.one("client_id"), "cli");
  EXPECT_EQ(requests[1].form.one("scope"), "api");
  EXPECT_EQ(requests[2].form.one("grant_type"), "urn:ietf:params:oauth:grant-type:device_code");
  EXPECT_EQ(requests[2].form.one("device_code"), "secret-device-code");
  EXPECT_EQ(requests[2].form.one("client_id"), "cli");
  EXPECT_EQ(waiter_.waits(), (std::vector{5s, 5s}));  // device-interval-default, CH-DV-01
  EXPECT_EQ(texts(Event::Kind::DeviceCode), std::vector<std::string>{"WDJB-MJHT"});
  EXPECT_EQ(stored_tokens().refresh_token->expose(), "refresh-1");
  EXPECT_TRUE(user_.opened.empty());
}

TEST_F(DeviceFlow, ShowsTheUserCodeBesideTheCompleteUri) {  // device-user-code-shown-with-complete-uri, CH-DV-04
  auto answer = codes();
  answer.set("verification_uri_complete", "https://as.example/go?user_code=WDJB-MJHT");
  offer();
  expect_codes(answer);
  expect_token(200, tokens());

  ASSERT_TRUE(manager_.device_login("mock"));

  const auto event = std::find_if(events_.begin(), events_.end(), [](const auto& e) { return e.device.has_value(); });
  ASSERT_NE(event, events_.end());
  EXPECT_EQ(event->device->user_code, "WDJB-MJHT");
  EXPECT_EQ(event->device->verification_uri, "https://as.example/go");
  EXPECT_EQ(event->device->verification_uri_complete, "https://as.example/go?user_code=WDJB-MJHT");
}

TEST_F(DeviceFlow, NeverTellsTheDeviceCode) {  // device-secret-code-hidden, CH-DV-06
  offer();
  expect_codes();
  expect_poll("invalid_client");

  const auto error = expect_failure("invalid_client", Category::Misconfigured);

  EXPECT_EQ((error.message + error.hint).find("secret-device-code"), std::string::npos);
  for (const auto& event : events_) EXPECT_EQ(event.text.find("secret-device-code"), std::string::npos);
}

TEST_F(DeviceFlow, HonoursTheServersInterval) {  // device-interval-honoured
  auto answer = codes();
  answer.set("interval", 13);
  offer();
  expect_codes(answer);
  expect_poll("authorization_pending");
  expect_token(200, tokens());

  ASSERT_TRUE(manager_.device_login("mock"));

  EXPECT_EQ(waiter_.waits(), (std::vector{13s, 13s}));
}

TEST_F(DeviceFlow, SlowDownAddsFiveSecondsEachTimeForGood) {  // slow-down-honoured, slow-down-cumulative, CH-DV-01
  offer();
  expect_codes();
  expect_poll("slow_down");
  expect_poll("authorization_pending");
  expect_poll("slow_down");
  expect_poll("slow_down");
  expect_token(200, tokens());

  ASSERT_TRUE(manager_.device_login("mock"));

  EXPECT_EQ(waiter_.waits(), (std::vector{5s, 10s, 10s, 15s, 20s}));
}

TEST_F(DeviceFlow, ExtremeIntervalsNeitherSpinNorOverflow) {  // device-interval-extreme
  for (const codec::Json& interval : {codec::Json(0), codec::Json(-7), codec::Json("5"), codec::Json(1e300)}) {
    auto answer = codes();
    answer.set("interval", interval);
    offer();
    expect_codes(answer);
    expect_token(200, tokens());
    ASSERT_TRUE(manager_.device_login("mock"));
    EXPECT_EQ(waiter_.waits().back(), 5s);
    clock_.advance(2h);  // so that metadata is fetched anew
  }
  auto answer = codes();
  answer.set("interval", std::int64_t{1'000'000'000});
  offer();
  expect_codes(answer);

  const auto result = manager_.device_login("mock");

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "expired_token");
}

TEST_F(DeviceFlow, DenialStopsAndIsTheUsersOwn) {  // device-denied-stops, CH-DV-08: another poll fails the script
  offer();
  expect_codes();
  expect_poll("access_denied");

  expect_failure("access_denied", Category::UserDeclined);
}

TEST_F(DeviceFlow, ExpiryStops) {  // device-expired-stops, CH-DV-08
  offer();
  expect_codes();
  expect_poll("expired_token");

  expect_failure("expired_token", Category::Cancelled);
}

TEST_F(DeviceFlow, StopsByItselfWhenTheCodeHasExpired) {  // device-lifetime-local, CH-DV-02
  auto answer = codes();
  answer.set("expires_in", 16);
  offer();
  expect_codes(answer);
  for (int poll = 0; poll < 3; ++poll) expect_poll("authorization_pending");

  expect_failure("expired_token", Category::Cancelled);

  EXPECT_EQ(clock_.now(), kStart + 15s);
}

TEST_F(DeviceFlow, MissingOrAbsurdLifetimesAreBounded) {  // CH-DV-02
  for (const codec::Json& lifetime : {codec::Json(nullptr), codec::Json(-1), codec::Json(std::int64_t{1} << 60)}) {
    auto answer = codes();
    answer.set("expires_in", lifetime);
    offer();
    expect_codes(answer);
    expect_token(200, tokens());
    ASSERT_TRUE(manager_.device_login("mock"));
    const auto& prompt = std::find_if(events_.rbegin(), events_.rend(), [](const auto& e) {
                           return e.device.has_value();
                         })->device;
    EXPECT_GE(prompt->lifetime, 10min);
    EXPECT_LE(prompt->lifetime, 24h);
    clock_.advance(2h);
  }
}

TEST_F(DeviceFlow, OtherErrorsStop) {  // device-other-error-stops
  offer();
  expect_codes();
  expect_poll("blue_moon");

  expect_failure("blue_moon", Category::ProviderBroken);
}

TEST_F(DeviceFlow, PassingTroubleDoesNotEndTheLogin) {  // device-one-reset-survived, CH-DV-03
  offer();
  expect_codes();
  http_.expect("POST", "https://as.example/token", [](const auto&) { return broken(Sent::Maybe); });
  expect_token(503, "busy", "text/plain");
  expect_token(502, "<html>gateway</html>", "text/html");
  expect_token(200, "<html>sign in to this network</html>", "text/html");
  http_.expect("POST", "https://as.example/token", [](const auto&) {
    return answer(429, "", "text/plain", {{"Retry-After", "30"}});
  });
  expect_token(200, tokens());

  ASSERT_TRUE(manager_.device_login("mock"));

  EXPECT_EQ(waiter_.waits(), (std::vector{5s, 5s, 5s, 5s, 5s, 30s}));
}

TEST_F(DeviceFlow, TimeoutsDoubleTheGap) {  // device-timeout-backoff
  offer();
  expect_codes();
  for (int poll = 0; poll < 2; ++poll) {
    http_.expect("POST", "https://as.example/token", [](const auto&) {
      return HttpOutcome{Sent::Maybe,
                         fail({.category = Category::TryLater, .code = "network.timeout", .message = "late"})};
    });
  }
  expect_token(200, tokens());

  ASSERT_TRUE(manager_.device_login("mock"));

  EXPECT_EQ(waiter_.waits(), (std::vector{5s, 10s, 20s}));
}

TEST_F(DeviceFlow, AnUntrustedCertificateEndsTheLogin) {
  offer();
  expect_codes();
  http_.expect("POST", "https://as.example/token", [](const auto&) {
    return HttpOutcome{Sent::No,
                       fail({.category = Category::AttackSuspected, .code = "tls.untrusted", .message = "not trusted"})};
  });

  expect_failure("tls.untrusted", Category::AttackSuspected);
}

TEST_F(DeviceFlow, RefusesPagesThatAreNoHttpsPages) {  // device-verification-uri-inert, CH-DV-05
  for (const auto* uri : {"javascript:alert(1)", "file:///etc/passwd", "http://as.example/go", "https://u@as.example/",
                          "https://as.example/\x1b[31m"}) {
    auto answer = codes();
    answer.set("verification_uri", uri);
    offer();
    expect_codes(answer);

    const auto error = expect_failure("device.malformed", Category::ProviderBroken);

    EXPECT_EQ(error.message.find('\x1b'), std::string::npos);
    clock_.advance(2h);
  }
}

TEST_F(DeviceFlow, HostileUserCodeIsShownInert) {  // CH-DV-05
  auto answer = codes();
  answer.set("user_code", "AB\x1b[2J\r\nCD");
  offer();
  expect_codes(answer);
  expect_token(200, tokens());

  ASSERT_TRUE(manager_.device_login("mock"));

  EXPECT_EQ(texts(Event::Kind::DeviceCode).front().find_first_of("\x1b\r\n"), std::string::npos);
}

TEST_F(DeviceFlow, IncompleteAnswerIsNamed) {  // device-response-incomplete
  for (const auto* member : {"device_code", "user_code", "verification_uri"}) {
    auto answer = codes();
    answer.erase(member);
    offer();
    expect_codes(answer);

    const auto error = expect_failure("device.malformed", Category::ProviderBroken);

    EXPECT_NE(error.message.find(member), std::string::npos);
    clock_.advance(2h);
  }
}

TEST_F(DeviceFlow, NotOfferedIsSaidWithoutARequest) {  // metadata-device-endpoint-absent
  expect_discovery();

  expect_failure("device.not_offered", Category::Misconfigured);
}

TEST_F(DeviceFlow, RequestedStopEndsThePolling) {  // CH-DV-08
  std::stop_source stop;
  offer();
  expect_codes();
  http_.expect("POST", "https://as.example/token", [&](const auto&) {
    stop.request_stop();
    return answer(400, R"({"error":"authorization_pending"})");
  });

  expect_failure("cancelled", Category::Cancelled, {.stop = stop.get_token()});
}

TEST_F(DeviceFlow, ChecksTheIdTokenWhenOpenIdIsAskedFor) {
  manager_.add_provider("mock", config({"openid"}));
  offer();
  expect_codes();
  auto body = *codec::Json::parse(tokens());
  body.set("id_token", make_id_token("", [](codec::Json& claims) { claims.set("aud", "somebody-else"); }));
  expect_token(200, body.dump());
  http_.expect("GET", "https://as.example/jwks", 200, provider_jwks());

  expect_failure("id_token.aud", Category::AttackSuspected);
}

}  // namespace
}  // namespace mimir::oauth::testing
