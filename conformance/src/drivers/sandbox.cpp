#include "sandbox.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include <mimir/codec/json.hpp>

#include "browser_walk.hpp"

namespace mockoauth::conformance::internal {
namespace {

namespace fs = std::filesystem;
using mimir::codec::Json;

constexpr unsigned kWalkSeconds = 60;

std::string shell_quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

bool write_file(const fs::path& path, const std::string& content) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << content;
  return static_cast<bool>(out.flush());
}

std::vector<std::string> take_lines(const fs::path& path) {
  std::vector<std::string> lines;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  in.close();
  std::error_code ignored;
  fs::remove(path, ignored);
  return lines;
}

void append_line(const fs::path& path, const std::string& line) {
  std::ofstream out(path, std::ios::app);
  out << line << '\n';
}

BrowserPlan read_plan(const fs::path& folder) {
  BrowserPlan plan;
  std::ifstream in(folder / "plan.json");
  std::ostringstream text;
  text << in.rdbuf();
  const auto json = Json::parse(text.str());
  const Json* tamper = json ? json->find("tamper") : nullptr;
  if (tamper == nullptr || !tamper->is_object()) return plan;
  for (const auto& [name, value] : *tamper->as_object()) {
    if (const auto* replacement = value.as_string()) plan.tamper[name] = *replacement;
  }
  return plan;
}

// Held by a walk for as long as it lasts, so that the bench can wait for it.
struct WalkLock {
  explicit WalkLock(const fs::path& folder) : fd(::open((folder / "walk.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    if (fd >= 0) ::flock(fd, LOCK_EX);
  }
  ~WalkLock() {
    if (fd >= 0) ::close(fd);
  }
  WalkLock(const WalkLock&) = delete;
  WalkLock& operator=(const WalkLock&) = delete;
  int fd;
};

}  // namespace

mimir::codec::Result<std::unique_ptr<Sandbox>> Sandbox::create(const std::string& self, bool keep) {
  std::string pattern = (fs::temp_directory_path() / "mockoauth-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) return mimir::codec::fail("bench.sandbox", "cannot make a folder in " + fs::temp_directory_path().string());
  std::unique_ptr<Sandbox> sandbox(new Sandbox(pattern, keep));
  std::error_code failed;
  for (const auto& folder : {sandbox->home(), sandbox->store(), sandbox->browser(), sandbox->root_ / "tmp"}) {
    fs::create_directory(folder, failed);
    fs::permissions(folder, fs::perms::owner_all, failed);
  }
  const fs::path shim = sandbox->root_ / "open-browser";
  // The walk happens in real time, whatever clock the client was given.
  const bool written = write_file(shim, "#!/bin/sh\nunset LD_PRELOAD FAKETIME\nexec " + shell_quoted(self) + " browser-walk " +
                                            shell_quoted(sandbox->browser().string()) + " \"$1\"\n");
  fs::permissions(shim, fs::perms::owner_all, failed);
  if (!written || failed) return mimir::codec::fail("bench.sandbox", "cannot write to " + pattern);
  return sandbox;
}

Sandbox::~Sandbox() {
  if (keep_) return;
  { const WalkLock wait(browser()); }  // A walk that is still going on writes into the folder.
  std::error_code ignored;
  fs::remove_all(root_, ignored);
}

std::map<std::string, std::string> Sandbox::environment() const {
  std::map<std::string, std::string> environment{
      {"HOME", home().string()},
      {"TMPDIR", (root_ / "tmp").string()},
      {"XDG_CONFIG_HOME", (home() / ".config").string()},
      {"XDG_DATA_HOME", (home() / ".local/share").string()},
      {"XDG_STATE_HOME", (home() / ".local/state").string()},
      {"XDG_CACHE_HOME", (home() / ".cache").string()},
      {"BROWSER", (root_ / "open-browser").string()},
      {"LANG", "C.UTF-8"},
      {"NO_COLOR", "1"},
  };
  for (const char* name : {"PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS"}) {
    if (const char* value = std::getenv(name)) environment[name] = value;
  }
  return environment;
}

mimir::codec::Result<> Sandbox::set_ca(const std::string& pem) {
  if (pem.empty() || write_file(ca_file(), pem)) return {};
  return mimir::codec::fail("bench.sandbox", "cannot write what is to be trusted");
}

mimir::codec::Result<> Sandbox::set_browser_plan(const BrowserPlan& plan) {
  Json tamper = Json::object();
  for (const auto& [name, value] : plan.tamper) tamper.set(name, value);
  if (write_file(browser() / "plan.json", Json::object({{"tamper", tamper}}).dump())) return {};
  return mimir::codec::fail("bench.sandbox", "cannot write the browser's plan");
}

Sandbox::BrowserRecord Sandbox::take_browser_record() {
  const WalkLock walked(browser());
  return {static_cast<int>(take_lines(browser() / "opened").size()), take_lines(browser() / "met")};
}

int run_browser_shim(const fs::path& folder, const std::string& url) {
  if (!fs::is_directory(folder)) return 2;
  append_line(folder / "opened", "opened");
  int started[2];
  if (::pipe2(started, O_CLOEXEC) != 0) return 3;
  const pid_t child = ::fork();
  if (child < 0) return 3;
  if (child > 0) {
    // Not before the walk holds its lock: otherwise the bench could believe that there was none.
    ::close(started[1]);
    char byte = 0;
    [[maybe_unused]] const auto got = ::read(started[0], &byte, 1);
    return 0;
  }
  ::setsid();
  const int null = ::open("/dev/null", O_RDWR);
  for (int fd = 0; fd <= 2; ++fd) ::dup2(null, fd);
  ::alarm(kWalkSeconds);
  const WalkLock walking(folder);
  ::close(started[1]);
  ::close(started[0]);
  for (const auto& line : walk_login(url, read_plan(folder), fetch_page)) append_line(folder / "met", line);
  ::_exit(0);
}

}  // namespace mockoauth::conformance::internal
