#include "keyring_fixture.hpp"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <thread>

#include "own_process.hpp"

namespace mimir::oauth::testing {
namespace {

// No activation: what is not started here is not there.
constexpr std::string_view kBusConfig = R"(<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path=@SOCKET@</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>)";

template <class Condition>
void wait_until(const char* what, Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!condition()) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "waited for " << what;
    std::this_thread::yield();
  }
}

/// A socket's file is there before anybody listens behind it.
bool listens(const std::filesystem::path& path) {
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  path.string().copy(address.sun_path, sizeof address.sun_path - 1);
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool connected = ::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(descriptor);
  return connected;
}

void end(pid_t& pid) {
  if (pid < 0) return;
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
  pid = -1;
}

}  // namespace

KeyringTest::KeyringTest() {
  for (const auto* name : {"home", "data", "config", "run"}) std::filesystem::create_directory(temporary_ / name);
  std::filesystem::permissions(temporary_ / "run", std::filesystem::perms::owner_all);
  address_ = "unix:path=" + (temporary_ / "bus").string();
  // Read by GLib itself; these tests run one a process.
  ::setenv("DBUS_SESSION_BUS_ADDRESS", address_.c_str(), 1);
}

KeyringTest::~KeyringTest() {
  end(keyring_);
  end(bus_);
  ::unsetenv("DBUS_SESSION_BUS_ADDRESS");
}

pid_t KeyringTest::start(const std::vector<std::string>& arguments, const std::string& input) const {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) return -1;
  std::vector<std::string> environment{"PATH=/usr/bin:/bin",
                                       "DBUS_SESSION_BUS_ADDRESS=" + address_,
                                       "HOME=" + (temporary_ / "home").string(),
                                       "XDG_DATA_HOME=" + (temporary_ / "data").string(),
                                       "XDG_CONFIG_HOME=" + (temporary_ / "config").string(),
                                       "XDG_RUNTIME_DIR=" + (temporary_ / "run").string()};
  std::vector<char*> argv;
  std::vector<char*> envp;
  for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  for (auto& variable : environment) envp.push_back(variable.data());
  argv.push_back(nullptr);
  envp.push_back(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(ends[0], 0);
    const int quiet = ::open("/dev/null", O_WRONLY);
    ::dup2(quiet, 1);
    ::dup2(quiet, 2);
    ::execvpe(argv[0], argv.data(), envp.data());
    ::_exit(127);
  }
  ::close(ends[0]);
  EXPECT_EQ(::write(ends[1], input.data(), input.size()), static_cast<ssize_t>(input.size()));
  ::close(ends[1]);
  return child;
}

void KeyringTest::start_bus() {
  std::string config(kBusConfig);
  config.replace(config.find("@SOCKET@"), 8, (temporary_ / "bus").string());
  write_file(temporary_ / "bus.conf", config);
  bus_ = start({"dbus-daemon", "--nofork", "--config-file=" + (temporary_ / "bus.conf").string()});
  wait_until("the session bus", [&] { return listens(temporary_ / "bus"); });
}

void KeyringTest::start_keyring() {
  if (bus_ < 0) start_bus();
  keyring_ = start({"gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"}, "password");
  // Asked in another process: one that has a connection to the bus cannot fork.
  wait_until("the keyring", [&] { return said_by_own_process([&] { return open()->probe() ? "there" : ""; }) == "there"; });
}

std::string KeyringTest::said_by(const std::string& command) const {
  std::string said;
  FILE* const pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return said;
  char bytes[512];
  while (const auto got = std::fread(bytes, 1, sizeof bytes, pipe)) said.append(bytes, got);
  ::pclose(pipe);
  return said;
}

void KeyringTest::wait_for(const char* what, const std::function<bool()>& condition) { wait_until(what, condition); }

void KeyringTest::stop_keyring() { end(keyring_); }
void KeyringTest::pause_keyring(bool paused) const { ::kill(keyring_, paused ? SIGSTOP : SIGCONT); }

void KeyringTest::lock_keyring() const {
  const pid_t command = start({"dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.secrets",
                               "/org/freedesktop/secrets", "org.freedesktop.Secret.Service.Lock",
                               "array:objpath:/org/freedesktop/secrets/collection/login"});
  int status = -1;
  ::waitpid(command, &status, 0);
  ASSERT_EQ(status, 0);
}

StorageOptions KeyringTest::options(bool may_prompt) const {
  return {.folder = folder_, .backend = "secret-service", .may_prompt = may_prompt, .channel = "test"};
}

std::unique_ptr<TokenStorage> KeyringTest::open(bool may_prompt) const {
  return std::move(*open_storage(options(may_prompt), random_));
}

}  // namespace mimir::oauth::testing
