#pragma once

#include <memory>
#include <string>

#include <mockoauth/server/server.hpp>

namespace mockoauth::testing {

/// A server with its control API on a free loopback port, in this process. Thread-safe once made.
class MockServer {
 public:
  /// Throws std::runtime_error when no port can be had.
  MockServer();
  ~MockServer();  ///< Lets held calls go, then stops.
  MockServer(const MockServer&) = delete;
  MockServer& operator=(const MockServer&) = delete;

  [[nodiscard]] server::Server& server();  ///< Its realms; lives as long as this.
  [[nodiscard]] const std::string& origin() const;  ///< `http://127.0.0.1:4321`

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mockoauth::testing
