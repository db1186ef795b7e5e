#include <mimir/oauth/callback_session.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mimir::oauth {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::string_view kState = "s3cret-state";

CallbackSession session(const std::string& redirect_uri = "http://127.0.0.1:4711/callback") {
  CallbackOptions options;
  options.state = Secret(kState);
  return CallbackSession(options, redirect_uri);
}

std::string request(std::string_view target, std::string_view host = "127.0.0.1:4711", std::string_view method = "GET") {
  return std::string(method) + " " + std::string(target) + " HTTP/1.1\r\nHost: " + std::string(host) +
         "\r\nUser-Agent: test\r\n\r\n";
}

std::string callback(std::string_view query) { return request("/callback?" + std::string(query)); }

const std::string kGood = callback("code=abc&state=s3cret-state");

TEST(CallbackSession, AcceptsACodeWithTheRightState) {
  auto callbacks = session();

  const auto answer = callbacks.receive(callback("code=a%2Bb+c%3D%26&state=s3cret-state&iss=https%3A%2F%2Fas.example"));

  EXPECT_TRUE(answer.accepted);
  EXPECT_TRUE(answer.pending);
  EXPECT_EQ(answer.bytes, "");
  const auto result = callbacks.result();
  ASSERT_TRUE(result && *result);
  EXPECT_EQ(result->value().code->expose(), "a+b c=&");
  EXPECT_EQ(result->value().error, "");
  EXPECT_EQ(result->value().iss, "https://as.example");
  EXPECT_FALSE(callbacks.result()) << "the outcome is handed out once";
}

TEST(CallbackSession, AcceptsAnErrorWithTheRightStateAndCleansItsText) {
  auto callbacks = session();

  callbacks.receive(callback("error=access_denied&error_description=no%22%5C%C3%A9&state=s3cret-state"));

  const auto result = callbacks.result();
  ASSERT_TRUE(result && *result);
  EXPECT_EQ(result->value().error, "access_denied");
  EXPECT_EQ(result->value().error_description, "no????");
  EXPECT_FALSE(result->value().code);
}

struct Refusal {
  std::string name;
  std::string bytes;
  std::string status;
  bool counted = true;
};

class CallbackSessionRefusal : public ::testing::TestWithParam<Refusal> {};

// CH-CB-05, -08, -09, -15, -19, -22, -23, -29: whatever comes first, the login goes on.
TEST_P(CallbackSessionRefusal, LeavesTheLoginUnderWay) {
  auto callbacks = session();

  const auto answer = callbacks.receive(GetParam().bytes);

  EXPECT_FALSE(answer.accepted);
  EXPECT_FALSE(answer.pending);
  EXPECT_THAT(answer.bytes, StartsWith("HTTP/1.1 " + GetParam().status + " "));
  EXPECT_THAT(answer.bytes, Not(HasSubstr("Access-Control-")));
  EXPECT_FALSE(callbacks.result());
  EXPECT_EQ(callbacks.refused_requests(), GetParam().counted ? 1u : 0u);
  EXPECT_TRUE(callbacks.receive(kGood).accepted);
  EXPECT_EQ(callbacks.result()->value().refused_requests, GetParam().counted ? 1u : 0u);
}

INSTANTIATE_TEST_SUITE_P(
    Table, CallbackSessionRefusal,
    ::testing::Values(
        Refusal{"ErrorWithoutState", callback("error=access_denied"), "400"},
        Refusal{"CodeWithoutState", callback("code=abc"), "400"},
        Refusal{"WrongState", callback("code=abc&state=other"), "400"},
        Refusal{"TruncatedState", callback("code=abc&state=s3cret-stat"), "400"},
        Refusal{"EmptyState", callback("code=abc&state="), "400"},
        Refusal{"TwoStates", callback("code=abc&state=s3cret-state&state=s3cret-state"), "400"},
        Refusal{"NoQuery", request("/callback"), "400"},
        Refusal{"BadEscape", callback("code=%zz&state=s3cret-state"), "400"},
        Refusal{"NulByte", callback("code=a%00b&state=s3cret-state"), "400"},
        Refusal{"ControlByte", callback("code=a%0Ab&state=s3cret-state"), "400"},
        Refusal{"ForeignHost", request("/callback?code=a&state=s3cret-state", "evil.example:4711"), "421"},
        Refusal{"LocalhostForALiteral", request("/callback?code=a&state=s3cret-state", "localhost:4711"), "421"},
        Refusal{"HostWithoutPort", request("/callback?code=a&state=s3cret-state", "127.0.0.1"), "421"},
        Refusal{"HostWithOtherPort", request("/callback?code=a&state=s3cret-state", "127.0.0.1:4712"), "421"},
        Refusal{"MissingHost", "GET /callback?code=a&state=s3cret-state HTTP/1.1\r\n\r\n", "400"},
        Refusal{"RepeatedHost",
                "GET /callback?code=a&state=s3cret-state HTTP/1.1\r\nHost: 127.0.0.1:4711\r\nhost: 127.0.0.1:4711\r\n\r\n",
                "400"},
        Refusal{"ForeignAbsoluteForm", request("http://evil.example/callback?code=a&state=s3cret-state"), "421"},
        Refusal{"Favicon", request("/favicon.ico"), "404", false}, Refusal{"Root", request("/"), "404", false},
        Refusal{"PathBelow", request("/callback/x?code=a&state=s3cret-state"), "404", false},
        Refusal{"Traversal", request("/callback/../../etc/passwd"), "404", false},
        Refusal{"EncodedPath", request("/%63allback?code=a&state=s3cret-state"), "404", false},
        Refusal{"Shutdown", request("/shutdown"), "404", false}, Refusal{"Cancel", request("/cancel"), "404", false},
        Refusal{"Head", request("/callback?code=a&state=s3cret-state", "127.0.0.1:4711", "HEAD"), "405", false},
        Refusal{"Options", request("/callback", "127.0.0.1:4711", "OPTIONS"), "405", false},
        Refusal{"FormPost", request("/callback?code=a&state=s3cret-state", "127.0.0.1:4711", "POST"), "405", false},
        Refusal{"LowerCaseMethod", request("/callback?code=a&state=s3cret-state", "127.0.0.1:4711", "get"), "405", false},
        Refusal{"Garbage", std::string("\x16\x03\x01\x00\xff\r\n\r\n", 9), "400"},
        Refusal{"NotHttp", "GET /callback?code=a&state=s3cret-state\r\nHost: 127.0.0.1:4711\r\n\r\n", "400"},
        Refusal{"BareLineFeeds", "GET /callback?state=s3cret-state HTTP/1.1\nHost: 127.0.0.1:4711\n\n", "400"},
        Refusal{"FoldedHeader",
                "GET /callback?code=a&state=s3cret-state HTTP/1.1\r\nHost: 127.0.0.1:4711\r\n folded\r\n\r\n", "400"},
        Refusal{"SpaceBeforeColon", "GET /callback?code=a&state=s3cret-state HTTP/1.1\r\nHost : 127.0.0.1:4711\r\n\r\n",
                "400"},
        Refusal{"SpaceInTarget", request("/callback?code=a b&state=s3cret-state"), "400"},
        Refusal{"NoEmptyLine", "GET /callback?code=a&state=s3cret-state HTTP/1.1\r\nHost: 127.0.0.1:4711\r\n", "400"},
        Refusal{"Nothing", "", "400"},
        Refusal{"TooLarge", callback("code=" + std::string(33 * 1024, 'a') + "&state=s3cret-state"), "431"}),
    [](const auto& param_info) { return param_info.param.name; });

TEST(CallbackSession, TakesACodeOf16KiB) {
  auto callbacks = session();
  const std::string code(16 * 1024, 'c');

  EXPECT_TRUE(callbacks.receive(callback("code=" + code + "&state=s3cret-state")).accepted);
  EXPECT_EQ(callbacks.result()->value().code->expose(), code);
}

TEST(CallbackSession, ComparesTheHostWithoutCaseAndTakesTheAbsoluteForm) {
  auto upper = session("http://localhost:4711/callback");
  EXPECT_TRUE(upper.receive(request("/callback?code=a&state=s3cret-state", "LOCALHOST:4711")).accepted);

  auto absolute = session();
  EXPECT_TRUE(absolute.receive(request("http://127.0.0.1:4711/callback?code=a&state=s3cret-state")).accepted);

  auto default_port = session("http://[::1]/");
  EXPECT_TRUE(default_port.receive(request("/?code=a&state=s3cret-state", "[::1]")).accepted);
}

class CallbackSessionAmbiguous : public ::testing::TestWithParam<std::string> {};

// CH-CB-14: two parsers may pick different ones, so nobody may pick.
TEST_P(CallbackSessionAmbiguous, EndsTheLogin) {
  auto callbacks = session();

  const auto answer = callbacks.receive(callback(GetParam() + "&state=s3cret-state"));

  EXPECT_TRUE(answer.accepted);
  const auto result = callbacks.result();
  ASSERT_TRUE(result);
  ASSERT_FALSE(*result);
  EXPECT_EQ(result->error().code, "callback.ambiguous");
  EXPECT_EQ(result->error().category, Category::AttackSuspected);
  EXPECT_FALSE(callbacks.receive(kGood).accepted);
}

INSTANTIATE_TEST_SUITE_P(Table, CallbackSessionAmbiguous,
                         ::testing::Values("code=a&code=a", "code=a&code=b", "error=a&error=b", "code=a&error=b",
                                           "code=a&iss=x&iss=y", "code=a&unknown=1&unknown=2"));

TEST(CallbackSession, NeitherCodeNorErrorIsTheProvidersMistake) {
  for (const std::string query : {"state=s3cret-state", "code=&state=s3cret-state", "error=&state=s3cret-state",
                                  "access_token=t&state=s3cret-state", "response=jwt&state=s3cret-state"}) {
    auto callbacks = session();

    EXPECT_TRUE(callbacks.receive(callback(query)).accepted) << query;

    const auto result = callbacks.result();
    ASSERT_TRUE(result) << query;
    ASSERT_FALSE(*result) << query;
    EXPECT_EQ(result->error().code, "callback.incomplete") << query;
  }
}

TEST(CallbackSession, IdenticalRepeatsSeeTheSamePageAndOthersAreRefused) {
  auto callbacks = session();
  ASSERT_TRUE(callbacks.receive(kGood).accepted);

  const auto repeat = callbacks.receive(kGood);
  EXPECT_FALSE(repeat.accepted);
  EXPECT_TRUE(repeat.pending);

  const auto other = callbacks.receive(callback("code=other&state=s3cret-state"));
  EXPECT_FALSE(other.pending);
  EXPECT_THAT(other.bytes, StartsWith("HTTP/1.1 400 "));
  EXPECT_EQ(callbacks.result()->value().code->expose(), "abc");
}

TEST(CallbackSession, AnEmptyExpectedStateMatchesNothing) {
  CallbackSession callbacks(CallbackOptions{}, "http://127.0.0.1:4711/callback");

  EXPECT_FALSE(callbacks.receive(callback("code=abc&state=")).accepted);
  EXPECT_FALSE(callbacks.receive(callback("code=abc")).accepted);
}

// CH-CB-11: markup in every parameter, and the page is the same bytes.
TEST(CallbackSession, ReflectsNothingOfARequest) {
  auto callbacks = session();
  const auto plain = callbacks.receive(callback("code=a&state=wrong")).bytes;

  const auto hostile = callbacks.receive(request("/callback?code=<script>&state=<b>&error=%3Cscript%3E"));

  EXPECT_EQ(hostile.bytes, plain);
}

TEST(CallbackSession, PagesCannotBeFramedSniffedCachedOrLeakTheUrl) {
  for (const auto outcome : {PageOutcome::Success, PageOutcome::Failure}) {
    const auto page = CallbackSession::page(outcome);

    EXPECT_THAT(page, HasSubstr("Content-Security-Policy: default-src 'none'; style-src 'sha256-"));
    EXPECT_THAT(page, HasSubstr("frame-ancestors 'none'"));
    EXPECT_THAT(page, HasSubstr("X-Content-Type-Options: nosniff\r\n"));
    EXPECT_THAT(page, HasSubstr("Referrer-Policy: no-referrer\r\n"));
    EXPECT_THAT(page, HasSubstr("Cache-Control: no-store\r\n"));
    EXPECT_THAT(page, HasSubstr("Connection: close\r\n"));
    EXPECT_THAT(page, HasSubstr("history.replaceState(null,'',location.pathname)"));
    EXPECT_THAT(page, Not(HasSubstr("http://")));
    EXPECT_THAT(page, Not(HasSubstr("https://")));
    const auto body = page.substr(page.find("\r\n\r\n") + 4);
    EXPECT_THAT(page, HasSubstr("Content-Length: " + std::to_string(body.size()) + "\r\n"));
  }
  EXPECT_THAT(CallbackSession::page(PageOutcome::Success), HasSubstr("You are signed in"));
  EXPECT_THAT(CallbackSession::page(PageOutcome::Failure), HasSubstr("You are not signed in"));
}

TEST(CallbackSession, AnswerToHeadHasNoBody) {
  auto callbacks = session();

  const auto answer = callbacks.receive(request("/callback", "127.0.0.1:4711", "HEAD"));

  EXPECT_TRUE(answer.bytes.ends_with("\r\n\r\n"));
}

}  // namespace
}  // namespace mimir::oauth
