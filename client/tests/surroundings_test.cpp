#include <mimir/oauth/surroundings.hpp>

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mimir::oauth {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using Variables = std::map<std::string, std::string>;

EnvironmentLookup lookup_in(const Variables& variables) {
  return [variables](std::string_view name) -> std::optional<std::string> {
    const auto found = variables.find(std::string(name));
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}

struct BrowserCase {
  const char* name;
  Variables variables;
  bool opens;
  const char* reason;
  Surroundings here = {.has_terminal = true};
  BrowserWish wish = BrowserWish::Guess;
};
void PrintTo(const BrowserCase& c, std::ostream* out) { *out << c.name; }

class BrowserDecisionTable : public ::testing::TestWithParam<BrowserCase> {};

TEST_P(BrowserDecisionTable, SaysWhetherAndWhy) {  // CH-BR-07, CH-BR-14
  auto here = GetParam().here;
  here.environment = lookup_in(GetParam().variables);

  const auto decision = decide_on_browser(here, GetParam().wish);

  EXPECT_EQ(decision.opens, GetParam().opens);
  EXPECT_THAT(decision.reason, HasSubstr(GetParam().reason));
  EXPECT_EQ(decision.reason.find('\n'), std::string::npos);
}

const Surroundings kNobody{};
const Surroundings kWindows{.has_terminal = true, .has_wsl_interop = true};
const Surroundings kContainer{.has_terminal = true, .in_container = true};
const Surroundings kRoot{.is_superuser = true, .has_terminal = true};

INSTANTIATE_TEST_SUITE_P(
    Table, BrowserDecisionTable,
    ::testing::Values(
        BrowserCase{"desktop", {{"DISPLAY", ":0"}}, true, "desktop"},
        BrowserCase{"wayland", {{"WAYLAND_DISPLAY", "wayland-0"}}, true, "desktop"},
        BrowserCase{"started_from_an_icon", {{"DISPLAY", ":0"}}, true, "desktop", kNobody},
        BrowserCase{"console", {}, false, "no desktop"},
        BrowserCase{"empty_is_not_set", {{"DISPLAY", ""}, {"SSH_TTY", ""}, {"CI", ""}}, false, "no desktop"},
        BrowserCase{"cron", {}, false, "neither", kNobody},
        BrowserCase{"ssh", {{"SSH_CONNECTION", "192.0.2.1 5 192.0.2.2 22"}}, false, "SSH"},
        BrowserCase{"ssh_tty", {{"SSH_TTY", "/dev/pts/1"}}, false, "SSH"},
        BrowserCase{"ssh_client", {{"SSH_CLIENT", "192.0.2.1 5 22"}}, false, "SSH"},
        BrowserCase{"ssh_to_a_desktop", {{"SSH_TTY", "/dev/pts/1"}, {"DISPLAY", ":0"}}, false, "SSH"},
        BrowserCase{"ssh_to_wayland", {{"SSH_TTY", "/dev/pts/1"}, {"WAYLAND_DISPLAY", "wayland-0"}}, false, "SSH"},
        BrowserCase{"ssh_with_forwarding", {{"SSH_TTY", "/dev/pts/1"}, {"DISPLAY", "localhost:10.0"}}, true, "desktop"},
        BrowserCase{"ssh_to_windows", {{"SSH_TTY", "/dev/pts/1"}, {"WSL_DISTRO_NAME", "Debian"}}, false, "SSH", kWindows},
        BrowserCase{"ci", {{"CI", "true"}, {"DISPLAY", ":99"}}, false, "CI"},
        BrowserCase{"ci_switched_off", {{"CI", "false"}, {"DISPLAY", ":0"}}, true, "desktop"},
        BrowserCase{"ci_zero", {{"CI", "0"}, {"DISPLAY", ":0"}}, true, "desktop"},
        BrowserCase{"container", {}, false, "container", kContainer},
        BrowserCase{"container_by_variable", {{"container", "podman"}}, false, "container"},
        BrowserCase{"container_with_the_desktop_of_its_host", {{"DISPLAY", ":0"}}, true, "desktop", kContainer},
        BrowserCase{"wsl", {{"WSL_DISTRO_NAME", "Debian"}}, true, "Windows", kWindows},
        BrowserCase{"wsl_by_its_socket", {{"WSL_INTEROP", "/run/WSL/1_interop"}}, true, "Windows", kWindows},
        BrowserCase{"wsl_without_interop", {{"WSL_DISTRO_NAME", "Debian"}}, false, "cannot start"},
        BrowserCase{"wsl_without_interop_but_a_desktop", {{"WSL_DISTRO_NAME", "Debian"}, {"DISPLAY", ":0"}}, true, "desktop"},
        BrowserCase{"binfmt_alone_is_no_wsl", {}, false, "no desktop", kWindows},
        BrowserCase{"no_browser", {{"NO_BROWSER", "1"}, {"DISPLAY", ":0"}, {"BROWSER", "firefox"}}, false, "NO_BROWSER"},
        BrowserCase{"named", {{"BROWSER", "firefox"}, {"SSH_TTY", "/dev/pts/1"}, {"CI", "1"}}, true, "BROWSER"},
        BrowserCase{"wanted", {{"NO_BROWSER", "1"}, {"SSH_TTY", "/dev/pts/1"}}, true, "wanted", kNobody, BrowserWish::Open},
        BrowserCase{"not_wanted", {{"DISPLAY", ":0"}, {"BROWSER", "firefox"}}, false, "none", kNobody, BrowserWish::DoNotOpen},
        BrowserCase{"root_at_its_own_desktop", {{"DISPLAY", ":0"}, {"SUDO_USER", "root"}}, true, "desktop", kRoot},
        BrowserCase{"sudo", {{"DISPLAY", ":0"}, {"SUDO_USER", "ada"}}, false, "another user's desktop", kRoot},
        BrowserCase{"doas", {{"DISPLAY", ":0"}, {"DOAS_USER", "ada"}}, false, "another user's desktop", kRoot},
        BrowserCase{"pkexec", {{"DISPLAY", ":0"}, {"PKEXEC_UID", "1000"}}, false, "another user's desktop", kRoot},
        BrowserCase{"sudo_by_all_means", {{"BROWSER", "firefox"}, {"SUDO_USER", "ada"}}, false, "another user's desktop", kRoot,
                    BrowserWish::Open},
        BrowserCase{"sudo_to_somebody_else", {{"DISPLAY", ":0"}, {"SUDO_USER", "ada"}}, true, "desktop"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(BrowserDecision, SaysWhereALoginWouldWaitForNobody) {  // CH-CL-07
  const auto nobody = [](const Variables& variables, Surroundings here, BrowserWish wish = BrowserWish::Guess) {
    here.environment = lookup_in(variables);
    return decide_on_browser(here, wish).nobody_is_here;
  };

  EXPECT_TRUE(nobody({}, kNobody));
  EXPECT_TRUE(nobody({{"CI", "true"}, {"DISPLAY", ":99"}}, {.has_terminal = true}));
  EXPECT_TRUE(nobody({{"SSH_CONNECTION", "192.0.2.1 5 192.0.2.2 22"}}, kNobody));
  EXPECT_TRUE(nobody({{"container", "podman"}}, kNobody));
  EXPECT_FALSE(nobody({}, {.has_terminal = true}));
  EXPECT_FALSE(nobody({{"DISPLAY", ":0"}}, kNobody));
  EXPECT_FALSE(nobody({{"CI", "true"}, {"BROWSER", "approve"}}, kNobody));
  EXPECT_FALSE(nobody({{"CI", "true"}}, kNobody, BrowserWish::DoNotOpen));  // asked for: some program reads the address
  EXPECT_FALSE(nobody({{"NO_BROWSER", "1"}}, kNobody));
}

TEST(SuperuserWarning, NamesWhoseLoginItWillBe) {  // CH-BR-14
  const auto warning = [](Variables variables, bool is_superuser, bool in_container = false) {
    return superuser_warning(
        {.environment = lookup_in(variables), .is_superuser = is_superuser, .in_container = in_container}, "/root/logins");
  };

  EXPECT_THAT(warning({{"SUDO_USER", "ada"}}, true), AllOf(HasSubstr("root for ada"), HasSubstr("/root/logins")));
  EXPECT_THAT(warning({{"SUDO_USER", "ada"}}, true, true), HasSubstr("root for ada"));
  EXPECT_THAT(warning({}, true), AllOf(HasSubstr("as root:"), HasSubstr("/root/logins")));
  EXPECT_EQ(warning({}, true, true), "");
  EXPECT_EQ(warning({{"container", "podman"}}, true), "");
  EXPECT_EQ(warning({{"SUDO_USER", "ada"}}, false), "");
  EXPECT_EQ(warning({{"SUDO_USER", "a\x1b[2J"}}, true).find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace mimir::oauth
