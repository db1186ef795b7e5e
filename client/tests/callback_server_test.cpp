#include "internal/callback_server.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <future>
#include <thread>

#include "internal/callback_loop.hpp"
#include "own_process.hpp"
#include "socket_helpers.hpp"

namespace mimir::oauth {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using testing::connect_to;
using testing::port_of;
using testing::receive_all;
using testing::send_all;
using testing::UniqueFd;

class CallbackServer : public ::testing::Test {
 protected:
  void start(std::string redirect_uri = "http://127.0.0.1/callback") {
    CallbackOptions options;
    options.redirect_uri = std::move(redirect_uri);
    options.state = Secret("the-state");
    const auto listening = server_->listen(options);
    ASSERT_TRUE(listening) << listening.error().message;
    uri_ = *listening;
    port_ = port_of(uri_);
  }

  std::string get(const std::string& target) const {
    return "GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port_) + "\r\n\r\n";
  }
  std::string good() const { return get("/callback?code=abc&state=the-state"); }

  UniqueFd ask(const std::string& request) const {
    UniqueFd socket = connect_to(port_);
    EXPECT_TRUE(socket);
    EXPECT_TRUE(send_all(socket.get(), request));
    return socket;
  }

  std::unique_ptr<CallbackReceiver> server_ = make_callback_server_factory()->create();
  std::string uri_;
  std::uint16_t port_ = 0;
};

std::vector<std::string> sockets_without_close_on_exec() {
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    const int fd = std::stoi(entry.path().filename().string());
    std::error_code gone;
    const auto target = std::filesystem::read_symlink(entry.path(), gone).string();
    if (target.starts_with("socket:") && fd > 2 && (::fcntl(fd, F_GETFD) & FD_CLOEXEC) == 0) found.push_back(target);
  }
  return found;
}

TEST_F(CallbackServer, DeliversTheCodeAndShowsThePageOnlyAfterTheOutcome) {
  start();
  const UniqueFd browser = ask(good());

  const auto result = server_->wait(10s, {});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->code->expose(), "abc");
  EXPECT_FALSE(testing::is_closed_by_peer(browser.get(), 50ms)) << "the page must wait for the outcome (CH-CB-17)";
  server_->finish(PageOutcome::Success);

  EXPECT_EQ(receive_all(browser.get()), CallbackSession::page(PageOutcome::Success));
}

TEST_F(CallbackServer, ShowsFailureWhenTheLoginFailed) {
  start();
  const UniqueFd browser = ask(good());
  ASSERT_TRUE(server_->wait(10s, {}));

  server_->finish(PageOutcome::Failure);

  EXPECT_EQ(receive_all(browser.get()), CallbackSession::page(PageOutcome::Failure));
}

TEST_F(CallbackServer, ThePortIsGoneAfterFinishAndAfterDestruction) {
  start();
  ASSERT_TRUE(connect_to(port_));
  server_->finish(PageOutcome::Success);
  EXPECT_FALSE(connect_to(port_));
  server_->finish(PageOutcome::Success);

  server_ = make_callback_server_factory()->create();
  start();
  ASSERT_TRUE(connect_to(port_));
  server_.reset();
  EXPECT_FALSE(connect_to(port_));
}

TEST_F(CallbackServer, KeepsARegisteredRedirectUriByteForByte) {
  std::uint16_t port = 0;
  testing::listen_on(port).reset();
  start("http://127.0.0.1:" + std::to_string(port) + "/cb?tenant=a%2fb");

  EXPECT_EQ(uri_, "http://127.0.0.1:" + std::to_string(port) + "/cb?tenant=a%2fb");
}

TEST_F(CallbackServer, LocalhostListensOnBothFamilies) {
  start("http://localhost/callback");

  EXPECT_THAT(uri_, StartsWith("http://localhost:"));
  EXPECT_TRUE(connect_to(port_));
  EXPECT_TRUE(connect_to(port_, true));
}

TEST_F(CallbackServer, ALiteralListensOnItsFamilyOnly) {
  start("http://[::1]/callback");

  EXPECT_TRUE(connect_to(port_, true));
  EXPECT_FALSE(connect_to(port_));
}

TEST_F(CallbackServer, NamesTheHolderOfATakenPortAndTriesAlternatives) {
  std::uint16_t taken = 0;
  const UniqueFd holder = testing::listen_on(taken);
  std::uint16_t other = 0;
  testing::listen_on(other).reset();
  CallbackOptions options;
  options.redirect_uri = "http://127.0.0.1:" + std::to_string(taken) + "/callback";
  options.state = Secret("the-state");

  const auto refused = server_->listen(options);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "callback.port_in_use");
  EXPECT_EQ(refused.error().category, Category::LocalEnvironment);
  EXPECT_THAT(refused.error().message, HasSubstr(std::to_string(taken)));
  EXPECT_THAT(refused.error().message, HasSubstr("(process " + std::to_string(::getpid()) + ")"));
  EXPECT_NE(refused.error().hint, "");

  options.alternative_ports = {taken, other};
  const auto listening = server_->listen(options);
  ASSERT_TRUE(listening);
  EXPECT_EQ(*listening, "http://127.0.0.1:" + std::to_string(other) + "/callback");
}

// CH-CB-04: otherwise whoever holds ::1 would receive the code.
TEST_F(CallbackServer, LocalhostWithOneFamilyTakenIsAPortInUse) {
  std::uint16_t port = 0;
  const UniqueFd holder = testing::listen_on(port, true);
  CallbackOptions options;
  options.redirect_uri = "http://localhost:" + std::to_string(port) + "/callback";

  const auto refused = server_->listen(options);

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "callback.port_in_use");
}

TEST_F(CallbackServer, ListensOnLoopbackLiteralsOnly) {
  for (const std::string uri : {"http://0.0.0.0/cb", "http://192.0.2.1/cb", "http://example.com/cb", "https://127.0.0.1/cb",
                                "http://[::]/cb", "http://127.0.0.1/cb#fragment", "app:/cb", ""}) {
    CallbackOptions options;
    options.redirect_uri = uri;
    const auto refused = server_->listen(options);

    ASSERT_FALSE(refused) << uri;
    EXPECT_EQ(refused.error().code, "callback.redirect_uri") << uri;
    EXPECT_EQ(refused.error().category, Category::Misconfigured) << uri;
  }
}

TEST_F(CallbackServer, NoSocketIsInherited) {
  const auto before = sockets_without_close_on_exec();
  start("http://localhost/callback");
  const UniqueFd browser = ask(good());
  ASSERT_TRUE(server_->wait(10s, {}));

  EXPECT_EQ(sockets_without_close_on_exec(), before);
}

TEST_F(CallbackServer, StrayRequestsDoNotEndTheLogin) {
  start();
  for (const std::string target : {"/favicon.ico", "/callback?error=access_denied", "/callback?code=x&state=wrong"}) {
    const UniqueFd stray = ask(get(target));
    EXPECT_THAT(receive_all(stray.get()), StartsWith("HTTP/1.1 4"));
  }
  connect_to(port_).reset();

  const UniqueFd browser = ask(good());

  const auto result = server_->wait(10s, {});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->refused_requests, 2u);
}

// CH-CB-10: browsers open connections ahead of need, and slow peers drip.
TEST_F(CallbackServer, SilentAndDrippingConnectionsDelayNothing) {
  start();
  std::vector<UniqueFd> idle;
  for (int i = 0; i < 100; ++i) {
    idle.push_back(connect_to(port_));
    ASSERT_TRUE(idle.back());
    send_all(idle.back().get(), i % 2 == 0 ? "" : "G");
  }
  const auto start_time = std::chrono::steady_clock::now();

  const UniqueFd browser = ask(good());
  ASSERT_TRUE(server_->wait(10s, {}));
  server_->finish(PageOutcome::Success);

  EXPECT_EQ(receive_all(browser.get()), CallbackSession::page(PageOutcome::Success));
  EXPECT_LT(std::chrono::steady_clock::now() - start_time, 3s);
}

TEST_F(CallbackServer, AtTheCapTheOldestIdleConnectionIsDropped) {
  start();
  const UniqueFd oldest = connect_to(port_);
  std::vector<UniqueFd> more;
  for (std::size_t i = 0; i < internal::most_connections(); ++i) more.push_back(connect_to(port_));

  EXPECT_TRUE(testing::is_closed_by_peer(oldest.get()));
  EXPECT_FALSE(testing::is_closed_by_peer(more.back().get(), 20ms));
}

TEST_F(CallbackServer, TwoHundredThatComeLaterDoNotPushABrowserOut) {  // CH-CB-10
  start();
  const UniqueFd browser = connect_to(port_);
  std::vector<UniqueFd> crowd;
  for (int i = 0; i < 200; ++i) crowd.push_back(connect_to(port_));
  EXPECT_FALSE(testing::is_closed_by_peer(browser.get(), 20ms));

  send_all(browser.get(), good());

  EXPECT_TRUE(server_->wait(10s, {}));
  server_->finish(PageOutcome::Success);
  EXPECT_EQ(receive_all(browser.get()), CallbackSession::page(PageOutcome::Success));
}

TEST(CallbackLimits, LeaveDescriptorsForTheLogin) {
  const auto most = testing::said_by_own_process([] {
    rlimit few{};
    ::getrlimit(RLIMIT_NOFILE, &few);
    few.rlim_cur = 64;
    ::setrlimit(RLIMIT_NOFILE, &few);
    return std::to_string(internal::most_connections());
  });

  EXPECT_EQ(most, "16");
}

TEST_F(CallbackServer, ARequestInManyPiecesIsOneRequest) {
  start();
  const UniqueFd browser = connect_to(port_);
  for (const char c : good()) ASSERT_TRUE(send_all(browser.get(), std::string_view(&c, 1)));

  EXPECT_TRUE(server_->wait(10s, {}));
}

TEST_F(CallbackServer, AnEndlessHeadIsCutOff) {
  start();
  const UniqueFd peer = ask("GET /callback HTTP/1.1\r\nX: " + std::string(40 * 1024, 'x'));

  EXPECT_THAT(receive_all(peer.get()), StartsWith("HTTP/1.1 431 "));
}

TEST_F(CallbackServer, TwoIdenticalCallbacksSeeTheSamePage) {
  start();
  const UniqueFd first = ask(good());
  const UniqueFd second = ask(good());
  ASSERT_TRUE(server_->wait(10s, {}));
  // The second may still be on its way when the first is judged; it was read once it is seen to wait.
  EXPECT_FALSE(testing::is_closed_by_peer(second.get(), 50ms));

  server_->finish(PageOutcome::Success);

  EXPECT_EQ(receive_all(first.get()), CallbackSession::page(PageOutcome::Success));
  EXPECT_EQ(receive_all(second.get()), CallbackSession::page(PageOutcome::Success));
}

TEST_F(CallbackServer, AmbiguousResponseEndsTheLoginAsAnAttack) {
  start();
  const UniqueFd browser = ask(get("/callback?code=a&code=b&state=the-state"));

  const auto result = server_->wait(10s, {});

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().category, Category::AttackSuspected);
}

TEST_F(CallbackServer, TimeoutTellsOfRefusedRequestsAndOfTls) {
  start();
  const UniqueFd wrong = ask(get("/callback?code=x&state=wrong"));
  receive_all(wrong.get());
  const UniqueFd tls = ask(std::string("\x16\x03\x01\x02\x00\x01", 6));
  EXPECT_TRUE(testing::is_closed_by_peer(tls.get()));

  // What the loop saw is published before it looks for the next event, so one more exchange settles it.
  receive_all(ask(get("/favicon.ico")).get());
  receive_all(ask(get("/favicon.ico")).get());
  const auto result = server_->wait(1ms, {});

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "callback.timeout");
  EXPECT_EQ(result.error().category, Category::Cancelled);
  EXPECT_THAT(result.error().message, HasSubstr("1 requests that did not belong"));
  EXPECT_THAT(result.error().message, HasSubstr("TLS"));
  EXPECT_EQ(server_->progress(), (CallbackProgress{.refused_requests = 1, .saw_tls = true}));  // CH-CL-13
}

TEST_F(CallbackServer, ATimeoutTellsOfAllWaitsTogether) {  // CH-CL-13: a login waits in parts
  start();
  std::stop_source stopped;
  stopped.request_stop();
  EXPECT_FALSE(server_->wait(60s, stopped.get_token()));

  EXPECT_THAT(server_->wait(1ms, {}).error().message, HasSubstr("within 60 seconds"));
}

TEST_F(CallbackServer, StopWakesTheWait) {
  start();
  std::stop_source stop;
  auto waiting = std::async(std::launch::async, [&] { return server_->wait(60s, stop.get_token()); });

  stop.request_stop();

  ASSERT_EQ(waiting.wait_for(5s), std::future_status::ready);
  EXPECT_EQ(waiting.get().error().category, Category::Cancelled);
}

TEST_F(CallbackServer, ThePageDoesNotPromiseSuccessWhenTheOutcomeIsLate) {
  server_ = internal::make_callback_server({.outcome_deadline = 20ms});
  start();
  const UniqueFd browser = ask(good());
  ASSERT_TRUE(server_->wait(10s, {}));

  EXPECT_EQ(receive_all(browser.get()), CallbackSession::page(PageOutcome::Failure));
}

TEST_F(CallbackServer, AHeadThatIsNotCompleteInTimeIsClosed) {
  server_ = internal::make_callback_server({.header_deadline = 20ms});
  start();
  const UniqueFd slow = ask("GET /callback");

  EXPECT_TRUE(testing::is_closed_by_peer(slow.get()));
}

// CH-CB-28: input that was not read makes close() send a reset, and the page would be lost.
TEST_F(CallbackServer, ThePageArrivesEvenWhenThePeerSentMoreThanItsRequest) {
  start();
  const UniqueFd browser = ask(good() + std::string(20 * 1024, 'x'));
  ASSERT_TRUE(server_->wait(10s, {}));
  std::jthread finisher([this] { server_.reset(); });

  EXPECT_EQ(receive_all(browser.get()), CallbackSession::page(PageOutcome::Failure));
}

TEST_F(CallbackServer, WaitWithoutListenIsAMistakeOfTheCaller) {
  EXPECT_EQ(server_->wait(1ms, {}).error().code, "callback.misused");
}

TEST_F(CallbackServer, SurvivesAFloodOfWrongStates) {
  start();
  std::jthread flood([this](std::stop_token stop) {
    while (!stop.stop_requested()) {
      const UniqueFd socket = connect_to(port_);
      if (socket) send_all(socket.get(), get("/callback?code=x&state=guess"));
    }
  });

  const UniqueFd browser = ask(good());
  const auto result = server_->wait(10s, {});
  flood.request_stop();
  flood.join();
  server_->finish(PageOutcome::Success);

  EXPECT_TRUE(result);
  EXPECT_EQ(receive_all(browser.get()), CallbackSession::page(PageOutcome::Success));
}

// CH-CB-10, CH-CB-27: whoever can reach loopback cannot keep the user from coming through.
TEST_F(CallbackServer, LoginSucceedsInAStormOfTwoHundredConnections) {
  start();
  std::vector<UniqueFd> idle;
  const auto knock = [&](std::string_view bytes) {
    UniqueFd socket = connect_to(port_);
    ASSERT_TRUE(socket);
    if (!bytes.empty()) (void)send_all(socket.get(), bytes);
    idle.push_back(std::move(socket));
  };
  for (int i = 0; i < 40; ++i) {
    knock("");                                                          // silent
    knock("GET /callback?state=");                                      // never finished
    knock("\x16\x03\x01");                                             // TLS
    knock(get("/callback?error=access_denied"));                        // no state
    knock(get("/callback?code=evil&state=guess" + std::to_string(i)));  // guessed
  }

  const auto began = std::chrono::steady_clock::now();
  const UniqueFd browser = ask(good());
  const auto result = server_->wait(10s, {});
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->code->expose(), "abc");
  server_->finish(PageOutcome::Success);
  EXPECT_EQ(receive_all(browser.get()), CallbackSession::page(PageOutcome::Success));
  EXPECT_LT(std::chrono::steady_clock::now() - began, 2s);
  EXPECT_GE(result->refused_requests, 80U);
}

}  // namespace
}  // namespace mimir::oauth
