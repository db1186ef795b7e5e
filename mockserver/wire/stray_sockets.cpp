#include "wire/stray_sockets.hpp"

#include <array>
#include <charconv>
#include <cstring>
#include <string_view>

#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace mockoauth::wire {
namespace {

bool is_local_end(int fd, const std::string& address, std::uint16_t port) {
  sockaddr_storage local{};
  socklen_t size = sizeof local;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&local), &size) != 0) return false;
  std::array<char, INET6_ADDRSTRLEN> text{};
  std::uint16_t local_port = 0;
  if (local.ss_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &local, sizeof v4);
    local_port = ntohs(v4.sin_port);
    ::inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
  } else if (local.ss_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &local, sizeof v6);
    local_port = ntohs(v6.sin6_port);
    ::inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
  }
  return local_port == port && address == text.data();
}

}  // namespace

void shut_stray_sockets(const std::string& address, std::uint16_t port) {
  DIR* descriptors = ::opendir("/proc/self/fd");
  if (descriptors == nullptr) return;
  while (const dirent* entry = ::readdir(descriptors)) {
    const std::string_view name = entry->d_name;
    int fd = -1;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), fd);
    if (error != std::errc() || end != name.data() + name.size()) continue;
    // Shut, not closed: were the number given to somebody else meanwhile, closing would take it from under them.
    if (is_local_end(fd, address, port)) ::shutdown(fd, SHUT_RDWR);
  }
  ::closedir(descriptors);
}

}  // namespace mockoauth::wire
