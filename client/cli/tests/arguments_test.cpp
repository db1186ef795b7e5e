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
  EXPECT_TRUE(connect.no_browser);
}

TEST(Arguments, ConnectAgainNeedsOnlyTheName) {
  EXPECT_TRUE(std::holds_alternative<Arguments>(parse({"connect", "mock", "--oauth"})));
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
                      Words{"connect", "../evil", "--oauth"}, Words{"connect", "a/b", "--oauth"},
                      Words{"connect", ".hidden", "--oauth"}, Words{"connect", "a\nb", "--oauth"},
                      Words{"connect", "mock", "--oauth", "--client-secret", "x"},  // CH-CL-09: no such option
                      Words{"connect", "mock", "--oauth", "--issuer", "i", "--client-id", "c", "--port", "0"},
                      Words{"connect", "mock", "--oauth", "--issuer", "i", "--client-id", "c", "--port", "70000"},
                      Words{"connect", "mock", "--oauth", "--issuer", "i", "--client-id", "c", "--port", "1",
                            "--redirect-uri", "http://127.0.0.1/x"},
                      Words{"connect", "mock", "--oauth", "--timeout", "0"}, Words{"auth"}, Words{"auth", "refresh"},
                      Words{"auth", "logout"}, Words{"fetch", "mock"}));

TEST(Arguments, HelpIsNoError) { EXPECT_EQ(std::get<int>(parse({"--help"})), kDone); }

}  // namespace
}  // namespace mimir::cli
