#include "scripted_server.hpp"

#include <sys/socket.h>

namespace mimir::oauth::testing {
namespace {

std::string read_request(int fd) {
  std::string request = receive_until(fd, "\r\n\r\n");
  const auto end = request.find("\r\n\r\n");
  const auto length = request.find("Content-Length: ");
  if (end == std::string::npos || length == std::string::npos || length > end) return request;
  const std::size_t whole = end + 4 + std::stoul(request.substr(length + 16));
  while (request.size() < whole) {
    char chunk[4096];
    const ssize_t got = ::recv(fd, chunk, sizeof(chunk), 0);
    if (got <= 0) break;
    request.append(chunk, static_cast<std::size_t>(got));
  }
  return request;
}

}  // namespace

ScriptedServer::ScriptedServer(std::vector<Handler> handlers)
    : listener_(listen_on(port_)), handlers_(std::move(handlers)), thread_([this] { run(); }) {}

ScriptedServer::~ScriptedServer() {
  ::shutdown(listener_.get(), SHUT_RDWR);  // wakes an accept that nobody came for
  thread_.join();
}

void ScriptedServer::run() {
  for (const auto& handler : handlers_) {
    const UniqueFd connection(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!connection) return;
    std::string request = read_request(connection.get());
    {
      const std::lock_guard guard(mutex_);
      requests_.push_back(request);
    }
    handler(connection.get(), request);
  }
  ::shutdown(listener_.get(), SHUT_RDWR);
}

std::string ScriptedServer::url(const std::string& path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + path;
}

std::vector<std::string> ScriptedServer::requests() const {
  const std::lock_guard guard(mutex_);
  return requests_;
}

ScriptedServer::Handler ScriptedServer::reply(std::string bytes) {
  return [bytes = std::move(bytes)](int fd, const std::string&) { send_all(fd, bytes); };
}

ScriptedServer::Handler ScriptedServer::ok(const std::string& body) {
  return reply("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
}

}  // namespace mimir::oauth::testing
