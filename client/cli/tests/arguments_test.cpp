#include <arguments.hpp>

#include <string>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include <exit_status.hpp>

namespace mimir::cli {
namespace {

std::variant<Arguments, int> parse(std::vector<const char*> words) {
  words.insert(words.begin(), "mimir");
  return parse_arguments(static_cast<int>(words.size()), words.data());
}

TEST(Arguments, ConnectTakesWhatAProviderNeeds) {
  const auto parsed = parse({"connect", "mock", "--oauth", "--issuer", "https://as.example", "--client-id", "cli",
                             "--scope", "a", "--scope", "b", "--port", "8080", "--port", "8081", "--timeout", "9", "--no-browser"});

  const auto* arguments = std::get_if<Arguments>(&parsed);
  ASSERT_TRUE(arguments);
  const auto& connect = std::get<ConnectArguments>(*arguments);
  EXPECT_EQ(connect.name, "mock");
  EXPECT_EQ(connect.issuer, "https://as.example");
  EXPECT_EQ(connect.scopes, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(connect.ports, (std::vector<std::uint16_t>{8080, 8081}));
  EXPECT_EQ(connect.timeout_seconds, 9);
  EXPECT_EQ(connect.browser, oauth::BrowserWish::DoNotOpen);
}

TEST(Arguments, ConnectRegistersInsteadOfTakingAClientId) {
  const auto parsed = parse({"connect", "mock", "--oauth", "--issuer", "https://as.example", "--register",
                             "--initial-token-env", "TOKEN"});

  ASSERT_TRUE(std::holds_alternative<Arguments>(parsed));
  const auto& connect = std::get<ConnectArguments>(std::get<Arguments>(parsed));
  EXPECT_TRUE(connect.registers);
  EXPECT_EQ(connect.initial_token_env, "TOKEN");
}

TEST(Arguments, RequiredClaimsAreNamesAndValues) {
  const auto parsed = parse({"connect", "mock", "--oauth", "--require-claim", "hd=company.example", "--require-claim",
                             "tid=a=b"});

  ASSERT_TRUE(std::holds_alternative<Arguments>(parsed));
  const auto& connect = std::get<ConnectArguments>(std::get<Arguments>(parsed));
  const std::vector<std::pair<std::string, std::string>> expected{{"hd", "company.example"}, {"tid", "a=b"}};
  EXPECT_EQ(connect.required_claims, expected);
}

TEST(Arguments, AnAccountIsExpectedByNameOrSubjectAndMayBeSelected) {  // CH-AZ-16
  const auto parsed = parse({"connect", "mock", "--oauth", "--account", "ada@as.example", "--subject", "42", "--select-account"});

  ASSERT_TRUE(std::holds_alternative<Arguments>(parsed));
  const oauth::ExpectedAccount expected{.subject = "42", .login_hint = "ada@as.example", .selects = true};
  EXPECT_EQ(std::get<ConnectArguments>(std::get<Arguments>(parsed)).account, expected);
}

TEST(Arguments, WhatHappensBesideAnotherLoginIsSaid) {  // CH-CL-15
  using OtherLogin = oauth::ManagerOptions::OtherLogin;
  const auto said = [](std::vector<const char*> words) {
    words.insert(words.begin(), {"connect", "mock", "--oauth"});
    return std::get<ConnectArguments>(std::get<Arguments>(parse(words))).when_busy;
  };

  EXPECT_EQ(said({}), OtherLogin::Wait);
  EXPECT_EQ(said({"--when-busy", "wait"}), OtherLogin::Wait);
  EXPECT_EQ(said({"--when-busy", "fail"}), OtherLogin::Refuse);
  EXPECT_EQ(said({"--when-busy", "start"}), OtherLogin::GoOn);
  EXPECT_EQ(std::get<int>(parse({"connect", "mock", "--oauth", "--when-busy", "perhaps"})), kUsage);
}

TEST(Arguments, ConnectAgainNeedsOnlyTheName) {
  EXPECT_TRUE(std::holds_alternative<Arguments>(parse({"connect", "mock", "--oauth"})));
}

TEST(Arguments, AFlagSaysWhetherABrowserIsOpened) {  // CH-BR-07
  const auto wish = [](std::vector<const char*> words) {
    words.insert(words.begin(), {"fetch", "mock", "https://api.example"});
    return std::get<FetchArguments>(std::get<Arguments>(parse(std::move(words)))).browser;
  };
  EXPECT_EQ(wish({}), oauth::BrowserWish::Guess);
  EXPECT_EQ(wish({"--browser"}), oauth::BrowserWish::Open);
  EXPECT_EQ(wish({"--no-browser"}), oauth::BrowserWish::DoNotOpen);
}

TEST(Arguments, ATraceIsAskedForBeforeOrAfterTheCommand) {
  const auto traces = [](std::vector<const char*> words) {
    return std::get<TokenArguments>(std::get<Arguments>(parse(std::move(words)))).trace;
  };
  EXPECT_FALSE(traces({"auth", "token", "work"}));
  EXPECT_TRUE(traces({"--trace", "auth", "token", "work"}));
  EXPECT_TRUE(traces({"auth", "token", "work", "--trace"}));
}

class WrongUsage : public ::testing::TestWithParam<std::vector<const char*>> {};

TEST_P(WrongUsage, EndsWithTwo) {
  const auto parsed = parse(GetParam());

  ASSERT_TRUE(std::holds_alternative<int>(parsed));
  EXPECT_EQ(std::get<int>(parsed), kUsage);
}

using Words = std::vector<const char*>;
INSTANTIATE_TEST_SUITE_P(
    Table, WrongUsage,
    ::testing::Values(Words{}, Words{"no-such-command"}, Words{"connect"}, Words{"connect", "mock"},
                      Words{"connect", "mock", "--oauth", "--issuer", "https://as.example"},
                      Words{"connect", "mock", "--oauth", "--register"},
                      Words{"connect", "mock", "--oauth", "--require-claim", "hd"},
                      Words{"connect", "mock", "--oauth", "--require-claim", "=x"},
                      Words{"auth", "logout", "mock", "--local-only", "--unregister"},
                      Words{"connect", "../evil", "--oauth"}, Words{"connect", "a/b", "--oauth"},
                      Words{"connect", ".hidden", "--oauth"}, Words{"connect", "a\nb", "--oauth"},
                      Words{"connect", "mock", "--oauth", "--client-secret", "x"},  // CH-CL-09: no such option
                      Words{"connect", "mock", "--oauth", "--issuer", "i", "--client-id", "c", "--port", "0"},
                      Words{"connect", "mock", "--oauth", "--issuer", "i", "--client-id", "c", "--port", "70000"},
                      Words{"connect", "mock", "--oauth", "--issuer", "i", "--client-id", "c", "--port", "1",
                            "--redirect-uri", "http://127.0.0.1/x"},
                      Words{"connect", "mock", "--oauth", "--browser", "--no-browser"},
                      Words{"connect", "mock", "--oauth", "--timeout", "0"}, Words{"auth"}, Words{"auth", "refresh"},
                      Words{"auth", "logout"}, Words{"fetch", "mock"}));

TEST(Arguments, HelpIsNoError) { EXPECT_EQ(std::get<int>(parse({"--help"})), kDone); }

}  // namespace
}  // namespace mimir::cli
