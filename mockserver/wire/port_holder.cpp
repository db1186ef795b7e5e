// Who listens on a port, from /proc: a message that names the culprit saves a search.
#include <mockoauth/wire/listener.hpp>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <system_error>
#include <vector>

namespace mockoauth::wire {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kListening = "0A";  // TCP_LISTEN in the kernel's table.

// Inodes of the sockets that listen on the port; a row is `sl local:PORT remote:PORT st … inode`, numbers in hex.
void collect_inodes(const char* table, std::uint16_t port, std::vector<std::string>& inodes) {
  std::ifstream rows(table);
  std::string row;
  std::getline(rows, row);
  while (std::getline(rows, row)) {
    std::istringstream columns(row);
    std::string slot, local, remote, state, queues, timer, retransmits, user, timeout, inode;
    columns >> slot >> local >> remote >> state >> queues >> timer >> retransmits >> user >> timeout >> inode;
    const auto colon = local.rfind(':');
    if (state != kListening || colon == std::string::npos) continue;
    unsigned number = 0;
    std::from_chars(local.data() + colon + 1, local.data() + local.size(), number, 16);
    if (number == port) inodes.push_back("socket:[" + inode + "]");
  }
}

bool holds(const fs::path& process, const std::vector<std::string>& inodes) {
  std::error_code error;
  for (fs::directory_iterator it(process / "fd", error), end; !error && it != end; it.increment(error)) {
    std::error_code unreadable;
    const auto target = fs::read_symlink(it->path(), unreadable).string();
    if (std::find(inodes.begin(), inodes.end(), target) != inodes.end()) return true;
  }
  return false;
}

// A program chooses its own name; it must not choose what our message does to a terminal.
std::string program_name(const fs::path& process) {
  std::string name;
  std::ifstream comm(process / "comm");
  std::getline(comm, name);
  std::replace_if(name.begin(), name.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; }, '?');
  return name;
}

}  // namespace

std::string describe_port_holder(std::uint16_t port) {
  std::vector<std::string> inodes;
  collect_inodes("/proc/net/tcp", port, inodes);
  collect_inodes("/proc/net/tcp6", port, inodes);
  if (inodes.empty()) return {};
  std::error_code error;
  for (fs::directory_iterator it("/proc", error), end; !error && it != end; it.increment(error)) {
    const auto id = it->path().filename().string();
    if (id.find_first_not_of("0123456789") != std::string::npos || !holds(it->path(), inodes)) continue;
    const auto name = program_name(it->path());
    return "process " + id + (name.empty() ? "" : " (" + name + ")");
  }
  return {};
}

}  // namespace mockoauth::wire
