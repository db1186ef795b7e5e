// Hazards of HTTP libraries that have cost other clients tokens: kept handles, other protocols, signals, glued answers.
#include <mimir/oauth/http_transport.hpp>

#include <csignal>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mockoauth/wire/listener.hpp>

#include "scripted_server.hpp"

namespace mimir::oauth {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::ScriptedServer;

TEST(TransportHazards, NothingOfOneAccountIsInTheRequestsOfTheNext) {
  ScriptedServer server({ScriptedServer::reply("HTTP/1.1 401 Unauthorized\r\nSet-Cookie: who=canary-cookie\r\n"
                                               "Alt-Svc: h2=\"127.0.0.1:1\"\r\nContent-Length: 13\r\n\r\ncanary-answer"),
                         ScriptedServer::ok("second")});
  const auto transport = make_curl_transport({.user_agent = "test-agent"});
  const auto first = transport->send({.method = "POST", .url = server.url("/token?account=canary-url"),
                                      .headers = {{"Authorization", "Bearer canary-token"}, {"X-Account", "canary-header"}},
                                      .body = Secret("refresh_token=canary-body")}, {});
  ASSERT_TRUE(first.response);
  const auto second = transport->send({.method = "POST", .url = server.url("/token"), .body = Secret("b")}, {});

  ASSERT_TRUE(second.response);
  EXPECT_EQ(second.response->body.expose(), "second");
  EXPECT_THAT(server.requests().at(0), HasSubstr("canary-body"));
  EXPECT_THAT(server.requests().at(1), Not(HasSubstr("canary")));
  EXPECT_THAT(server.requests().at(1), Not(HasSubstr("Authorization")));
  EXPECT_THAT(server.requests().at(1), Not(HasSubstr("Cookie")));
}

TEST(TransportHazards, AnAnswerHoldsNothingOfTheOneBefore) {
  ScriptedServer server({ScriptedServer::reply("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 16\r\n\r\n{\"error\":\"busy\"}"),
                         ScriptedServer::ok("{}")});
  const auto transport = make_curl_transport();
  EXPECT_EQ(transport->send({.url = server.url("/")}, {}).response->status, 503);
  const auto second = transport->send({.url = server.url("/")}, {});
  ASSERT_TRUE(second.response);
  EXPECT_EQ(second.response->body.expose(), "{}");
}

TEST(TransportHazards, AStrangersNameThatLeadsInsideIsNotConnectedTo) {  // CH-NT-12
  ScriptedServer server({ScriptedServer::ok("inside")});
  const auto transport = make_curl_transport();
  auto url = server.url("/");
  url.replace(url.find("127.0.0.1"), 9, "localhost");

  const auto outcome = transport->send({.url = url, .outside_only = true}, {});

  ASSERT_FALSE(outcome.response);
  EXPECT_EQ(outcome.response.error().code, "network.internal_address");
  EXPECT_EQ(outcome.sent, Sent::No);
  EXPECT_TRUE(server.requests().empty());
  EXPECT_TRUE(transport->send({.url = url}, {}).response);  // and a name of several addresses finds the one that answers
}

TEST(TransportHazards, ADeadKeptConnectionRepeatsNoRequest) {  // CH-RF-10
  std::string on_the_kept_one;
  ScriptedServer server({[&](int fd, const std::string&) {
                           testing::send_all(fd, "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\n{}");
                           on_the_kept_one = testing::receive_until(fd, "token=single-use");
                         },
                         [](int, const std::string&) {}});
  const auto transport = make_curl_transport();
  const auto post = [&](const char* body) {
    return transport->send({.method = "POST", .url = server.url("/"), .body = Secret(body)}, {});
  };
  ASSERT_TRUE(post("first=1").response);

  EXPECT_FALSE(post("token=single-use").response);

  EXPECT_EQ(server.requests().size(), 2U);
  EXPECT_EQ(on_the_kept_one, "");
}

TEST(TransportHazards, SpeaksNoProtocolButHttp) {
  const auto transport = make_curl_transport();
  for (const char* url : {"file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1:70/_x", "dict://127.0.0.1:2628/x",
                          "ldap://127.0.0.1/x", "smb://127.0.0.1/x", "telnet://127.0.0.1", "scp://127.0.0.1/x",
                          "javascript:alert(1)", "data:text/plain,x"}) {
    const auto outcome = transport->send({.url = url}, {});
    EXPECT_FALSE(outcome.response) << url;
    EXPECT_EQ(outcome.sent, Sent::No) << url;
  }
}

TEST(TransportHazards, AServerThatResetsWhileThreadsAreWritingEndsNobodysProcess) {
  // A handler of the program's own would hide the signal.
  const auto before = std::signal(SIGPIPE, SIG_DFL);
  auto listener = mockoauth::wire::Listener::bind({.threads = 1}).value();
  listener->start({.handler = [](const mockoauth::server::HttpRequest&) { return mockoauth::server::HttpResponse{}; },
                   .welcome = [](const mockoauth::server::Arrival&) {
                     return mockoauth::server::Welcome{.deed = mockoauth::server::Welcome::Deed::Reset};
                   }});
  const auto transport = make_curl_transport();
  const std::string body(1'000'000, 'x');
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 10; ++j) {
        const auto outcome = transport->send({.method = "POST", .url = listener->origin() + "/token", .body = Secret(body)}, {});
        EXPECT_FALSE(outcome.response);
      }
    });
  }
  threads.clear();
  std::signal(SIGPIPE, before);
}

}  // namespace
}  // namespace mimir::oauth
