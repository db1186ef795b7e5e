#include <terminal.hpp>

#include <pty.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

namespace mimir::cli {
namespace {

const std::string kLongUrl =
    "https://as.example/authorize?response_type=code&client_id=cli&redirect_uri=http%3A%2F%2F127.0.0.1%3A4711%2Fcallback&"
    "scope=openid&state=xyz&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";

void show_url(bool is_fancy, const oauth::BrowserDecision& browser) {
  Terminal(is_fancy).show({.kind = oauth::Event::Kind::AuthorizationUrl, .provider = "mock", .text = kLongUrl}, browser);
}

std::string shown_in_a_pipe(bool is_fancy, const oauth::BrowserDecision& browser) {
  ::testing::internal::CaptureStderr();
  show_url(is_fancy, browser);
  return ::testing::internal::GetCapturedStderr();
}

/// What arrives at a terminal of 40 columns.
std::string shown_at_40_columns(const oauth::BrowserDecision& browser) {
  int screen = -1;
  int line = -1;
  const winsize size{.ws_row = 24, .ws_col = 40, .ws_xpixel = 0, .ws_ypixel = 0};
  if (openpty(&screen, &line, nullptr, nullptr, &size) != 0) return "no terminal to be had";
  const int before = dup(STDERR_FILENO);
  dup2(line, STDERR_FILENO);
  show_url(true, browser);
  dup2(before, STDERR_FILENO);
  close(before);
  close(line);
  std::string text;
  char bytes[512];
  for (ssize_t got = 0; (got = read(screen, bytes, sizeof bytes)) > 0;) text.append(bytes, static_cast<std::size_t>(got));
  close(screen);
  std::erase(text, '\r');  // put before every line feed by the terminal itself
  return text;
}

TEST(Terminal, ShowsAnUrlAloneOnItsLineAndWhole) {  // CH-BR-15, CH-BR-07: golden output
  const std::string opened = "Opening browser (there is a desktop) to:\n\n" + kLongUrl +
                             "\n\nIf the browser doesn't open, copy that line into one yourself.\n";
  const std::string printed =
      "No browser is opened: this is an SSH session. Copy this line into one, on any machine:\n\n" + kLongUrl + "\n\n";
  const oauth::BrowserDecision opens{.opens = true, .reason = "there is a desktop"};
  const oauth::BrowserDecision prints{.opens = false, .reason = "this is an SSH session"};

  EXPECT_EQ(shown_in_a_pipe(false, opens), opened);
  EXPECT_EQ(shown_in_a_pipe(true, opens), opened);
  EXPECT_EQ(shown_at_40_columns(opens), opened);
  EXPECT_EQ(shown_in_a_pipe(false, prints), printed);
  EXPECT_EQ(shown_at_40_columns(prints), printed);
}

TEST(Terminal, ShowsThePagesOfADeviceLoginAloneOnTheirLines) {  // CH-BR-15
  const std::string page = "https://as.example/device";
  ::testing::internal::CaptureStderr();

  Terminal(true).show({.kind = oauth::Event::Kind::DeviceCode,
                       .provider = "mock",
                       .text = "ABCD-EFGH",
                       .device = oauth::DevicePrompt{.user_code = "ABCD-EFGH",
                                                     .verification_uri = page,
                                                     .verification_uri_complete = page + "?user_code=ABCD-EFGH"}},
                      {});

  const auto text = ::testing::internal::GetCapturedStderr();
  EXPECT_NE(text.find("\n" + page + "\n"), std::string::npos) << text;
  EXPECT_NE(text.find("\n" + page + "?user_code=ABCD-EFGH\n"), std::string::npos) << text;
  EXPECT_NE(text.find("\n    ABCD-EFGH\n"), std::string::npos) << text;
}

}  // namespace
}  // namespace mimir::cli
