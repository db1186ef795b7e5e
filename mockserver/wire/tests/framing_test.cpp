#include "wire/framing.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mockoauth::wire {
namespace {

using Outcome = Framing::Outcome;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

constexpr FramingLimits kSmall{.max_header_bytes = 512, .max_body_bytes = 64};

Framing::Step only_step(std::string_view bytes, FramingLimits limits = kSmall) {
  Framing framing(limits);
  framing.feed(bytes);
  return framing.next();
}

std::vector<Framing::Step> steps_of(std::string_view bytes, std::size_t width, FramingLimits limits = kSmall) {
  Framing framing(limits);
  std::vector<Framing::Step> steps;
  while (!bytes.empty()) {
    framing.feed(bytes.substr(0, width));
    bytes.remove_prefix(std::min(width, bytes.size()));
    for (auto step = framing.next(); step.outcome != Outcome::NeedMore; step = framing.next()) steps.push_back(step);
  }
  return steps;
}

TEST(Framing, KeepsOrderSpellingDuplicatesAndRawBytes) {
  const std::string bytes = "POST /token?a=1&a=%20 HTTP/1.1\r\nhOST: x\r\nDPoP: 1\r\nX-B: \r\nDPoP:  2 \r\nContent-Length: 3\r\n\r\nb=c";

  const auto step = only_step(bytes);

  ASSERT_EQ(step.outcome, Outcome::Request) << step.why;
  EXPECT_EQ(step.request.method, "POST");
  EXPECT_EQ(step.request.target, "/token?a=1&a=%20");
  EXPECT_THAT(step.request.headers, ElementsAre(Pair("hOST", "x"), Pair("DPoP", "1"), Pair("X-B", ""), Pair("DPoP", "2"),
                                                Pair("Content-Length", "3")));
  EXPECT_EQ(step.request.body, "b=c");
  EXPECT_EQ(step.request.raw, bytes);
  EXPECT_TRUE(step.keep_alive);
}

TEST(Framing, TakesPipelinedRequestsApartWhateverTheStepsTheyArriveIn) {
  const std::string chunked =
      "POST /2 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n1\r\nd\r\n0\r\nX-T: 1\r\n\r\n";
  const std::string bytes = "GET /1 HTTP/1.1\r\nHost: x\r\n\r\n" + chunked +
                            "\r\nPOST /3 HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nGET GET /4 HTTP/1.1\r\nHost: x\r\n\r\n";
  for (const std::size_t width : {1U, 2U, 3U, 7U, 64U, 4096U}) {
    SCOPED_TRACE(width);

    const auto steps = steps_of(bytes, width);

    ASSERT_EQ(steps.size(), 4U);
    for (const auto& step : steps) EXPECT_EQ(step.outcome, Outcome::Request) << step.why;
    EXPECT_EQ(steps[0].request.target, "/1");
    EXPECT_EQ(steps[1].request.body, "abcd");
    EXPECT_EQ(steps[1].request.raw, chunked);
    EXPECT_FALSE(steps[1].request.header("X-T").has_value()) << "a trailer field became a header field";
    EXPECT_EQ(steps[2].request.body, "GET ");
    EXPECT_EQ(steps[3].request.target, "/4");
  }
}

TEST(Framing, TurnsTheAbsoluteFormIntoTheOriginForm) {
  EXPECT_EQ(only_step("GET http://x:1/a?b HTTP/1.1\r\nHost: x:1\r\n\r\n").request.target, "/a?b");
  EXPECT_EQ(only_step("GET HTTP://x HTTP/1.1\r\nHost: x\r\n\r\n").request.target, "/");
  EXPECT_EQ(only_step("GET http://x?q HTTP/1.1\r\nHost: x\r\n\r\n").request.target, "/?q");
  EXPECT_EQ(only_step("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n").request.target, "*");
}

TEST(Framing, ClosesForHttp10AndConnectionClose) {
  EXPECT_FALSE(only_step("GET / HTTP/1.0\r\n\r\n").keep_alive);
  EXPECT_FALSE(only_step("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").keep_alive);
  EXPECT_FALSE(only_step("GET / HTTP/1.1\r\nHost: x\r\nConnection: foo , CLOSE\r\n\r\n").keep_alive);
  EXPECT_TRUE(only_step("GET / HTTP/1.1\r\nHost: x\r\nConnection: closed\r\n\r\n").keep_alive);
}

TEST(Framing, TellsOnceThatTheClientWaitsFor100) {
  Framing framing(kSmall);
  framing.feed("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n");

  EXPECT_EQ(framing.next().outcome, Outcome::Continue);
  EXPECT_EQ(framing.next().outcome, Outcome::NeedMore);
  framing.feed("ab");
  const auto step = framing.next();

  EXPECT_EQ(step.outcome, Outcome::Request);
  EXPECT_EQ(step.request.body, "ab");
}

TEST(Framing, SendsNo100ToAClientThatSentTheBodyAnyway) {
  EXPECT_EQ(only_step("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nab").outcome,
            Outcome::Request);
  EXPECT_EQ(only_step("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 0\r\n\r\n").outcome,
            Outcome::Request);
  EXPECT_EQ(only_step("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n").outcome,
            Outcome::NeedMore);
}

TEST(Framing, ReadsAnEmptyChunkedBodyInAnySteps) {
  for (const std::size_t width : {1U, 2U, 3U, 4U, 100U}) {
    const auto steps = steps_of("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", width);

    ASSERT_EQ(steps.size(), 1U) << width;
    EXPECT_EQ(steps[0].outcome, Outcome::Request) << steps[0].why;
    EXPECT_EQ(steps[0].request.body, "");
  }
}

struct Hostile {
  const char* what;
  std::string bytes;
  int status;
};

std::vector<Hostile> hostile_requests() {
  const std::string line = "GET / HTTP/1.1\r\n";
  const std::string post = "POST / HTTP/1.1\r\nHost: x\r\n";
  return {
      {"no Host", line + "\r\n", 400},
      {"two Hosts", line + "Host: x\r\nHost: x\r\n\r\n", 400},
      {"Host with a path", line + "Host: x/y\r\n\r\n", 400},
      {"garbage", "\x16\x03\x01\x02\x01", 400},
      {"no request line", "hello\r\n\r\n", 400},
      {"no version", "GET /\r\n\r\n", 400},
      {"version without minor", "GET / HTTP/1\r\nHost: x\r\n\r\n", 400},
      {"version 2", "GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505},
      {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
      {"version 0.9", "GET / HTTP/0.9\r\n\r\n", 505},
      {"field without colon", line + "Host x\r\n\r\n", 400},
      {"space before colon", line + "Host : x\r\n\r\n", 400},
      {"folded field", line + "Host: x\r\nX-A: b\r\n c\r\n\r\n", 400},
      {"NUL in a value", line + "Host: x\r\nX-A: b" + std::string(1, '\0') + "\r\n\r\n", 400},
      {"bare LF in the request line", "GET / HTTP/1.1\n", 400},
      {"bare LF in a field", line + "Host: x\n", 400},
      {"bare CR in a field", line + "Host: x\rX: y\r\n\r\n", 400},
      {"fragment", "GET /#a HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"authority form", "CONNECT x:1 HTTP/1.1\r\nHost: x:1\r\n\r\n", 400},
      {"relative target", "GET token HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"negative length", post + "Content-Length: -1\r\n\r\n", 400},
      {"length in words", post + "Content-Length: abc\r\n\r\n", 400},
      {"length beyond 64 bits", post + "Content-Length: 99999999999999999999999\r\n\r\n", 400},
      {"two lengths", post + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400},
      {"two equal lengths", post + "Content-Length: 1\r\nContent-Length: 1\r\n\r\na", 400},
      {"length and chunked", post + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {"chunked and length", post + "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n", 400},
      {"chunked on 1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {"gzip, chunked", post + "Transfer-Encoding: gzip, chunked\r\n\r\n", 501},
      {"gzip", post + "Transfer-Encoding: gzip\r\n\r\n", 501},
      {"bad chunk size", post + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n", 400},
      {"chunk size beyond 64 bits", post + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n", 400},
      {"chunk without its end", post + "Transfer-Encoding: chunked\r\n\r\n1\r\nabcd\r\n\r\n", 400},
      {"other expectation", post + "Expect: cake\r\n\r\n", 417},
      {"announced body too large", post + "Content-Length: 65\r\n\r\n", 413},
      {"chunked body too large", post + "Transfer-Encoding: chunked\r\n\r\n41\r\n" + std::string(65, 'a'), 413},
      {"request line too long", "GET /" + std::string(600, 'a'), 414},
      {"header too large", line + "X-A: " + std::string(600, 'a'), 431},
      {"endless chunk extension", post + "Transfer-Encoding: chunked\r\n\r\n1;" + std::string(600, 'a'), 431},
      {"endless trailer", post + "Transfer-Encoding: chunked\r\n\r\n0\r\nX: " + std::string(600, 'a'), 431},
      {"only empty lines", "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n", 400},
  };
}

TEST(Framing, RefusesHostileRequestsWithTheRightStatus) {
  for (const auto& hostile : hostile_requests()) {
    for (const std::size_t width : {1U, 5U, 4096U}) {
      SCOPED_TRACE(hostile.what + std::string(", in steps of ") + std::to_string(width));

      const auto steps = steps_of(hostile.bytes, width);

      ASSERT_EQ(steps.size(), 1U);
      ASSERT_EQ(steps[0].outcome, Outcome::Refused);
      EXPECT_EQ(steps[0].status, hostile.status) << steps[0].why;
      EXPECT_FALSE(steps[0].why.empty());
    }
  }
}

// What a sender means must not depend on how the network cuts its bytes: requests and refusals are compared between
// one piece, single bytes and random pieces, for thousands of damaged requests.
TEST(Framing, GivesTheSameOutcomesForTheSameBytesHoweverCut) {
  const std::string chunked =
      "POST /2 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n1\r\nd\r\n0\r\nX-T: 1\r\n\r\n";
  const std::string seed = "GET /1 HTTP/1.1\r\nHost: x\r\n\r\n" + chunked + "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc";
  constexpr std::string_view kDamage = std::string_view("\r\n\0\xff :;,0159afHh/\t", 19);
  std::mt19937 random(20'240'501);
  const auto below = [&](std::size_t limit) { return random() % limit; };
  const auto targets = [](const std::vector<Framing::Step>& steps) {
    std::vector<std::string> seen;
    for (const auto& step : steps) {
      if (step.outcome == Outcome::Request) seen.push_back(step.request.target + " " + step.request.body);
    }
    return seen;
  };

  for (int round = 0; round < 1'500; ++round) {
    auto bytes = seed;
    for (std::size_t damage = below(3); damage > 0; --damage) {
      const auto at = below(bytes.size());
      switch (below(3)) {
        case 0: bytes[at] = kDamage[below(kDamage.size())]; break;
        case 1: bytes.erase(at, 1 + below(3)); break;
        default: bytes.insert(at, 1, kDamage[below(kDamage.size())]); break;
      }
    }
    const auto whole = steps_of(bytes, bytes.size());

    EXPECT_EQ(targets(steps_of(bytes, 1)), targets(whole)) << ::testing::PrintToString(bytes);
    EXPECT_EQ(targets(steps_of(bytes, 1 + below(40))), targets(whole)) << ::testing::PrintToString(bytes);
    if (HasFailure()) break;
  }
}

TEST(Framing, RefusalIsFinal) {
  Framing framing(kSmall);
  framing.feed("nonsense\r\n\r\n");
  ASSERT_EQ(framing.next().outcome, Outcome::Refused);

  framing.feed("GET / HTTP/1.1\r\nHost: x\r\n\r\n");

  EXPECT_EQ(framing.next().outcome, Outcome::NeedMore);
  EXPECT_FALSE(framing.mid_request());
}

TEST(Framing, BoundsABodyOfTinyChunksWithLongExtensions) {
  Framing framing({.max_header_bytes = 1024, .max_body_bytes = 1024});
  framing.feed("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
  const std::string chunk = "1;" + std::string(1000, 'e') + "\r\nx\r\n";
  std::size_t fed = 0;
  auto step = framing.next();

  for (; step.outcome == Outcome::NeedMore && fed < 1024 * 1024; fed += chunk.size()) {
    framing.feed(chunk);
    step = framing.next();
  }

  EXPECT_EQ(step.status, 413);
  EXPECT_LT(fed, 32U * 1024);
}

TEST(Framing, ReadsABodyOfExactlyTheLimit) {
  const auto step = only_step("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 64\r\n\r\n" + std::string(64, 'a'));

  EXPECT_EQ(step.outcome, Outcome::Request) << step.why;
}

TEST(Framing, KnowsWhetherARequestHasBegun) {
  Framing framing(kSmall);
  EXPECT_FALSE(framing.mid_request());
  framing.feed("G");
  EXPECT_EQ(framing.next().outcome, Outcome::NeedMore);
  EXPECT_TRUE(framing.mid_request());
  framing.feed("ET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(framing.next().outcome, Outcome::Request);
  EXPECT_FALSE(framing.mid_request());
}

}  // namespace
}  // namespace mockoauth::wire
