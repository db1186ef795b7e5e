#include <mockoauth/wire/fetcher.hpp>

#include <mockoauth/wire/listener.hpp>

#include <chrono>
#include <memory>
#include <string>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mockoauth::wire {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

server::HttpResponse serve_documents(const server::HttpRequest& request) {
  if (request.path() == "/moved") return {302, {{"Location", "/document"}}, {}};
  if (request.path() == "/large") return {200, {{"Content-Type", "application/json"}}, std::string(2000, ' ')};
  return {200, {{"Content-Type", "application/json; charset=utf-8"}},
          request.method + " " + request.target + " " + request.header("Host").value_or("") + " " +
              request.header("Accept").value_or("")};
}

class FetcherTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto listener = Listener::bind({});
    ASSERT_TRUE(listener.has_value()) << listener.error().message;
    listener_ = std::move(*listener);
    listener_->start(serve_documents);
  }
  static void TearDownTestSuite() { listener_.reset(); }

  static std::string url(const std::string& target, const std::string& host = "127.0.0.1") {
    return "http://" + host + ":" + std::to_string(listener_->port()) + target;
  }
  static std::unique_ptr<Listener> listener_;
  std::shared_ptr<server::Fetcher> fetcher_ = make_fetcher();
};
std::unique_ptr<Listener> FetcherTest::listener_;

TEST_F(FetcherTest, GetsADocument) {
  for (const char* host : {"127.0.0.1", "localhost"}) {
    const auto document = fetcher_->fetch(url("/document?x=1", host), {});
    ASSERT_TRUE(document) << document.error().message;
    EXPECT_EQ(document->status, 200);
    EXPECT_EQ(document->content_type, "application/json; charset=utf-8");
    EXPECT_EQ(document->body, "GET /document?x=1 " + std::string(host) + ":" + std::to_string(listener_->port()) +
                                  " application/json");
  }
}

TEST_F(FetcherTest, FollowsNoRedirect) {
  const auto document = fetcher_->fetch(url("/moved"), {});
  ASSERT_TRUE(document) << document.error().message;
  EXPECT_EQ(document->status, 302);
}

TEST_F(FetcherTest, ReadsNoMoreThanItMay) {
  EXPECT_TRUE(fetcher_->fetch(url("/large"), {.max_bytes = 2000}));
  const auto document = fetcher_->fetch(url("/large"), {.max_bytes = 1999});
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().code, "fetch.failed");
  EXPECT_THAT(document.error().message, HasSubstr("more than 1999 bytes"));
}

TEST_F(FetcherTest, AsksNobodyBeyondLoopbackUnlessItMay) {
  for (const char* far : {"https://client.example/app", "http://192.0.2.1/app", "https://10.0.0.1/"}) {
    const auto document = fetcher_->fetch(far, {});
    ASSERT_FALSE(document);
    EXPECT_EQ(document.error().code, "fetch.refused");
    EXPECT_THAT(document.error().message, HasSubstr("only loopback hosts"));
  }
}

TEST_F(FetcherTest, NeverAsksAddressesOfSpecialUse) {
  const auto bold = make_fetcher({.beyond_loopback = true});
  for (const char* address : {"10.0.0.1", "169.254.169.254", "172.31.0.1", "192.168.0.1", "100.64.0.1", "224.0.0.1",
                              "0.0.0.0", "[fe80::1]", "[fc00::1]", "[::ffff:10.0.0.1]", "[2001:db8::1]",
                              "[2002:a00:1::1]", "[::]"}) {
    const auto document = bold->fetch("https://" + std::string(address) + "/app", {.timeout = 1s});
    ASSERT_FALSE(document) << address;
    EXPECT_EQ(document.error().code, "fetch.refused") << address;
    EXPECT_THAT(document.error().message, HasSubstr("special use")) << address;
  }
  EXPECT_TRUE(bold->fetch(url("/document"), {}));
}

/// A loopback port that takes connections (or not) and never answers.
class Silent {
 public:
  explicit Silent(bool listening) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(fd_, reinterpret_cast<sockaddr*>(&address), size), 0);
    if (listening) {
      EXPECT_EQ(::listen(fd_, 4), 0);
    }
    EXPECT_EQ(::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
  }
  ~Silent() { ::close(fd_); }
  Silent(const Silent&) = delete;
  Silent& operator=(const Silent&) = delete;

  [[nodiscard]] std::string url(const std::string& scheme) const {
    return scheme + "://127.0.0.1:" + std::to_string(port_) + "/app";
  }

 private:
  int fd_;
  std::uint16_t port_ = 0;
};

TEST_F(FetcherTest, GivesUpOnWhoeverDoesNotAnswer) {
  const Silent silent(true);
  for (const char* scheme : {"http", "https"}) {
    const auto begin = std::chrono::steady_clock::now();
    const auto document = fetcher_->fetch(silent.url(scheme), {.timeout = 100ms});
    ASSERT_FALSE(document);
    EXPECT_EQ(document.error().code, "fetch.timeout") << document.error().message;
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
  }
}

TEST_F(FetcherTest, SaysThatNobodyListens) {
  const Silent closed(false);
  const auto document = fetcher_->fetch(closed.url("http"), {});
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().code, "fetch.failed");
  EXPECT_THAT(document.error().message, HasSubstr("refused"));
}

TEST_F(FetcherTest, TakesNoAnswerInTheClearForHttps) {
  const auto document = fetcher_->fetch("https" + url("/document").substr(4), {});
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().code, "fetch.failed");
}

TEST_F(FetcherTest, RefusesWhatIsNoUrl) {
  for (const char* text : {"", "client.example", "file:///etc/passwd", "http://"}) {
    const auto document = fetcher_->fetch(text, {});
    ASSERT_FALSE(document) << text;
    EXPECT_EQ(document.error().code, "fetch.refused");
  }
}

}  // namespace
}  // namespace mockoauth::wire
