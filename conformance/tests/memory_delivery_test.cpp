// What a client in memory sees of an answer that is spoiled on its way is what one on a wire sees.
#include "drivers/memory_delivery.hpp"

#include <gtest/gtest.h>

namespace mockoauth::conformance::internal {
namespace {

using mimir::oauth::Sent;
using server::Delivery;
using std::chrono::milliseconds;

struct Seen {
  std::string code;  ///< Empty: an answer came.
  Sent sent;
  milliseconds taken;
};

Seen see(const Delivery& delivery, std::string body = std::string(100, 'b')) {
  const server::HttpResponse answer{.status = 200, .headers = {{"Content-Type", "text/plain"}}, .body = std::move(body)};
  milliseconds taken{0};
  const auto outcome = deliver(answer, delivery, {.url = "http://127.0.0.1:1/", .timeout = milliseconds(5'000)},
                               [&](milliseconds by) { taken += by; });
  if (outcome.response) {
    EXPECT_EQ(outcome.response->body.expose(), answer.body);
  }
  return {outcome.response ? "" : outcome.response.error().code, outcome.sent, taken};
}

void expect_seen(const Delivery& delivery, const std::string& code, Sent sent, milliseconds taken = milliseconds(0)) {
  const auto seen = see(delivery);
  EXPECT_EQ(seen.code, code);
  EXPECT_EQ(seen.sent, sent);
  EXPECT_EQ(seen.taken, taken);
}

TEST(MemoryDelivery, BringsWhatArrivesWholeAndLate) {
  expect_seen({}, "", Sent::Yes);
  expect_seen({.delay = milliseconds(1'200)}, "", Sent::Yes, milliseconds(1'200));
  expect_seen({.piece_bytes = 10, .piece_pause = milliseconds(20)}, "", Sent::Yes, milliseconds(220));
  expect_seen({.then = Delivery::Then::Reset}, "", Sent::Yes);
}

TEST(MemoryDelivery, ALostAnswerLeavesOpenWhetherTheRequestArrived) {
  expect_seen({.place = Delivery::Place::BeforeAnswer, .then = Delivery::Then::Reset}, "network.broken", Sent::Maybe);
  expect_seen({.place = Delivery::Place::BeforeAnswer, .then = Delivery::Then::Close}, "network.broken", Sent::Maybe);
}

TEST(MemoryDelivery, AnAnswerThatBreaksOffIsNone) {
  expect_seen({.place = Delivery::Place::MidHeaders, .then = Delivery::Then::Reset}, "network.broken", Sent::Yes);
  expect_seen({.place = Delivery::Place::MidBody, .then = Delivery::Then::Close}, "network.truncated", Sent::Yes);
  expect_seen({.raw = "SSH-2.0"}, "http.garbage", Sent::Yes);
  expect_seen({.framing = server::Headers{}, .endless = " "}, "http.response_too_large", Sent::Yes);
}

TEST(MemoryDelivery, WhatTakesLongerThanTheClientWaitsTimesOut) {
  const milliseconds limit(5'000);
  expect_seen({.delay = limit}, "network.timeout", Sent::Yes, limit);
  expect_seen({.place = Delivery::Place::BeforeAnswer, .then = Delivery::Then::Stall}, "network.timeout", Sent::Maybe, limit);
  expect_seen({.piece_bytes = 1, .piece_pause = milliseconds(60)}, "network.timeout", Sent::Yes, limit);
  expect_seen({.endless = " ", .endless_pause = milliseconds(1)}, "network.timeout", Sent::Yes, limit);
}

}  // namespace
}  // namespace mockoauth::conformance::internal
