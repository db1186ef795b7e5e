#include <mockoauth/server/delivery.hpp>
#include <mockoauth/wire/listener.hpp>

#include "wire/tests/raw_client.hpp"

#include <functional>
#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mockoauth::wire {
namespace {

using server::Delivery;
using std::chrono::milliseconds;
using testing::body_of;
using testing::RawClient;
using testing::request_for;
using testing::status_of;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

const std::string kBody(100, 'b');

// `/plain` is answered as ever, everything else as `delivery_` says.
class DeliveryTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto listener = Listener::bind({.threads = 1});
    ASSERT_TRUE(listener.has_value()) << listener.error().message;
    listener_ = std::move(*listener);
    listener_->start([this](const server::HttpRequest& request) {
      server::HttpResponse response{.body = kBody};
      if (request.path() == "/plain") return response;
      response.delivery = std::make_shared<const Delivery>(delivery_);
      return response;
    });
  }

  std::unique_ptr<RawClient> ask(const std::string& bytes = request_for("/")) {
    auto client = std::make_unique<RawClient>(listener_->port());
    EXPECT_TRUE(client->send(bytes));
    return client;
  }
  void expect_others_are_served() {
    EXPECT_EQ(body_of(ask(request_for("/plain"))->read_reply()), kBody);
  }

  Delivery delivery_;
  std::unique_ptr<Listener> listener_;
};

TEST_F(DeliveryTest, AsEverWhenNothingIsAskedFor) {
  const auto client = ask(request_for("/") + request_for("/plain"));
  EXPECT_EQ(body_of(client->read_reply()), kBody);
  EXPECT_EQ(body_of(client->read_reply()), kBody);
}

TEST_F(DeliveryTest, ClosesInOrderBeforeTheFirstByte) {
  delivery_ = {.place = Delivery::Place::BeforeAnswer, .then = Delivery::Then::Close};
  const auto client = ask();
  EXPECT_EQ(client->read_to_end(), "");
  EXPECT_TRUE(client->ended());
  expect_others_are_served();
}

TEST_F(DeliveryTest, ResetsBeforeTheFirstByte) {
  delivery_ = {.place = Delivery::Place::BeforeAnswer, .then = Delivery::Then::Reset};
  const auto client = ask();
  EXPECT_EQ(client->read_to_end(), "");
  EXPECT_TRUE(client->was_reset());
  expect_others_are_served();
}

TEST_F(DeliveryTest, BreaksOffWithinAHeaderLine) {
  delivery_ = {.place = Delivery::Place::MidHeaders, .then = Delivery::Then::Close};
  const auto client = ask();
  const auto got = client->read_to_end();
  EXPECT_THAT(got, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(got, Not(HasSubstr("\r\n\r\n")));
  EXPECT_THAT(got, Not(EndsWith("\n")));
  EXPECT_TRUE(client->ended());
}

TEST_F(DeliveryTest, ResetsInTheMiddleOfTheBodyOnceThatHasArrived) {
  delivery_ = {.place = Delivery::Place::MidBody, .then = Delivery::Then::Reset};
  for (int i = 0; i < 20; ++i) {
    const auto client = ask();
    const auto got = client->read_to_end();
    EXPECT_THAT(got, HasSubstr("Content-Length: 100\r\n"));
    EXPECT_EQ(body_of(got), kBody.substr(0, 50));
    EXPECT_TRUE(client->was_reset());
  }
  expect_others_are_served();
}

TEST_F(DeliveryTest, ResetsBehindAWholeAnswer) {
  delivery_ = {.then = Delivery::Then::Reset};
  const auto client = ask();
  EXPECT_EQ(body_of(client->read_to_end()), kBody);
  EXPECT_TRUE(client->was_reset());
}

TEST_F(DeliveryTest, FallsSilentAndClosesInTheEnd) {
  delivery_ = {.place = Delivery::Place::MidBody, .then = Delivery::Then::Stall, .stall = milliseconds(30)};
  const auto client = ask();
  EXPECT_EQ(body_of(client->read_to_end()), kBody.substr(0, 50));
  EXPECT_TRUE(client->ended());
}

TEST_F(DeliveryTest, StopsWhileAConnectionIsSilent) {
  delivery_ = {.place = Delivery::Place::BeforeAnswer, .then = Delivery::Then::Stall};
  const auto client = ask();
  expect_others_are_served();
  listener_->stop();
  EXPECT_EQ(client->read_to_end(), "");
}

TEST_F(DeliveryTest, ADelayedAnswerComesWholeAndTheConnectionGoesOn) {
  delivery_ = {.delay = milliseconds(20)};
  const auto client = ask(request_for("/") + request_for("/plain"));
  expect_others_are_served();
  EXPECT_EQ(body_of(client->read_reply()), kBody);
  EXPECT_EQ(body_of(client->read_reply()), kBody);
  ASSERT_TRUE(client->send(request_for("/plain")));
  EXPECT_EQ(body_of(client->read_reply()), kBody);
}

TEST_F(DeliveryTest, DripsByteByByte) {
  delivery_ = {.piece_bytes = 1, .piece_pause = milliseconds(0)};
  const auto client = ask(request_for("/") + request_for("/plain"));
  EXPECT_EQ(body_of(client->read_reply()), kBody);
  EXPECT_EQ(body_of(client->read_reply()), kBody);
}

TEST_F(DeliveryTest, SendsOtherBytesInItsPlace) {
  delivery_ = {.raw = std::string("\x16\x03\x01 no http", 11)};
  const auto client = ask();
  EXPECT_EQ(client->read_to_end(), std::string("\x16\x03\x01 no http", 11));
  EXPECT_TRUE(client->ended());
}

TEST_F(DeliveryTest, TellsOtherLengths) {
  delivery_ = {.framing = server::Headers{{"Content-Length", "7"}, {"Content-Length", "many"}}};
  const auto got = ask()->read_to_end();
  EXPECT_THAT(got, HasSubstr("Content-Length: 7\r\nContent-Length: many\r\n"));
  EXPECT_THAT(got, Not(HasSubstr("Content-Length: 100")));
  EXPECT_THAT(got, EndsWith(kBody));
}

TEST_F(DeliveryTest, PoursUntilTheAgreedEnd) {
  delivery_ = {.framing = server::Headers{}, .endless = std::string(1000, ' '), .endless_bytes = 50'000'000};
  const auto got = ask()->read_to_end();
  EXPECT_GE(got.size(), 50'000'000U);
  EXPECT_LE(got.size(), 50'010'000U);
}

TEST_F(DeliveryTest, PoursNoFurtherWhenTheClientHasLeft) {
  delivery_ = {.framing = server::Headers{}, .endless = std::string(1000, ' ')};
  {
    const auto client = ask();
    ASSERT_TRUE(client->wait_for_bytes());
    expect_others_are_served();
    client->reset();
  }
  expect_others_are_served();
  listener_->stop();
}

TEST(DeliveryPlaces, AreReadAsTheyAreWritten) {
  for (const auto place : {Delivery::Place::BeforeAnswer, Delivery::Place::MidHeaders, Delivery::Place::MidBody,
                           Delivery::Place::AfterAnswer}) {
    EXPECT_EQ(server::parse_delivery_place(server::to_string(place)), place);
  }
  EXPECT_FALSE(server::parse_delivery_place("somewhere"));
}

}  // namespace
}  // namespace mockoauth::wire
