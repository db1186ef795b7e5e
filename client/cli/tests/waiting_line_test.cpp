#include <waiting_line.hpp>

#include <map>

#include <gtest/gtest.h>

#include <terminal.hpp>

namespace mimir::cli {
namespace {

using std::chrono::seconds;
using Variables = std::map<std::string, std::string, std::less<>>;

Waiter waiter(Variables variables, bool takes_pastes = false) {
  return {.environment = [variables = std::move(variables)](std::string_view name) -> std::optional<std::string> {
            const auto found = variables.find(name);
            return found == variables.end() ? std::nullopt : std::optional(found->second);
          },
          .takes_pastes = takes_pastes};
}

oauth::Wait wait_of(oauth::CallbackProgress progress = {}, std::string redirect_uri = "http://127.0.0.1:49152/callback") {
  return {.host = "as.example", .left = seconds(270), .redirect_uri = std::move(redirect_uri), .progress = progress};
}

TEST(WaitingLine, NamesHostDeadlineAndKeys) {  // CH-CL-13: golden output
  auto wait = wait_of();
  EXPECT_EQ(waiting_line(wait, true, waiter({})), "Waiting for authentication at as.example, for 4 min 30 s. Ctrl-C ends it.");
  EXPECT_EQ(waiting_line(wait, true, waiter({}, true)),
            "Waiting for authentication at as.example, for 4 min 30 s. Ctrl-C ends it; Enter after a pasted address takes that.");
  EXPECT_EQ(waiting_line(wait, false, waiter({}, true)), "Still waiting for authentication at as.example, 4 min 30 s left.");
  wait.left = seconds(300);
  EXPECT_EQ(waiting_line(wait, false, waiter({})), "Still waiting for authentication at as.example, 5 min left.");
  wait = {.host = "as\x1b.example", .left = seconds(9)};
  EXPECT_EQ(waiting_line(wait, true, waiter({}, true)), "Waiting for authentication at as?.example, for 9 s. Ctrl-C ends it.");
}

TEST(WaitingLine, OverSshTheHintIsTheLineToRun) {  // CH-CL-13
  const auto line = [](Variables variables, const std::string& uri = "http://127.0.0.1:49152/callback") {
    const auto hint = waiting_hint(wait_of({}, uri), waiter(std::move(variables)));
    const auto begin = hint.find("\n\n    ") + 6;
    return hint.substr(begin, hint.find("\n\n", begin) - begin);
  };
  const Variables ada{{"SSH_CONNECTION", "192.0.2.9 51000 198.51.100.7 22"}, {"USER", "ada"}};

  EXPECT_EQ(line(ada), "ssh -N -L 49152:127.0.0.1:49152 ada@198.51.100.7");
  EXPECT_EQ(line(ada, "http://localhost:49152/callback"), "ssh -N -L 49152:127.0.0.1:49152 ada@198.51.100.7");
  EXPECT_EQ(line(ada, "http://[::1]:49152/callback"), "ssh -N -L 49152:[::1]:49152 ada@198.51.100.7");
  EXPECT_EQ(line({{"SSH_CONNECTION", "2001:db8::9 51000 2001:db8::7 2222"}, {"USER", "ada"}}),
            "ssh -N -L 49152:127.0.0.1:49152 -p 2222 ada@2001:db8::7");
  EXPECT_EQ(line({{"SSH_TTY", "/dev/pts/1"}}), "ssh -N -L 49152:127.0.0.1:49152 THIS-MACHINE");
  EXPECT_EQ(line({{"SSH_CLIENT", "192.0.2.9 51000 22"}}), "ssh -N -L 49152:127.0.0.1:49152 THIS-MACHINE");
  // What could do more in a shell than name a machine is left out.
  EXPECT_EQ(line({{"SSH_CONNECTION", "x 1 $(reboot) 22"}, {"USER", "ada"}}), "ssh -N -L 49152:127.0.0.1:49152 THIS-MACHINE");
  EXPECT_EQ(line({{"SSH_CONNECTION", "x 1 192.0.2.1 ;reboot"}, {"USER", "-oProxyCommand=x"}}),
            "ssh -N -L 49152:127.0.0.1:49152 192.0.2.1");
}

TEST(WaitingLine, TheHintIsByTheCause) {  // CH-CL-13
  const auto starts = [](const std::string& hint, const char* text) { return hint.rfind(text, 0) == 0; };
  const Variables wsl{{"WSL_DISTRO_NAME", "Ubuntu"}};
  const Variables ssh{{"SSH_TTY", "/dev/pts/1"}, {"WSL_INTEROP", "/run/x"}};

  EXPECT_TRUE(starts(waiting_hint(wait_of({.refused_requests = 1, .saw_tls = true}), waiter(ssh)), "The browser asks for https"));
  EXPECT_TRUE(starts(waiting_hint(wait_of({.refused_requests = 1}), waiter(ssh)), "If the browser runs on the machine"));
  EXPECT_TRUE(starts(waiting_hint(wait_of({.refused_requests = 1}), waiter(wsl)), "A browser of Windows"));
  EXPECT_TRUE(starts(waiting_hint(wait_of(), waiter({{"WSL_INTEROP", "/run/x"}})), "A browser of Windows"));
  EXPECT_TRUE(starts(waiting_hint(wait_of({.refused_requests = 2}), waiter({})), "2 answers came that belong to another login"));
  EXPECT_TRUE(starts(waiting_hint(wait_of(), waiter({})), "No answer has come from a browser"));
  EXPECT_EQ(waiting_hint(wait_of({}, ""), waiter(ssh)), "");  // on another device
}

TEST(WaitingLine, APasteIsOfferedOnlyWhereOneIsRead) {
  const Variables places[] = {{}, {{"SSH_TTY", "x"}}, {{"WSL_INTEROP", "x"}}};
  for (const auto& variables : places) {
    EXPECT_NE(waiting_hint(wait_of(), waiter(variables, true)).find("paste here"), std::string::npos);
    EXPECT_EQ(waiting_hint(wait_of(), waiter(variables, false)).find("paste here"), std::string::npos);
  }
}

TEST(WaitingLine, TheFirstLineHasNoHintAndEachLaterOneHas) {  // CH-CL-13
  const auto shown = [](oauth::Event::Kind kind) {
    ::testing::internal::CaptureStderr();
    Terminal(false).show({.kind = kind, .provider = "mock", .text = {}, .wait = wait_of()}, {}, waiter({}));
    return ::testing::internal::GetCapturedStderr();
  };

  EXPECT_EQ(shown(oauth::Event::Kind::Waiting), "Waiting for authentication at as.example, for 4 min 30 s. Ctrl-C ends it.\n");
  EXPECT_EQ(shown(oauth::Event::Kind::StillWaiting),
            "Still waiting for authentication at as.example, 4 min 30 s left.\n"
            "No answer has come from a browser. If no page is open, open the address above again, on this machine.\n");
}

}  // namespace
}  // namespace mimir::cli
