// A clock of ours that is wrong, by the Date of the provider's answers (CH-TM-03).
#include "internal/server_clocks.hpp"

#include <mimir/codec/jws.hpp>

#include "login_fixture.hpp"

namespace mimir::oauth::testing {
namespace {

using namespace std::chrono_literals;
using DateFields = std::vector<std::pair<std::string, std::string>>;

constexpr const char* kServer = "https://as.example/token";

/// kStart is 00:00:00 on Tue, 24 Nov 2026.
DateFields date(const std::string& time, const std::string& day = "Tue, 24") { return {{"Date", day + " Nov 2026 " + time + " GMT"}}; }

class ServerClock : public ::testing::Test {
 protected:
  void answered(const DateFields& headers, const std::string& method = "POST", std::chrono::milliseconds took = 0ms) {
    clocks_.learn({.method = method, .url = kServer}, {.status = 200, .headers = headers}, kStart, kStart + took);
  }
  std::chrono::milliseconds reckoned(const std::string& url = kServer) const { return clocks_.time_there(url, kStart) - kStart; }

  internal::ServerClocks clocks_;
};

TEST_F(ServerClock, IsReckonedWithUpToTenMinutes) {  // CH-TM-03
  EXPECT_EQ(reckoned(), 0ms);
  answered(date("00:09:59"));
  EXPECT_EQ(reckoned(), 599'500ms);  // half a second for what Date has cut off
  EXPECT_EQ(clocks_.complaint(kServer, kStart), "");
  EXPECT_EQ(reckoned("https://other.example/token"), 0ms);
  EXPECT_NE(reckoned("https://as.example/another"), 0ms);  // one origin is one clock
  answered(date("23:50:01", "Mon, 23"));
  EXPECT_EQ(reckoned(), -598'500ms);
}

TEST_F(ServerClock, BeyondThatItIsSaidInMinutes) {  // CH-TM-03
  answered(date("01:01:00"));
  EXPECT_EQ(reckoned(), 0ms);
  EXPECT_EQ(clocks_.complaint(kServer, kStart), "this computer's clock is 61 minutes behind the provider's");
  answered(date("22:59:00", "Mon, 23"));
  EXPECT_EQ(reckoned(), 0ms);
  EXPECT_EQ(clocks_.complaint(kServer, kStart), "this computer's clock is 61 minutes ahead of the provider's");
}

TEST_F(ServerClock, TheDateIsOfTheMomentBetween) {  // CH-TM-03
  answered(date("00:05:00"), "POST", 20s);
  EXPECT_EQ(clocks_.time_there(kServer, kStart + 20s) - (kStart + 20s), 290'500ms);
}

TEST_F(ServerClock, WhatSaysNothingAboutNowIsNotTaken) {  // CH-TM-03
  auto aged = date("00:05:00");
  aged.emplace_back("Age", "7");
  answered(aged);
  answered({});
  answered({{"Date", "yesterday"}});
  answered(date("00:05:00"), "POST", 31s);
  answered(date("00:05:00"), "POST", -1s);  // our clock was set while the request was away
  EXPECT_EQ(clocks_.time_there(kServer, kStart + 31s), kStart + 31s);
  EXPECT_EQ(reckoned(), 0ms);

  aged.back().second = "0";
  answered(aged);
  EXPECT_EQ(reckoned(), 300'500ms);
}

TEST_F(ServerClock, AnAnswerThatNoCacheKeepsCountsMore) {  // RFC 9111 §4
  answered(date("00:02:00"), "GET");
  EXPECT_EQ(reckoned(), 120'500ms);
  answered(date("00:03:00"), "POST");
  answered(date("00:04:00"), "GET");
  EXPECT_EQ(reckoned(), 180'500ms);
  answered(date("00:05:00"), "POST");
  EXPECT_EQ(reckoned(), 300'500ms);
}

TEST_F(ServerClock, IsForgottenWhenOursIsSet) {
  answered(date("00:05:00"));
  EXPECT_EQ(clocks_.time_there(kServer, kStart + 5min), kStart + 5min);
  answered(date("02:00:00"));
  EXPECT_EQ(clocks_.complaint(kServer, kStart + 2h), "");
}

/// A login whose token answer has a Date and an ID Token of that time.
class LoginWithWrongClock : public LoginTest {
 protected:
  Result<OAuthTokens> log_in(const std::string& time, std::chrono::seconds issued_at, const std::string& claim = "iat") {
    manager_.add_provider("mock", config({"openid"}));
    expect_discovery();
    user_.play = [this](const codec::Parameters& asked) {
      nonce_ = asked.one("nonce").value_or("");
      return Result<CallbackResult>(PlayedUser::consent());
    };
    http_.expect("POST", kServer, [this, time, issued_at, claim](const auto&) {
      auto body = *codec::Json::parse(tokens());
      body.set("id_token", make_id_token(nonce_, [&](codec::Json& claims) {
        const auto at = kStart + issued_at;
        const std::int64_t seconds = std::chrono::duration_cast<std::chrono::seconds>(at.time_since_epoch()).count();
        claims.set("iat", claim == "iat" ? seconds : seconds - 120);
        claims.set(claim, seconds);
      }));
      return answer(200, body.dump(), "application/json", date(time, issued_at < 0s ? "Mon, 23" : "Tue, 24"));
    });
    http_.expect("GET", "https://as.example/jwks", 200, provider_jwks());
    return manager_.initiate_flow("mock");
  }

  std::string nonce_;
};

TEST_F(LoginWithWrongClock, AnIdTokenIsJudgedByTheProvidersClock) {  // CH-TM-03
  const auto result = log_in("00:09:00", 9min);
  EXPECT_TRUE(result) << result.error().message;
}

TEST_F(LoginWithWrongClock, OneThatHasNotExpiredThereIsTaken) {  // CH-TM-03: ours is ahead
  const auto result = log_in("23:51:00", -9min + 60s, "exp");
  EXPECT_TRUE(result) << result.error().message;
}

TEST_F(LoginWithWrongClock, ARenewedIdTokenIsJudgedByItToo) {  // CH-TM-03
  ASSERT_TRUE(log_in("00:00:00", 0s));
  http_.expect("POST", kServer, [](const auto&) {
    auto body = *codec::Json::parse(tokens("access-2"));
    body.set("id_token", make_id_token("", [](codec::Json& claims) {
      const auto at = (kStart + 9min).time_since_epoch();
      claims.set("iat", std::int64_t{std::chrono::duration_cast<std::chrono::seconds>(at).count()});
    }));
    return answer(200, body.dump(), "application/json", date("00:09:00"));
  });

  const auto result = manager_.refresh_token("mock");
  EXPECT_TRUE(result) << result.error().message;
}

TEST_F(LoginWithWrongClock, ARefusalSaysHowFarOffOursIs) {  // CH-TM-03
  const auto result = log_in("01:01:00", 61min);

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "id_token.iat");
  EXPECT_EQ(result.error().category, Category::LocalEnvironment);
  EXPECT_EQ(result.error().message,
            "The provider's ID Token was rejected: it was issued 61 minutes in the future, and this computer's clock is 61 "
            "minutes behind the provider's.");
  EXPECT_NE(result.error().hint.find("Set this computer's clock"), std::string::npos);
}

TEST_F(LoginWithWrongClock, ARefusalOfAnExpiredOneSaysSoToo) {  // CH-TM-03
  const auto result = log_in("22:59:00", -61min + 60s, "exp");

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "id_token.exp");
  EXPECT_NE(result.error().message.find("this computer's clock is 61 minutes ahead of the provider's"), std::string::npos);
}

TEST_F(LoginWithWrongClock, AProofIsDatedByTheServersClock) {  // CH-TM-03, RFC 9449 §11.1
  auto bound = config();
  bound.dpop_bound_access_tokens = true;
  manager_.add_provider("mock", std::move(bound));
  http_.expect("GET", "https://as.example/.well-known/oauth-authorization-server",
               [](const auto&) { return answer(200, metadata().dump(), "application/json", date("00:08:00")); });
  std::int64_t dated = 0;
  http_.expect("POST", kServer, [&](const RecordedRequest& request) {
    const auto proof = codec::Jws::parse(request.header("DPoP"));
    dated = codec::Json::parse(proof->payload)->int_at("iat").value_or(0);
    return answer(200, R"({"access_token":"a","token_type":"DPoP","expires_in":3600})");
  });

  ASSERT_TRUE(manager_.initiate_flow("mock"));

  EXPECT_EQ(dated, std::chrono::duration_cast<std::chrono::seconds>((kStart + 8min).time_since_epoch()).count());
}

}  // namespace
}  // namespace mimir::oauth::testing
