#include <mimir/oauth/http_transport.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/socket.h>

#include <future>

#include "scripted_server.hpp"

namespace mimir::oauth {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using testing::ScriptedServer;

HttpOutcome send(const HttpRequest& request, std::stop_token stop = {}) {
  return make_curl_transport({.user_agent = "test-agent"})->send(request, std::move(stop));
}

HttpOutcome get(const std::string& url, int max_redirects = 0) { return send({.url = url, .max_redirects = max_redirects}); }

HttpOutcome post(const std::string& url, std::string_view body) {
  return send({.method = "POST",
               .url = url,
               .headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
               .body = Secret(body)});
}

std::string redirect_to(const std::string& location, int status = 302) {
  return "HTTP/1.1 " + std::to_string(status) + " Moved\r\nLocation: " + location + "\r\nContent-Length: 0\r\n\r\n";
}

TEST(CurlTransport, SendsWhatItWasGivenAndNothingElse) {
  ScriptedServer server({ScriptedServer::ok("{}")});

  const auto outcome = send({.method = "POST",
                             .url = server.url("/token?x=1"),
                             .headers = {{"Content-Type", "text/plain"}, {"Authorization", "Bearer t"}, {"X-Empty", ""}},
                             .body = Secret("grant_type=refresh_token")});

  ASSERT_TRUE(outcome.response);
  EXPECT_EQ(outcome.sent, Sent::Yes);
  const std::string request = server.requests().at(0);
  EXPECT_THAT(request, StartsWith("POST /token?x=1 HTTP/1.1\r\n"));
  EXPECT_THAT(request, HasSubstr("\r\nContent-Type: text/plain\r\n"));
  EXPECT_THAT(request, HasSubstr("\r\nAuthorization: Bearer t\r\n"));
  EXPECT_THAT(request, HasSubstr("\r\nX-Empty:\r\n"));
  EXPECT_THAT(request, HasSubstr("\r\nUser-Agent: test-agent\r\n"));
  EXPECT_THAT(request, HasSubstr("\r\n\r\ngrant_type=refresh_token"));
  EXPECT_THAT(request, Not(HasSubstr("Expect")));
  EXPECT_THAT(request, Not(HasSubstr("Referer")));
}

TEST(CurlTransport, KeepsStatusBodyAndRepeatedHeadersInOrder) {
  ScriptedServer server({ScriptedServer::reply(
      "HTTP/1.1 100 Continue\r\nX-Interim: 1\r\n\r\nHTTP/1.1 401 Unauthorized\r\nX-Two: a\r\nx-two:  b \r\n"
      "Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\nX-Two: trailer\r\n\r\n")});

  const auto outcome = get(server.url());

  ASSERT_TRUE(outcome.response);
  EXPECT_EQ(outcome.response->status, 401);
  EXPECT_EQ(outcome.response->body.expose(), "body");
  EXPECT_EQ(outcome.response->all("X-Two"), (std::vector<std::string>{"a", "b"}));
  EXPECT_FALSE(outcome.response->header("X-Interim"));
}

TEST(CurlTransport, CapsTheBody) {
  const std::string body(1000, 'x');
  ScriptedServer server({ScriptedServer::ok(body), ScriptedServer::ok(body)});

  EXPECT_TRUE(send({.url = server.url(), .max_response_bytes = 1000}).response);
  const auto outcome = send({.url = server.url(), .max_response_bytes = 999});

  ASSERT_FALSE(outcome.response);
  EXPECT_EQ(outcome.response.error().code, "http.response_too_large");
  EXPECT_EQ(outcome.response.error().category, Category::ProviderBroken);
  EXPECT_EQ(outcome.sent, Sent::Yes);
}

// CH-NT-16: the bytes count whether in one line, in many or in interim answers.
TEST(CurlTransport, CapsTheHeaders) {
  std::string many;
  for (int i = 0; i < 7000; ++i) many += "X-Many: 1234567890\r\n";
  std::string interim;
  for (int i = 0; i < 4000; ++i) interim += "HTTP/1.1 103 Early Hints\r\n\r\n";
  ScriptedServer server({ScriptedServer::reply("HTTP/1.1 200 OK\r\n" + many + "\r\n"),
                         ScriptedServer::reply(interim + "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")});

  EXPECT_EQ(get(server.url()).response.error().code, "http.headers_too_large");
  EXPECT_EQ(get(server.url()).response.error().code, "http.headers_too_large");
}

TEST(CurlTransport, CapsTheDecodedBody) {
  // 10 kB of zeros in 45 bytes of gzip.
  const unsigned char gzip[] = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xed, 0xc1, 0x01, 0x0d, 0x00,
                                0x00, 0x00, 0xc2, 0xa0, 0xf7, 0x4f, 0x6d, 0x0e, 0x37, 0xa0, 0x00, 0x00, 0x00, 0x00, 0x00,
                                0x00, 0x00, 0x00, 0x00, 0xe0, 0xdf, 0x00, 0x2e, 0xca, 0x3b, 0x4d, 0x10, 0x27, 0x00, 0x00};
  const std::string body(reinterpret_cast<const char*>(gzip), sizeof(gzip));
  ScriptedServer server({ScriptedServer::reply("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " +
                                               std::to_string(body.size()) + "\r\n\r\n" + body)});

  const auto outcome = send({.url = server.url(), .max_response_bytes = 1000});

  ASSERT_FALSE(outcome.response);
  EXPECT_EQ(outcome.response.error().code, "http.response_too_large");
}

TEST(CurlTransport, ARedirectThatWasNotAskedForIsAnAnswer) {
  ScriptedServer server({ScriptedServer::reply(redirect_to("/elsewhere"))});

  const auto outcome = get(server.url());

  ASSERT_TRUE(outcome.response);
  EXPECT_EQ(outcome.response->status, 302);
}

// CH-NT-03: libcurl on its own would send the refresh token to wherever it is told.
TEST(CurlTransport, NeverFollowsARedirectOfAPost) {
  for (const int status : {301, 302, 303, 307, 308}) {
    ScriptedServer other({ScriptedServer::ok("")});
    ScriptedServer server({ScriptedServer::reply(redirect_to(other.url(), status))});

    const auto outcome = send({.method = "POST", .url = server.url(), .body = Secret("secret"), .max_redirects = 5});

    ASSERT_TRUE(outcome.response);
    EXPECT_EQ(outcome.response->status, status);
    EXPECT_TRUE(other.requests().empty());
  }
}

TEST(CurlTransport, FollowsAGetWithinItsLimitAndDropsCredentialsForOtherOrigins) {
  ScriptedServer other({ScriptedServer::ok("there")});
  ScriptedServer server({ScriptedServer::reply(redirect_to("../next?x=1")), ScriptedServer::reply(redirect_to(other.url("/end")))});

  const auto outcome = send({.url = server.url("/a/b"),
                             .headers = {{"Authorization", "Bearer t"}, {"Accept", "application/json"}},
                             .max_redirects = 2});

  ASSERT_TRUE(outcome.response);
  EXPECT_EQ(outcome.response->body.expose(), "there");
  EXPECT_THAT(server.requests().at(1), StartsWith("GET /next?x=1 "));
  EXPECT_THAT(server.requests().at(1), HasSubstr("Authorization: Bearer t"));
  EXPECT_THAT(other.requests().at(0), Not(HasSubstr("Authorization")));
  EXPECT_THAT(other.requests().at(0), HasSubstr("Accept: application/json"));
}

TEST(CurlTransport, EndsARedirectLoop) {
  ScriptedServer server({ScriptedServer::reply(redirect_to("/")), ScriptedServer::reply(redirect_to("/"))});

  EXPECT_EQ(get(server.url(), 1).response.error().code, "http.too_many_redirects");
}

TEST(CurlTransport, RefusesRedirectsToWhereNoRequestMayGo) {
  for (const std::string to : {"http://example.com/", "file:///etc/passwd", "https://user:pw@example.com/", "gopher://x/",
                               "http://169.254.169.254/latest"}) {
    ScriptedServer server({ScriptedServer::reply(redirect_to(to))});

    const auto outcome = get(server.url(), 3);

    ASSERT_FALSE(outcome.response) << to;
    EXPECT_EQ(outcome.response.error().code, "http.redirect_refused") << to;
  }
}

TEST(CurlTransport, ATruncatedBodyIsAnErrorAndTheRequestCountsAsSent) {
  ScriptedServer server({ScriptedServer::reply("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"access_tok"),
                         ScriptedServer::reply("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nshort")});

  for (int i = 0; i < 2; ++i) {
    const auto outcome = post(server.url(), "x=1");
    ASSERT_FALSE(outcome.response);
    EXPECT_EQ(outcome.response.error().category, Category::TryLater);
    EXPECT_EQ(outcome.sent, Sent::Yes);
  }
}

TEST(CurlTransport, AResetBeforeAnyAnswerMayHaveReachedTheServer) {
  ScriptedServer server({[](int fd, const std::string&) { testing::reset_on_close(fd); },
                         [](int, const std::string&) {}});

  for (int i = 0; i < 2; ++i) {
    const auto outcome = post(server.url(), "x=1");
    ASSERT_FALSE(outcome.response);
    EXPECT_EQ(outcome.response.error().category, Category::TryLater);
    EXPECT_EQ(outcome.sent, Sent::Maybe);
  }
  EXPECT_EQ(server.requests().size(), 2u) << "a request must never be repeated by the library below";
}

TEST(CurlTransport, ARefusedConnectionWasNotSent) {
  std::uint16_t port = 0;
  testing::listen_on(port).reset();

  const auto outcome = post("http://127.0.0.1:" + std::to_string(port) + "/", "x=1");

  ASSERT_FALSE(outcome.response);
  EXPECT_EQ(outcome.response.error().code, "network.connect");
  EXPECT_EQ(outcome.sent, Sent::No);
}

TEST(CurlTransport, ANameThatCannotBeLookedUpWasNotSent) {
  const auto outcome = get("https://name.invalid/");  // RFC 6761 §6.4

  ASSERT_FALSE(outcome.response);
  EXPECT_EQ(outcome.response.error().category, Category::TryLater);
  EXPECT_EQ(outcome.sent, Sent::No);
}

TEST(CurlTransport, GarbageIsNotAnAnswer) {
  ScriptedServer server({ScriptedServer::reply("SSH-2.0-OpenSSH\r\n\r\n"), ScriptedServer::reply("<html>no status</html>")});

  for (int i = 0; i < 2; ++i) {
    const auto outcome = get(server.url());
    ASSERT_FALSE(outcome.response);
    EXPECT_EQ(outcome.response.error().code, "http.garbage");
    EXPECT_EQ(outcome.response.error().category, Category::ProviderBroken);
  }
}

TEST(CurlTransport, RefusesWhatMustNotBeSent) {
  const auto code_for = [](const HttpRequest& request) {
    const auto outcome = send(request);
    EXPECT_EQ(outcome.sent, Sent::No);
    return outcome.response ? "sent" : outcome.response.error().code;
  };

  EXPECT_EQ(code_for({.url = "http://example.com/token"}), "http.insecure_url");
  EXPECT_EQ(code_for({.url = "http://127.0.0.1.example.com/"}), "http.insecure_url");
  EXPECT_EQ(code_for({.url = "https://user:password@127.0.0.1/"}), "http.url_refused");
  EXPECT_EQ(code_for({.url = "file:///etc/passwd"}), "http.url_refused");
  EXPECT_EQ(code_for({.url = "https://127.0.0.1/\r\nX: y"}), "http.url_refused");
  const std::string https = "https://127.0.0.1:1/";
  EXPECT_EQ(code_for({.url = https, .headers = {{"Authorization", "Bearer a\r\nX: y"}}}), "http.header_refused");
  EXPECT_EQ(code_for({.url = https, .headers = {{"Authorization", std::string("a\0b", 3)}}}), "http.header_refused");
  EXPECT_EQ(code_for({.url = https, .headers = {{"X: y\nZ", "a"}}}), "http.header_refused");
  EXPECT_EQ(code_for({.method = "GET / HTTP/1.1\r\nX:", .url = https}), "http.header_refused");
}

TEST(CurlTransport, LoopbackNeverGoesThroughAProxy) {
  ScriptedServer proxy({ScriptedServer::ok("proxy")});
  ScriptedServer server({ScriptedServer::ok("server"), ScriptedServer::ok("server")});
  ::setenv("http_proxy", proxy.url().c_str(), 1);
  ::setenv("ALL_PROXY", proxy.url().c_str(), 1);

  const auto by_number = get(server.url());
  const auto by_name = get("http://localhost:" + std::to_string(testing::port_of(server.url())) + "/");
  ::unsetenv("http_proxy");
  ::unsetenv("ALL_PROXY");

  EXPECT_EQ(by_number.response.value().body.expose(), "server");
  EXPECT_EQ(by_name.response.value().body.expose(), "server");
  EXPECT_TRUE(proxy.requests().empty());
}

TEST(CurlTransport, AnAnswerThatDoesNotComeEndsWithATimeout) {
  ScriptedServer server({[](int fd, const std::string&) { testing::is_closed_by_peer(fd); }});

  const auto outcome = send({.method = "POST", .url = server.url(), .body = Secret("x"), .timeout = 50ms});

  ASSERT_FALSE(outcome.response);
  EXPECT_EQ(outcome.response.error().code, "network.timeout");
  EXPECT_EQ(outcome.response.error().category, Category::TryLater);
  EXPECT_EQ(outcome.sent, Sent::Maybe);
}

TEST(CurlTransport, StopEndsARunningExchange) {
  std::stop_source stop;
  std::promise<void> arrived;
  ScriptedServer server({[&](int fd, const std::string&) {
    arrived.set_value();
    testing::is_closed_by_peer(fd);
  }});
  auto exchange = std::async(std::launch::async, [&] { return send({.url = server.url(), .timeout = 60s}, stop.get_token()); });
  ASSERT_EQ(arrived.get_future().wait_for(10s), std::future_status::ready);

  stop.request_stop();

  ASSERT_EQ(exchange.wait_for(5s), std::future_status::ready);
  const auto outcome = exchange.get();
  ASSERT_FALSE(outcome.response);
  EXPECT_EQ(outcome.response.error().category, Category::Cancelled);
  EXPECT_EQ(outcome.sent, Sent::Maybe);
}

TEST(CurlTransport, AStopLetsARequestEndThatWasSent) {  // CH-RF-21
  std::stop_source stop;
  ScriptedServer server({[&](int fd, const std::string& request) {
    stop.request_stop();
    ScriptedServer::ok("the only copy")(fd, request);
  }});

  const auto outcome = send({.method = "POST", .url = server.url(), .body = Secret("x"), .timeout = 60s,
                             .finish_after_stop = 30s}, stop.get_token());

  ASSERT_TRUE(outcome.response);
  EXPECT_EQ(outcome.response->body.expose(), "the only copy");
}

TEST(CurlTransport, AStopLetsItEndForAWhileOnly) {  // CH-RF-21
  std::stop_source stop;
  ScriptedServer server({[&](int fd, const std::string&) {
    stop.request_stop();
    testing::is_closed_by_peer(fd);
  }});

  const auto outcome = send({.method = "POST", .url = server.url(), .body = Secret("x"), .timeout = 60s,
                             .finish_after_stop = 50ms}, stop.get_token());

  ASSERT_FALSE(outcome.response);
  EXPECT_EQ(outcome.response.error().category, Category::Cancelled);
  EXPECT_EQ(outcome.sent, Sent::Maybe);
}

TEST(CurlTransport, AStopEndsWhatHasNotLeftAtOnce) {  // CH-RF-21: the handshake is never answered
  std::stop_source stop;
  std::uint16_t port = 0;
  const auto listener = testing::listen_on(port);
  const auto url = "https://127.0.0.1:" + std::to_string(port) + "/";
  auto exchange = std::async(std::launch::async, [&] {
    return send({.method = "POST", .url = url, .body = Secret("x"), .timeout = 60s, .finish_after_stop = 60s},
                stop.get_token());
  });
  const testing::UniqueFd connection(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
  char first = 0;
  ASSERT_EQ(::recv(connection.get(), &first, 1, 0), 1);

  stop.request_stop();

  ASSERT_EQ(exchange.wait_for(10s), std::future_status::ready);
  const auto outcome = exchange.get();
  EXPECT_EQ(outcome.response.error().category, Category::Cancelled);
  EXPECT_EQ(outcome.sent, Sent::No);
}

TEST(CurlTransport, AStopRequestedBeforehandSendsNothing) {
  std::stop_source stop;
  stop.request_stop();
  ScriptedServer server({ScriptedServer::ok("")});

  const auto outcome = send({.url = server.url()}, stop.get_token());

  EXPECT_EQ(outcome.sent, Sent::No);
  EXPECT_TRUE(server.requests().empty());
}

TEST(CurlTransport, IsThreadSafe) {
  ScriptedServer server(std::vector<ScriptedServer::Handler>(8, ScriptedServer::ok("same")));
  const auto transport = make_curl_transport();
  std::vector<std::future<std::string>> answers;
  for (int i = 0; i < 8; ++i) {
    answers.push_back(std::async(std::launch::async, [&] {
      return std::string(transport->send({.url = server.url()}, {}).response.value().body.expose());
    }));
  }

  for (auto& answer : answers) EXPECT_EQ(answer.get(), "same");
}

}  // namespace
}  // namespace mimir::oauth
