// Faults of the wire and of connections: what they ask the transport for, and what they leave alone.
#include <mockoauth/server/delivery.hpp>

#include "tests/engine_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

using Place = Delivery::Place;
using Then = Delivery::Then;

class DeliveryFault : public ::testing::Test {
 protected:
  /// The delivery of a refresh that this fault strikes.
  Delivery strike(const std::string& fault, Json arguments = {}, const std::string& phase = {}) {
    const auto added = engine_.realm().add_fault(
        {.fault = fault, .when = {.endpoint = "token"}, .arguments = std::move(arguments), .phase = phase});
    EXPECT_TRUE(added) << added.error().message;
    response_ = engine_.redeem(engine_.code());
    EXPECT_EQ(engine_.last().faults, std::vector<std::string>{fault});
    EXPECT_FALSE(engine_.last().delivery.empty());
    EXPECT_TRUE(response_.delivery);
    const auto after = engine_.redeem(engine_.code());
    EXPECT_EQ(after.status, 200);
    EXPECT_FALSE(after.delivery);
    EXPECT_TRUE(engine_.last().delivery.empty());
    return response_.delivery ? *response_.delivery : Delivery();
  }

  Engine engine_;
  HttpResponse response_;
};

Json at(const char* place) { return Json::object({{"at", place}}); }

TEST_F(DeliveryFault, ConnectionCloseCutsTheAnswerThatWasMade) {
  const auto delivery = strike("connection.close", at("mid_body"));
  EXPECT_EQ(delivery.place, Place::MidBody);
  EXPECT_EQ(delivery.then, Then::Close);
  EXPECT_TRUE(body_of(response_).string_at("access_token"));
}

TEST_F(DeliveryFault, ConnectionResetAfterCommitLosesTheAnswerToWhatWasDone) {
  const auto code = engine_.code();
  ASSERT_TRUE(engine_.realm().add_fault({.fault = "connection.reset", .when = {.endpoint = "token"}, .phase = "after_commit"}));
  const auto lost = engine_.redeem(code);
  EXPECT_EQ(lost.delivery->place, Place::BeforeAnswer);
  EXPECT_EQ(engine_.last().delivery, "reset before_answer");
  expect_error(engine_.redeem(code), 400, "invalid_grant", "used before");
}

TEST_F(DeliveryFault, ConnectionResetBeforeValidationLeavesEverythingAsItWas) {
  const auto code = engine_.code();
  ASSERT_TRUE(engine_.realm().add_fault({.fault = "connection.reset", .when = {.endpoint = "token"}, .phase = "before_validation"}));
  EXPECT_EQ(engine_.redeem(code).delivery->then, Then::Reset);
  EXPECT_EQ(engine_.redeem(code).status, 200);
}

TEST_F(DeliveryFault, ConnectionStall) {
  const auto delivery = strike("connection.stall", Json::object({{"at", "mid_headers"}, {"limit_ms", 40}}));
  EXPECT_EQ(delivery.place, Place::MidHeaders);
  EXPECT_EQ(delivery.then, Then::Stall);
  EXPECT_EQ(delivery.stall, 40ms);
}

TEST_F(DeliveryFault, ResponseDelay) {
  EXPECT_EQ(strike("response.delay", Json::object({{"ms", 250}})).delay, 250ms);
}

TEST_F(DeliveryFault, ResponseDrip) {
  const auto delivery = strike("response.drip", Json::object({{"bytes", 3}, {"every_ms", 5}}));
  EXPECT_EQ(delivery.piece_bytes, 3U);
  EXPECT_EQ(delivery.piece_pause, 5ms);
  EXPECT_EQ(delivery.then, Then::GoOn);
}

TEST_F(DeliveryFault, ResponseGarbage) {
  EXPECT_EQ(strike("response.garbage", Json::object({{"bytes", 77}})).raw->size(), 77U);
  EXPECT_EQ(*strike("response.garbage", Json::object({{"text", "SSH-2.0"}})).raw, "SSH-2.0");
}

TEST_F(DeliveryFault, ResponseContentLength) {
  const auto delivery = strike("response.content_length", Json::object({{"lengths", Json::array({Json(3), Json("-1")})}}));
  const Headers expected{{"Content-Length", "3"}, {"Content-Length", "-1"}};
  EXPECT_EQ(*delivery.framing, expected);
  EXPECT_TRUE(strike("response.content_length", Json::object({{"lengths", Json::array()}})).framing->empty());
}

TEST_F(DeliveryFault, ResponseMalformedChunk) {
  const Headers expected{{"Transfer-Encoding", "chunked"}};
  EXPECT_EQ(*strike("response.malformed_chunk").framing, expected);
}

TEST_F(DeliveryFault, ResponseEndless) {
  EXPECT_FALSE(strike("response.endless").endless.empty());
  const auto chunks = strike("response.endless", Json::object({{"form", "chunks"}, {"bytes", 1000}}));
  EXPECT_EQ(chunks.endless.substr(0, 6), "4000\r\n");
  EXPECT_EQ(chunks.endless.size(), 6U + 0x4000 + 2);
  EXPECT_EQ(chunks.endless_bytes, 1000U);
}

TEST_F(DeliveryFault, TwoOfThemAddUp) {
  ASSERT_TRUE(engine_.realm().add_fault({.fault = "response.delay", .arguments = Json::object({{"ms", 10}})}));
  ASSERT_TRUE(engine_.realm().add_fault({.fault = "connection.reset"}));
  const auto delivery = *engine_.get("/jwks").delivery;
  EXPECT_EQ(delivery.delay, 10ms);
  EXPECT_EQ(delivery.then, Then::Reset);
  EXPECT_EQ(engine_.last().delivery, "delayed by 10 ms, reset before_answer");
}

TEST_F(DeliveryFault, LastsWhateverAnswerItWillBe) {
  ASSERT_TRUE(engine_.realm().add_fault({.fault = "response.delay", .arguments = Json::object({{"ms", 10}})}));
  ASSERT_TRUE(engine_.realm().add_fault({.fault = "answer.html"}));
  ASSERT_TRUE(engine_.realm().add_fault({.fault = "http.status", .arguments = Json::object({{"status", 502}})}));
  const auto answer = engine_.get("/jwks");
  EXPECT_EQ(answer.status, 502);
  ASSERT_TRUE(answer.delivery);
  EXPECT_EQ(answer.delivery->delay, 10ms);
}

TEST_F(DeliveryFault, WordsOfOthersAreUnderstood) {
  ASSERT_TRUE(engine_.realm().add_fault({.fault = "CONNECTION_RESET_BY_PEER"}));
  EXPECT_EQ(engine_.get("/jwks").delivery->then, Then::Reset);
}

TEST_F(DeliveryFault, ArgumentsThatMeanNothingAreRefused) {
  for (const auto& [fault, arguments] : std::initializer_list<std::pair<const char*, Json>>{
           {"connection.reset", at("mid_air")},
           {"response.delay", Json::object({{"ms", 0}})},
           {"response.delay", Json::object({})},
           {"response.drip", Json::object({{"bytes", 0}})},
           {"response.content_length", Json::object({{"lengths", Json::array({Json(true)})}})},
           {"response.content_length", Json::object({{"lengths", Json::array({Json("1\r\nX: y")})}})},
           {"response.endless", Json::object({{"form", "spiral"}})}}) {
    const auto added = engine_.realm().add_fault({.fault = fault, .arguments = arguments});
    EXPECT_FALSE(added) << fault << arguments.dump();
  }
  EXPECT_TRUE(engine_.realm().faults().empty());
}

TEST(LifeDown, LastsUntilTheClockOfTheRealmHasMovedOn) {
  Engine engine;
  const auto code = engine.code();
  ASSERT_TRUE(engine.realm().add_fault({.fault = "life.down", .when = {.endpoint = "token"}, .arguments = Json::object({{"for_s", 60}})}));
  EXPECT_FALSE(engine.get("/jwks").delivery);
  EXPECT_EQ(engine.redeem(code).delivery->then, Then::Reset);
  EXPECT_EQ(engine.get("/jwks").delivery->then, Then::Reset);
  EXPECT_EQ(engine.last().delivery, "down");
  engine.advance(59s);
  EXPECT_TRUE(engine.redeem(code).delivery);
  engine.advance(1s);
  EXPECT_EQ(engine.redeem(code).status, 200);
}

TEST(LifeUp, StrikesAProviderThatIsDownAndNoOther) {
  Engine engine;
  const auto code = engine.code();
  ASSERT_TRUE(engine.realm().add_fault({.fault = "life.down", .when = {.endpoint = "token"}, .arguments = Json::object({{"for_s", 60}})}));
  ASSERT_TRUE(engine.realm().add_fault({.fault = "life.up", .after = 1}));
  EXPECT_FALSE(engine.get("/jwks").delivery) << "up already";
  EXPECT_TRUE(engine.redeem(code).delivery);
  EXPECT_TRUE(engine.redeem(code).delivery) << "the first that finds it down";
  EXPECT_EQ(engine.redeem(code).status, 200);
  EXPECT_EQ(engine.last().faults, std::vector<std::string>{"life.up"});
  EXPECT_FALSE(engine.get("/jwks").delivery);
  EXPECT_TRUE(engine.realm().report().is_clean());
}

std::int64_t delay_of(const HttpResponse& response) { return response.delivery ? response.delivery->delay.count() : 0; }

TEST(LifeSlowStart, IsLessSlowAsTimeGoesOn) {
  Engine engine;
  ASSERT_TRUE(engine.realm().add_fault({.fault = "life.slow_start", .when = {.endpoint = "jwks"},
                                        .arguments = Json::object({{"ms", 400}, {"for_s", 10}})}));
  EXPECT_EQ(delay_of(engine.get("/resource")), 0);
  EXPECT_EQ(delay_of(engine.get("/jwks")), 400);
  EXPECT_EQ(engine.last().delivery, "delayed by 400 ms");
  engine.advance(5s);
  EXPECT_EQ(delay_of(engine.get("/resource")), 200);
  engine.advance(4s);
  EXPECT_EQ(delay_of(engine.get("/resource")), 40);
  engine.advance(1s);
  EXPECT_EQ(delay_of(engine.get("/resource")), 0);
}

TEST(LifeSlowStart, FollowsARestart) {
  Engine engine;
  ASSERT_TRUE(engine.realm().add_fault({.fault = "life.restart", .arguments = Json::object({{"down_s", 60}})}));
  ASSERT_TRUE(engine.realm().add_fault({.fault = "life.slow_start", .arguments = Json::object({{"ms", 400}, {"for_s", 10}}),
                                        .phase = "before_send"}));
  EXPECT_EQ(delay_of(engine.get("/jwks")), 0) << "its answer is lost";
  engine.advance(60s);
  EXPECT_EQ(delay_of(engine.get("/jwks")), 400);
  engine.realm().reset();
  EXPECT_EQ(delay_of(engine.get("/jwks")), 0);
}

TEST(LifeSlowStart, AddsToWhatAnotherFaultAsksFor) {
  Engine engine;
  ASSERT_TRUE(engine.realm().add_fault({.fault = "life.slow_start", .arguments = Json::object({{"ms", 400}, {"for_s", 10}})}));
  ASSERT_TRUE(engine.realm().add_fault({.fault = "response.delay", .arguments = Json::object({{"ms", 50}})}));
  EXPECT_EQ(delay_of(engine.get("/jwks")), 450);
}

TEST(LifeRestart, ForgetsWhatWasIssuedOrKeepsIt) {
  for (const bool keep : {false, true}) {
    Engine engine;
    const auto tokens = body_of(engine.redeem(engine.code()));
    const auto refresh = *tokens.string_at("refresh_token");
    ASSERT_TRUE(engine.realm().add_fault({.fault = "life.restart", .when = {.endpoint = "jwks"},
                                          .arguments = Json::object({{"keep", keep}, {"down_s", 5}})}));
    EXPECT_EQ(engine.get("/jwks").delivery->then, Then::Reset);
    EXPECT_TRUE(engine.get("/jwks").delivery);
    engine.advance(5s);
    EXPECT_EQ(engine.refresh(refresh).status, keep ? 200 : 400);
    EXPECT_EQ(engine.redeem(engine.code()).status, 200);
  }
}

Arrival handshake() { return {.at = Arrival::At::Handshake}; }

TEST(ConnectionFaults, MeetOneConnectionAndThenBehave) {
  Engine engine;
  ASSERT_TRUE(engine.realm().add_fault({.fault = "connection.reset", .phase = "accept"}));
  EXPECT_EQ(engine.realm().welcome(handshake()).deed, Welcome::Deed::Serve);
  EXPECT_EQ(engine.realm().welcome({}).deed, Welcome::Deed::Reset);
  EXPECT_EQ(engine.realm().welcome({}).deed, Welcome::Deed::Serve);
  EXPECT_FALSE(engine.get("/jwks").delivery);
}

TEST(ConnectionFaults, EachOfTheHandshake) {
  using Certificate = Welcome::Certificate;
  const std::pair<const char*, Certificate> certificates[] = {{"tls.expired", Certificate::Expired},
                                                              {"tls.not_yet_valid", Certificate::NotYetValid},
                                                              {"tls.wrong_host", Certificate::WrongHost},
                                                              {"tls.self_signed", Certificate::SelfSigned},
                                                              {"tls.unknown_ca", Certificate::UnknownCa},
                                                              {"tls.forged_ca", Certificate::ForgedCa}};
  Engine engine;
  for (const auto& [fault, certificate] : certificates) {
    ASSERT_TRUE(engine.realm().add_fault({.fault = fault}));
    EXPECT_EQ(engine.realm().welcome({}).certificate, Certificate::Good);
    EXPECT_EQ(engine.realm().welcome(handshake()).certificate, certificate) << fault;
    EXPECT_EQ(engine.realm().welcome(handshake()).certificate, Certificate::Good);
  }
  const std::pair<const char*, Welcome::Deed> deeds[] = {{"tls.abort", Welcome::Deed::Alert},
                                                         {"tls.garbage", Welcome::Deed::Garbage}};
  for (const auto& [fault, deed] : deeds) {
    ASSERT_TRUE(engine.realm().add_fault({.fault = fault}));
    EXPECT_EQ(engine.realm().welcome(handshake()).deed, deed) << fault;
  }
  ASSERT_TRUE(engine.realm().add_fault({.fault = "tls.old_protocol"}));
  EXPECT_TRUE(engine.realm().welcome(handshake()).old_protocol);
  ASSERT_TRUE(engine.realm().add_fault({.fault = "connection.stall", .arguments = Json::object({{"limit_ms", 9}}), .phase = "handshake"}));
  EXPECT_EQ(engine.realm().welcome(handshake()).stall, 9ms);
}

TEST(ConnectionFaults, KnowNothingOfRequests) {
  Engine engine;
  const auto added = engine.realm().add_fault({.fault = "tls.expired", .when = {.client_id = "app"}});
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().pointer, "/when");
  EXPECT_TRUE(engine.realm().add_fault({.fault = "tls.expired", .when = {.nth = {2}}}));
  EXPECT_EQ(engine.realm().welcome(handshake()).certificate, Welcome::Certificate::Good);
  EXPECT_EQ(engine.realm().welcome(handshake()).certificate, Welcome::Certificate::Expired);
}

TEST(ConnectionFaults, AreOfTheRealmThatTheServerNameTells) {
  const mimir::codec::SystemClock clock;
  Server server(clock, "http://127.0.0.1:1");
  ASSERT_TRUE(server.create_realm({}));
  ASSERT_TRUE(server.create_realm({.name = "other"}));
  ASSERT_TRUE(server.find_realm("other")->add_fault({.fault = "tls.expired", .times = 0}));

  const auto certificate = [&](const char* name) {
    return server.welcome({.at = Arrival::At::Handshake, .server_name = name}).certificate;
  };
  EXPECT_EQ(certificate(""), Welcome::Certificate::Good);
  EXPECT_EQ(certificate("localhost"), Welcome::Certificate::Good);
  EXPECT_EQ(certificate("nobody.localhost"), Welcome::Certificate::Good);
  EXPECT_EQ(certificate("other.localhost"), Welcome::Certificate::Expired);
}

}  // namespace
}  // namespace mockoauth::server::testing
