#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "socket_helpers.hpp"

namespace mimir::oauth::testing {

/// A server on a raw socket of 127.0.0.1: the nth connection is played by the nth handler, then the port is closed.
class ScriptedServer {
 public:
  /// Gets the connected socket and the request (head and body by Content-Length) that was read from it.
  using Handler = std::function<void(int fd, const std::string& request)>;

  explicit ScriptedServer(std::vector<Handler> handlers);
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;
  ~ScriptedServer();

  [[nodiscard]] std::string url(const std::string& path = "/") const;
  [[nodiscard]] std::vector<std::string> requests() const;

  /// A handler that sends these bytes.
  static Handler reply(std::string bytes);
  /// A handler that sends a 200 with this body.
  static Handler ok(const std::string& body);

 private:
  void run();

  std::uint16_t port_ = 0;
  UniqueFd listener_;
  std::vector<Handler> handlers_;
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  std::thread thread_;
};

}  // namespace mimir::oauth::testing
