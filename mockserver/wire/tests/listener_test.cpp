#include <mockoauth/wire/listener.hpp>

#include "wire/tests/raw_client.hpp"

#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mockoauth::wire {
namespace {

using testing::body_of;
using testing::count_of;
using testing::RawClient;
using testing::request_for;
using testing::status_of;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::size_t kLarge = 20 * 1024 * 1024;

server::HttpResponse serve(const server::HttpRequest& request) {
  const auto path = request.path();
  if (path == "/throw") throw std::runtime_error("hunter2");
  if (path == "/throw-number") throw 42;
  if (path == "/large") return {.body = std::string(kLarge, 'x')};
  if (path == "/medium") return {.body = std::string(kLarge / 4, 'x')};
  if (path == "/none") return {.status = 204};
  if (path == "/close") return {.headers = {{"Connection", "close"}}, .body = "bye"};
  if (path == "/raw") return {.body = request.raw};
  return {.body = request.method + " " + request.target + " " + request.body};
}

class ListenerTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto listener = Listener::bind({});
    ASSERT_TRUE(listener.has_value()) << listener.error().message;
    listener_ = std::move(*listener);
    listener_->start(serve);
  }
  static void TearDownTestSuite() { listener_.reset(); }

  static std::uint16_t port() { return listener_->port(); }
  static std::unique_ptr<Listener> listener_;
};
std::unique_ptr<Listener> ListenerTest::listener_;

TEST_F(ListenerTest, TellsItsOrigin) {
  EXPECT_GT(port(), 0);
  EXPECT_EQ(listener_->origin(), "http://127.0.0.1:" + std::to_string(port()));
}

TEST_F(ListenerTest, AnswersSeveralRequestsOnOneConnection) {
  RawClient client(port());
  for (int i = 0; i < 3; ++i) {
    const auto target = "/" + std::to_string(i);
    ASSERT_TRUE(client.send(request_for(target)));
    const auto reply = client.read_reply();
    EXPECT_EQ(status_of(reply), 200);
    EXPECT_EQ(body_of(reply), "GET " + target + " ");
    EXPECT_THAT(reply, HasSubstr("\r\nDate: "));
    EXPECT_THAT(reply, Not(HasSubstr("Connection:")));
  }
}

TEST_F(ListenerTest, AnswersPipelinedRequestsInOrder) {
  RawClient client(port());
  std::string bytes;
  for (int i = 0; i < 100; ++i) bytes += request_for("/" + std::to_string(i));

  ASSERT_TRUE(client.send(bytes));

  for (int i = 0; i < 100; ++i) ASSERT_EQ(body_of(client.read_reply()), "GET /" + std::to_string(i) + " ");
}

TEST_F(ListenerTest, KeepsTheOrderBehindAReplyThatTheSocketDoesNotTakeAtOnce) {
  RawClient client(port());
  ASSERT_TRUE(client.send(request_for("/medium") + request_for("/after") + request_for("/close")));

  EXPECT_EQ(body_of(client.read_reply()).size(), kLarge / 4);
  EXPECT_EQ(body_of(client.read_reply()), "GET /after ");
  EXPECT_EQ(body_of(client.read_reply()), "bye");
  EXPECT_EQ(client.read_to_end(), "");
  EXPECT_TRUE(client.ended());
}

TEST_F(ListenerTest, ReadsARequestByteByByte) {
  const std::string bytes =
      "POST /drip HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
  RawClient client(port());
  for (const char c : bytes) ASSERT_TRUE(client.send({&c, 1}));

  EXPECT_EQ(body_of(client.read_reply()), "POST /drip abcde");
}

TEST_F(ListenerTest, GivesTheHandlerTheBytesAsReceived) {
  const std::string bytes = "GET /raw?a=%20 HTTP/1.1\r\nhost: x\r\nX-A:  1\r\nX-A: 2\r\n\r\n";
  RawClient client(port());
  ASSERT_TRUE(client.send(bytes));

  EXPECT_EQ(body_of(client.read_reply()), bytes);
}

TEST_F(ListenerTest, SendsTheBodyOf100ContinueOnRequest) {
  RawClient client(port());
  ASSERT_TRUE(client.send("POST /x HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"));

  EXPECT_EQ(client.read_reply(), "HTTP/1.1 100 Continue\r\n\r\n");
  ASSERT_TRUE(client.send("ab"));
  EXPECT_EQ(body_of(client.read_reply()), "POST /x ab");
}

TEST_F(ListenerTest, SendsNoBodyToHeadAndStaysInStep) {
  RawClient client(port());
  ASSERT_TRUE(client.send("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n" + request_for("/none") + request_for("/b")));

  EXPECT_THAT(client.read_reply(false), HasSubstr("Content-Length: 8\r\n"));
  EXPECT_EQ(status_of(client.read_reply(false)), 204);
  EXPECT_EQ(body_of(client.read_reply()), "GET /b ");
}

TEST_F(ListenerTest, ClosesWhenTheRequestTheVersionOrTheResponseAsksForIt) {
  for (const std::string request : {"GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                                    "GET /a HTTP/1.0\r\n\r\n", "GET /close HTTP/1.1\r\nHost: x\r\n\r\n"}) {
    SCOPED_TRACE(request);
    RawClient client(port());
    // The second request comes after the last one that is answered.
    ASSERT_TRUE(client.send(request + request_for("/unanswered")));

    const auto all = client.read_to_end();

    EXPECT_TRUE(client.ended());
    EXPECT_EQ(status_of(all), 200);
    EXPECT_THAT(all, HasSubstr("\r\nConnection: close\r\n"));
    EXPECT_EQ(count_of(all, "HTTP/1.1 "), 1U);
  }
}

TEST_F(ListenerTest, RefusesBadFramingOnceAndCloses) {
  const std::vector<std::pair<std::string, int>> cases = {
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400},
      {"\x16\x03\x01\x02\x01\x01\xfc\x03\x03", 400},
      {"GET / HTTP/1.1\nHost: x\n\n", 400},
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n", 413},
      {"GET / HTTP/1.1\r\nX: " + std::string(70'000, 'a'), 431},
      {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", 501},
      {"GET / HTTP/3.0\r\nHost: x\r\n\r\n", 505},
  };
  for (const auto& [bytes, status] : cases) {
    SCOPED_TRACE(bytes.substr(0, 60));
    RawClient client(port());
    ASSERT_TRUE(client.send(bytes));
    client.half_close();

    const auto all = client.read_to_end();

    EXPECT_TRUE(client.ended());
    EXPECT_EQ(status_of(all), status);
    EXPECT_THAT(all, HasSubstr("\r\nConnection: close\r\n"));
    EXPECT_EQ(count_of(all, "\r\nContent-Length: "), 1U);
  }
}

TEST_F(ListenerTest, AnswersTooLargeABodyOnceThoughTheClientIsStillSending) {
  RawClient client(port());
  ASSERT_TRUE(client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"));
  const std::string chunk = "10000\r\n" + std::string(65'536, 'a') + "\r\n";
  // 4 MB: as much as fits before and while the refusal travels; the server reads on and drops it.
  for (int i = 0; i < 64; ++i) client.send(chunk);

  const auto all = client.read_to_end();

  EXPECT_FALSE(client.was_reset());
  EXPECT_EQ(status_of(all), 413);
  EXPECT_EQ(count_of(all, "HTTP/1.1 413"), 1U);
}

TEST_F(ListenerTest, AnswersAFailingHandlerWith500WithoutTellingWhy) {
  RawClient client(port());
  for (const auto* path : {"/throw", "/throw-number"}) {
    ASSERT_TRUE(client.send(request_for(path)));
    const auto reply = client.read_reply();
    EXPECT_EQ(status_of(reply), 500);
    EXPECT_THAT(reply, Not(HasSubstr("hunter2")));
  }
}

TEST_F(ListenerTest, ServesOthersWhileALargeReplyIsNotRead) {
  RawClient slow(port(), 4096);
  ASSERT_TRUE(slow.send(request_for("/large")));
  // As many neighbours as make every worker busy with one at least.
  for (int i = 0; i < 8; ++i) {
    RawClient other(port());
    ASSERT_TRUE(other.send(request_for("/other")));
    EXPECT_EQ(body_of(other.read_reply()), "GET /other ");
  }

  EXPECT_EQ(body_of(slow.read_reply()).size(), kLarge);
}

TEST_F(ListenerTest, CutsOffAClientThatAsksOnAndOnWithoutReading) {
  RawClient client(port(), 4096);
  ASSERT_TRUE(client.send(request_for("/large") + request_for("/large") + request_for("/large")));

  EXPECT_LT(client.read_to_end().size(), 2 * kLarge);
}

TEST_F(ListenerTest, SurvivesClientsThatLeaveEarly) {
  for (int i = 0; i < 100; ++i) {
    RawClient client(port());
    ASSERT_TRUE(client.send(i % 2 == 0 ? request_for("/medium") : "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab"));
    if (i % 4 < 2) client.reset();
  }

  RawClient client(port());
  ASSERT_TRUE(client.send(request_for("/still")));
  EXPECT_EQ(body_of(client.read_reply()), "GET /still ");
}

TEST_F(ListenerTest, Answers200ClientsAtOnceEachWithItsOwnReply) {
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 200; ++i) clients.push_back(std::make_unique<RawClient>(port()));
  std::atomic<int> right = 0;
  std::vector<std::thread> threads;
  for (std::size_t part = 0; part < 4; ++part) {
    threads.emplace_back([&, part] {
      for (std::size_t i = part; i < clients.size(); i += 4) clients[i]->send(request_for("/" + std::to_string(i)));
      for (std::size_t i = part; i < clients.size(); i += 4) {
        if (body_of(clients[i]->read_reply()) == "GET /" + std::to_string(i) + " ") ++right;
      }
    });
  }
  for (auto& thread : threads) thread.join();

  EXPECT_EQ(right, 200);
}

TEST_F(ListenerTest, NeverGivesAReplyToTheWrongClient) {
  // Connections come and go, so that descriptor numbers are used again at once; half of the clients leave unanswered.
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int part = 0; part < 4; ++part) {
    threads.emplace_back([&, part] {
      for (int i = 0; i < 200; ++i) {
        const auto target = "/" + std::to_string(part) + "-" + std::to_string(i);
        RawClient client(port());
        client.send(request_for(target));
        if (i % 2 == 0) continue;
        if (body_of(client.read_reply()) != "GET " + target + " ") ++wrong;
      }
    });
  }
  for (auto& thread : threads) thread.join();

  EXPECT_EQ(wrong, 0);
}

TEST_F(ListenerTest, NamesTheHolderOfAPortInUse) {
  const auto second = Listener::bind({.port = port()});

  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, "listen.port_in_use");
  EXPECT_EQ(second.error().message, "port " + std::to_string(port()) + " is in use by process " +
                                        std::to_string(::getpid()) +
                                        " (wire_tests); choose another with --port, or --port 0 for any free one");
}

TEST(ListenerLimits, ClosesAnIdleConnectionSilentlyAndTellsASlowRequest) {
  auto listener = Listener::bind({.request_timeout = std::chrono::milliseconds(60),
                                  .idle_timeout = std::chrono::milliseconds(60)});
  ASSERT_TRUE(listener.has_value());
  (*listener)->start(serve);
  RawClient never((*listener)->port());
  RawClient idle((*listener)->port());
  RawClient slow((*listener)->port());
  RawClient stalled((*listener)->port(), 4096);
  ASSERT_TRUE(idle.send(request_for("/a")));
  ASSERT_TRUE(slow.send("GET / HTTP/1.1\r\nHost: x\r\n"));
  ASSERT_TRUE(stalled.send(request_for("/large")));

  EXPECT_EQ(never.read_to_end(), "");
  EXPECT_TRUE(never.ended());
  EXPECT_EQ(body_of(idle.read_to_end()), "GET /a ");
  EXPECT_TRUE(idle.ended());
  EXPECT_EQ(status_of(slow.read_to_end()), 408);
  EXPECT_TRUE(slow.ended());
  ASSERT_TRUE(stalled.wait_for_bytes());
  // The limit three times over, by the clock of clients that came later: nothing of the large reply was read meanwhile,
  // so that only what the buffers of the system hold can still come.
  for (int i = 0; i < 3; ++i) {
    RawClient later((*listener)->port());
    ASSERT_TRUE(later.send("GET / HT"));
    EXPECT_EQ(status_of(later.read_to_end()), 408);
  }
  EXPECT_LT(stalled.read_to_end().size(), kLarge);
}

TEST(ListenerLimits, ADripOfBytesDoesNotMoveTheLimitOfARequest) {
  auto listener = Listener::bind({.request_timeout = std::chrono::milliseconds(100)});
  ASSERT_TRUE(listener.has_value());
  (*listener)->start(serve);
  RawClient client((*listener)->port());
  ASSERT_TRUE(client.send("GET / HTTP/1.1\r\nHost: x\r\nX: "));
  std::atomic<bool> done = false;
  std::thread drip([&] {
    // Bounded by the deadline of the reader below; 60 000 bytes stay under the header limit.
    for (int i = 0; i < 60'000 && !done; ++i) {
      if (!client.send("a")) return;
      std::this_thread::yield();
    }
  });

  const auto all = client.read_to_end();
  done = true;
  drip.join();

  EXPECT_THAT(all, StartsWith("HTTP/1.1 4"));
}

TEST(ListenerStop, EveryClientSeesTheEndOfItsStream) {
  auto listener = Listener::bind({});
  ASSERT_TRUE(listener.has_value());
  (*listener)->start(serve);
  const auto port = (*listener)->port();
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 100; ++i) {
    clients.push_back(std::make_unique<RawClient>(port));
    // Some are served, some in the middle of a request, some have just connected.
    if (i % 3 == 0) {
      clients.back()->send(request_for("/a"));
      EXPECT_EQ(status_of(clients.back()->read_reply()), 200);
    } else if (i % 3 == 1) {
      clients.back()->send("GET / HT");
    }
  }

  (*listener)->stop();
  (*listener)->stop();

  for (auto& client : clients) {
    EXPECT_EQ(client->read_to_end(), "");
    EXPECT_TRUE(client->ended() || client->was_reset());
  }
  EXPECT_FALSE(RawClient(port).connected());
  EXPECT_EQ(describe_port_holder(port), "");
}

TEST(ListenerStop, LetsARunningAnswerFinish) {
  std::atomic<bool> entered = false;
  std::atomic<bool> leave = false;
  auto listener = Listener::bind({});
  ASSERT_TRUE(listener.has_value());
  (*listener)->start([&](const server::HttpRequest& request) {
    if (request.target == "/idle") return server::HttpResponse{};
    entered = true;
    entered.notify_all();
    leave.wait(false);
    return server::HttpResponse{.body = "done"};
  });
  RawClient idle((*listener)->port());
  // Answered once: a connection that is not accepted yet is closed last.
  ASSERT_TRUE(idle.send(request_for("/idle")));
  ASSERT_EQ(status_of(idle.read_reply()), 200);
  RawClient client((*listener)->port());
  ASSERT_TRUE(client.send(request_for("/")));
  entered.wait(false);

  std::thread stopper([&] { (*listener)->stop(); });
  // The idle connection is closed first: the stop has begun.
  EXPECT_EQ(idle.read_to_end(), "");
  leave = true;
  leave.notify_all();
  stopper.join();

  const auto all = client.read_to_end();
  EXPECT_EQ(body_of(all), "done");
  EXPECT_THAT(all, HasSubstr("Connection: close"));
  EXPECT_TRUE(client.ended());
}

TEST(ListenerStop, CanBeStartedAgain30TimesOnTheSamePort) {
  std::uint16_t port = 0;
  for (int i = 0; i < 30; ++i) {
    auto listener = Listener::bind({.port = port});
    ASSERT_TRUE(listener.has_value()) << listener.error().message;
    port = (*listener)->port();
    (*listener)->start(serve);
    RawClient client(port);
    ASSERT_TRUE(client.send(request_for("/a")));
    ASSERT_EQ(status_of(client.read_reply()), 200);
  }
}

TEST(ListenerStop, NeedsNoStartBefore) {
  std::uint16_t port = 0;
  {
    auto listener = Listener::bind({});
    ASSERT_TRUE(listener.has_value());
    port = (*listener)->port();
  }
  EXPECT_FALSE(RawClient(port).connected());
}

TEST(ListenerBind, RefusesABadAddressInWords) {
  const auto listener = Listener::bind({.host = "300.1.2.3"});

  ASSERT_FALSE(listener.has_value());
  EXPECT_EQ(listener.error().code, "listen.failed");
  EXPECT_THAT(listener.error().message, StartsWith("cannot listen on 300.1.2.3:0: "));
}

TEST(PortHolder, IsEmptyForAPortThatNobodyHolds) { EXPECT_EQ(describe_port_holder(0), ""); }

}  // namespace
}  // namespace mockoauth::wire
