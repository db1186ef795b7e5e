// The only file with Boost.Process: its headers cost many seconds a translation unit.
#include "process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/env.hpp>
#include <boost/process/environment.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/extend.hpp>
#include <boost/process/group.hpp>
#include <boost/process/io.hpp>
#include <boost/process/pipe.hpp>
#include <boost/process/search_path.hpp>
#include <boost/process/start_dir.hpp>

namespace mockoauth::conformance::internal {
namespace {

namespace bp = boost::process;
using std::chrono::steady_clock;

constexpr std::size_t kMaxOutput = 4 * 1024 * 1024;

std::string program_path(const std::string& name) {
  if (name.find('/') != std::string::npos) return ::access(name.c_str(), X_OK) == 0 ? name : std::string();
  return bp::search_path(name).string();
}

// Takes whole lines out of `pending`.
void split_lines(std::string& pending, ProcessResult& result, const ProcessRequest& request) {
  for (auto end = pending.find('\n'); end != std::string::npos; end = pending.find('\n')) {
    result.lines.push_back(pending.substr(0, end));
    if (!result.lines.back().empty() && result.lines.back().back() == '\r') result.lines.back().pop_back();
    pending.erase(0, end + 1);
    if (request.on_line) request.on_line(result.lines.back());
  }
}

// Reads until the process has ended and its output is drained, or the time is up. A grandchild that keeps the pipe open
// does not hold us: once the process itself is gone, only what is there already is read.
bool collect(int process, int output, const ProcessRequest& request, ProcessResult& result) {
  const auto end = steady_clock::now() + request.timeout;
  std::string pending;
  std::size_t total = 0;
  bool exited = false;
  bool open = true;
  while (!exited || open) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - steady_clock::now()).count();
    if (left <= 0) return false;
    pollfd polled[2] = {{open ? output : -1, POLLIN, 0}, {exited ? -1 : process, POLLIN, 0}};
    const int ready = ::poll(polled, 2, exited ? 0 : static_cast<int>(left));
    if (ready == 0 && exited) break;
    if ((polled[0].revents & (POLLIN | POLLHUP)) != 0) {
      char buffer[16 * 1024];
      const auto got = ::read(output, buffer, sizeof buffer);
      if (got <= 0) {
        open = false;
      } else if (total < kMaxOutput) {
        total += static_cast<std::size_t>(got);
        pending.append(buffer, static_cast<std::size_t>(got));
        split_lines(pending, result, request);
      }
    }
    if ((polled[1].revents & POLLIN) != 0) exited = true;
  }
  if (!pending.empty()) {
    pending += '\n';
    split_lines(pending, result, request);
  }
  return true;
}

}  // namespace

mimir::codec::Result<ProcessResult> run_process(const ProcessRequest& request) {
  const std::string program = program_path(request.arguments.front());
  if (program.empty()) {
    return mimir::codec::fail("process.not_found", "cannot run \"" + request.arguments.front() + "\": no such program");
  }
  ProcessResult result;
  try {
    bp::environment environment;
    for (const auto& [name, value] : request.environment) environment[name] = value;
    bp::pipe output;
    // Our end must not live on in the program: it would never see that we are gone, nor we its end.
    ::fcntl(output.native_source(), F_SETFD, FD_CLOEXEC);
    bp::group group;
    std::error_code failed;
    bp::child child(bp::exe = program, bp::args = std::vector<std::string>(request.arguments.begin() + 1, request.arguments.end()),
                    bp::env = environment, bp::start_dir = request.directory, bp::std_in < bp::null,
                    (bp::std_out & bp::std_err) > output, group, failed);
    if (failed) return mimir::codec::fail("process.start", "cannot run \"" + program + "\": " + failed.message());
    ::close(output.native_sink());
    output.assign_sink(-1);
    const int process = static_cast<int>(::syscall(SYS_pidfd_open, child.id(), 0));
    const bool in_time = collect(process, output.native_source(), request, result);
    ::close(process);
    if (!in_time) {
      ::kill(-child.id(), SIGKILL);
      result.end = ProcessResult::End::TimedOut;
    }
    int status = 0;
    ::waitpid(child.id(), &status, 0);
    child.detach();
    group.detach();
    if (in_time && WIFSIGNALED(status)) {
      result.end = ProcessResult::End::Signalled;
      result.status = WTERMSIG(status);
    } else if (in_time) {
      result.status = WEXITSTATUS(status);
    }
  } catch (const std::exception& error) {
    return mimir::codec::fail("process.start", "cannot run \"" + program + "\": " + error.what());
  }
  return result;
}

}  // namespace mockoauth::conformance::internal
