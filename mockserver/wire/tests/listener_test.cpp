#include <mockoauth/wire/listener.hpp>

#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <ctime>
#include <future>
#include <stdexcept>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "raw_client.hpp"

namespace mockoauth::wire {
namespace {

using server::HttpRequest;
using server::HttpResponse;
using testing::RawClient;
using testing::body_of;
using testing::status_of;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

std::string get(const std::string& path, const std::string& more = {}) {
  return "GET " + path + " HTTP/1.1\r\nHost: x\r\n" + more + "\r\n";
}

// Waits for a point in time; only where time itself is what is tested.
void wait_until(std::chrono::steady_clock::time_point end) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
  if (left.count() > 0) ::poll(nullptr, 0, static_cast<int>(left.count()));
}

HttpResponse answer(const HttpRequest& request) {
  if (request.path() == "/throw") throw std::runtime_error("the secret is 42");
  if (request.path() == "/throw-int") throw 42;
  if (request.path() == "/large") return {200, {}, std::string(20'000'000, 'x')};
  if (request.path() == "/empty") return {204, {}, "never sent"};
  if (request.path() == "/raw") return {200, {}, request.raw};
  return {200, {{"Content-Type", "text/plain"}}, request.method + " " + request.target + " " + request.body};
}

/// One listener for the suite: Pistache leaks a few descriptors with each.
class ListenerTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    ListenerOptions options;
    options.max_header_bytes = 4096;
    options.max_body_bytes = 10'000;
    auto bound = Listener::bind(options);
    ASSERT_TRUE(bound) << bound.error().message;
    listener_ = std::move(*bound);
    listener_->start(answer);
  }
  static void TearDownTestSuite() { listener_.reset(); }
  static std::uint16_t port() { return listener_->port(); }

  static inline std::unique_ptr<Listener> listener_;
};

TEST_F(ListenerTest, AnswersAndKeepsTheConnection) {
  RawClient client(port());
  for (int i = 0; i < 3; ++i) {
    client.send(get("/n" + std::to_string(i)));
    const auto response = client.read_response();
    EXPECT_EQ(status_of(response), 200);
    EXPECT_EQ(body_of(response), "GET /n" + std::to_string(i) + " ");
    EXPECT_THAT(response, HasSubstr("\r\nDate: "));
  }
  EXPECT_EQ(listener_->origin(), "http://127.0.0.1:" + std::to_string(port()));
}

TEST_F(ListenerTest, AnswersPipelinedRequestsInOrder) {
  RawClient client(port());
  std::string requests;
  for (int i = 0; i < 50; ++i) requests += get("/" + std::to_string(i));
  client.send(requests);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(body_of(client.read_response()), "GET /" + std::to_string(i) + " ");
}

TEST_F(ListenerTest, TakesARequestByteByByte) {
  RawClient client(port());
  const std::string request = "POST /t HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
  for (const char byte : request) client.send({&byte, 1});
  EXPECT_EQ(body_of(client.read_response()), "POST /t abc");
}

TEST_F(ListenerTest, HandsOverTheRawBytes) {
  RawClient client(port());
  const auto request = get("/raw", "x-ODD:   spaced  \r\n");
  client.send(request);
  EXPECT_EQ(body_of(client.read_response()), request);
}

TEST_F(ListenerTest, SendsNoBodyForHeadAndNoContent) {
  RawClient client(port());
  client.send("HEAD /abc HTTP/1.1\r\nHost: x\r\n\r\n" + get("/empty") + get("/after"));
  EXPECT_THAT(client.read_response(true), HasSubstr("Content-Length: 10\r\n"));
  EXPECT_EQ(status_of(client.read_response()), 204);
  EXPECT_EQ(body_of(client.read_response()), "GET /after ");
}

TEST_F(ListenerTest, ClosesWhenAskedTo) {
  RawClient client(port());
  client.send(get("/a", "Connection: close\r\n") + get("/b"));
  const auto all = client.read_to_end();
  EXPECT_THAT(all, HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(all, EndsWith("GET /a ")) << "nothing is answered after the close (RFC 9112 §9.6)";
}

TEST_F(ListenerTest, ClosesAfterHttp10) {
  RawClient client(port());
  client.send("GET /old HTTP/1.0\r\n\r\n");
  EXPECT_THAT(client.read_to_end(), EndsWith("GET /old "));
}

TEST_F(ListenerTest, SaysContinueToWhoWaits) {
  RawClient client(port());
  client.send("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("ab");
  EXPECT_EQ(body_of(client.read_response()), "POST / ab");
}

TEST_F(ListenerTest, RefusesBadFramingOnceAndCloses) {
  const std::vector<std::pair<std::string, int>> table{
      {"garbage\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10001\r\n\r\n", 413},
      {"GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(5000, 'a') + "\r\n\r\n", 431},
      {"GET /" + std::string(5000, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n", 414},
      {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", 501},
      {"GET / HTTP/3.0\r\nHost: x\r\n\r\n", 505},
  };
  for (const auto& [bytes, status] : table) {
    RawClient client(port());
    client.send(bytes + get("/after"));
    const auto all = client.read_to_end();
    EXPECT_EQ(status_of(all), status) << bytes.substr(0, 60);
    EXPECT_THAT(all, HasSubstr("Connection: close\r\n"));
    EXPECT_THAT(all, Not(HasSubstr("\nHTTP/1.1 "))) << "one answer only";
  }
}

TEST_F(ListenerTest, AnswersATooLargeBodyOnceWhileItIsStillComing) {
  RawClient client(port());
  client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n\r\n");
  client.send(std::string(5'000'000, 'b'));
  client.finish_sending();
  const auto all = client.read_to_end();
  EXPECT_EQ(status_of(all), 413);
  EXPECT_THAT(all, Not(HasSubstr("\nHTTP/1.1 ")));
}

TEST_F(ListenerTest, AnswersAnExceptionWithoutItsText) {
  for (const std::string path : {"/throw", "/throw-int"}) {
    RawClient client(port());
    client.send(get(path));
    const auto all = client.read_to_end();
    EXPECT_EQ(status_of(all), 500);
    EXPECT_THAT(all, Not(HasSubstr("42")));
  }
}

TEST_F(ListenerTest, ServesTwoHundredInParallel) {
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 20; ++t) {
    threads.emplace_back([&, t] {
      std::vector<std::unique_ptr<RawClient>> clients;
      for (int i = 0; i < 10; ++i) clients.push_back(std::make_unique<RawClient>(port()));
      for (auto& client : clients) client->send(get("/" + std::to_string(t)));
      for (auto& client : clients) good += body_of(client->read_response()) == "GET /" + std::to_string(t) + " " ? 1 : 0;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, 200);
}

TEST_F(ListenerTest, SendsALargeAnswerToASlowReaderAndServesOthers) {
  RawClient slow(port(), 4096);
  slow.send(get("/large", "Connection: close\r\n"));
  // Both workers, since a connection is bound to one of them.
  for (int i = 0; i < 8; ++i) {
    RawClient other(port());
    other.send(get("/quick"));
    EXPECT_EQ(body_of(other.read_response()), "GET /quick ");
  }
  const auto all = slow.read_to_end();
  EXPECT_EQ(body_of(all).size(), 20'000'000U);
}

TEST_F(ListenerTest, DoesNotBurnTheProcessorForAReaderThatStands) {
  RawClient standing(port(), 4096);
  standing.send(get("/large"));
  standing.read_until("\r\n\r\n");
  const auto cpu_before = std::clock();
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(300);
  wait_until(end);
  const double cpu = static_cast<double>(std::clock() - cpu_before) / CLOCKS_PER_SEC;
  EXPECT_LT(cpu, 0.15) << "seconds of processor in 0.3 s";
}

TEST_F(ListenerTest, OutlivesClientsThatGoAway) {
  for (int i = 0; i < 30; ++i) {
    RawClient early(port());
    early.send(i % 2 == 0 ? get("/large") : std::string("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab"));
    early.reset();
  }
  RawClient client(port());
  client.send(get("/alive"));
  EXPECT_EQ(body_of(client.read_response()), "GET /alive ");
}

TEST_F(ListenerTest, AnswersAClientThatHasFinishedSending) {
  RawClient client(port());
  client.send(get("/half", "Connection: close\r\n"));
  client.finish_sending();
  EXPECT_THAT(client.read_to_end(), EndsWith("GET /half "));
}

TEST_F(ListenerTest, OutlivesGarbage) {
  std::uint32_t seed = 12345;
  for (int round = 0; round < 100; ++round) {
    std::string bytes;
    for (int i = 0; i < 300; ++i) {
      seed = seed * 1664525U + 1013904223U;
      bytes += static_cast<char>(seed >> 24U);
    }
    RawClient client(port());
    client.send(bytes);
    client.finish_sending();
    const auto all = client.read_to_end();
    EXPECT_TRUE(all.empty() || status_of(all) >= 400) << all;
  }
}

TEST(ListenerTimeouts, AnUnfinishedRequestGets408AndAnIdleConnectionAnEnd) {
  ListenerOptions options;
  options.request_timeout = std::chrono::milliseconds(60);
  options.idle_timeout = std::chrono::milliseconds(120);
  auto listener = std::move(*Listener::bind(options));
  listener->start(answer);

  RawClient unfinished(listener->port());
  unfinished.send("GET / HTTP/1.1\r\nHos");
  const auto all = unfinished.read_to_end();
  EXPECT_EQ(status_of(all), 408);

  RawClient silent(listener->port());
  EXPECT_TRUE(silent.ends());

  RawClient idle(listener->port());
  idle.send(get("/a"));
  EXPECT_EQ(status_of(idle.read_response()), 200);
  EXPECT_TRUE(idle.ends()) << "without a 408 that nobody asked for";
}

TEST(ListenerTimeouts, ADripDoesNotProlongARequest) {
  ListenerOptions options;
  options.request_timeout = std::chrono::milliseconds(150);
  auto listener = std::move(*Listener::bind(options));
  listener->start(answer);
  RawClient client(listener->port());

  std::string received;
  std::thread drip([&] {
    while (client.send("G")) wait_until(std::chrono::steady_clock::now() + std::chrono::milliseconds(10));
  });
  received = client.read_to_end();
  client.finish_sending();
  drip.join();

  EXPECT_EQ(status_of(received), 408);
}

TEST(ListenerStop, ClosesEveryConnection) {
  auto listener = std::move(*Listener::bind({}));
  listener->start(answer);
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 100; ++i) {
    clients.push_back(std::make_unique<RawClient>(listener->port()));
    clients.back()->send(get("/a"));
    clients.back()->read_response();
  }

  listener->stop();
  listener->stop();

  for (auto& client : clients) EXPECT_TRUE(client->ends());
  EXPECT_FALSE(RawClient(listener->port()).connected());
}

TEST(ListenerStop, LetsARunningAnswerFinish) {
  std::promise<void> entered;
  std::promise<void> release;
  auto released = release.get_future().share();
  auto listener = std::move(*Listener::bind({}));
  listener->start([&](const HttpRequest&) {
    entered.set_value();
    released.wait();
    return HttpResponse{200, {}, "late"};
  });
  RawClient client(listener->port());
  client.send(get("/slow"));
  entered.get_future().wait();

  auto stopped = std::async(std::launch::async, [&] { listener->stop(); });
  release.set_value();
  stopped.wait();

  EXPECT_THAT(client.read_to_end(), EndsWith("late"));
}

TEST(ListenerBind, WaitsWithConnectionsUntilItIsStarted) {
  auto listener = std::move(*Listener::bind({}));
  RawClient client(listener->port());
  ASSERT_TRUE(client.connected());
  client.send(get("/early"));
  listener->start(answer);
  EXPECT_EQ(body_of(client.read_response()), "GET /early ");
}

TEST(ListenerBind, NamesTheHolderOfAPortInUse) {
  auto first = std::move(*Listener::bind({}));
  ListenerOptions options;
  options.port = first->port();

  const auto second = Listener::bind(options);

  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, "listen.port_in_use");
  const auto port = std::to_string(options.port);
  EXPECT_EQ(second.error().message, "cannot listen on 127.0.0.1:" + port + ": the port is in use by process " +
                                        std::to_string(::getpid()) +
                                        " (wire_tests); choose another one, or any free one with --port 0");
}

TEST(ListenerBind, RefusesWhatItCannotListenOn) {
  ListenerOptions options;
  options.host = "not an address";
  const auto bad_host = Listener::bind(options);
  ASSERT_FALSE(bad_host);
  EXPECT_EQ(bad_host.error().code, "listen.failed");
  EXPECT_EQ(Listener::bind({.threads = 0}).error().code, "listen.failed");
}

TEST(ListenerBind, ServesTheSamePortAgainFiftyTimes) {
  std::uint16_t port = 0;
  for (int i = 0; i < 50; ++i) {
    ListenerOptions options;
    options.port = port;
    options.threads = 1;
    auto bound = Listener::bind(options);
    ASSERT_TRUE(bound) << i << ": " << bound.error().message;
    port = (*bound)->port();
    (*bound)->start(answer);
    RawClient client(port);
    client.send(get("/again"));
    ASSERT_EQ(body_of(client.read_response()), "GET /again ");
    (*bound)->stop();
    EXPECT_TRUE(client.ends());
  }
}

TEST(PortHolder, IsEmptyForAPortNobodyHolds) {
  std::uint16_t port = 0;
  {
    auto listener = std::move(*Listener::bind({}));
    port = listener->port();
    EXPECT_THAT(describe_port_holder(port), HasSubstr("process " + std::to_string(::getpid())));
  }
  EXPECT_EQ(describe_port_holder(port), "");
}

}  // namespace
}  // namespace mockoauth::wire
