#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <mimir/codec/result.hpp>
#include <mockoauth/server/server.hpp>
#include <mockoauth/wire/listener.hpp>

namespace mockoauth::wire {

/// One listener for each of a provider's origins, so that a client which takes one host for all of a provider fails here
/// as it would there. Serves from start() to stop() or destruction.
class Origins {
 public:
  /// @param first for the origin of the issuer; the others have its host and any free port. The host `localhost` stands
  /// for 127.0.0.1 and [::1] at the same port.
  /// @param count how many; 0 counts as 1. Fails as Listener::bind does; then nothing is bound.
  static mimir::codec::Result<Origins> bind(const ListenerOptions& first, std::size_t count);

  /// `http://127.0.0.1:4321` each, that of the issuer first.
  [[nodiscard]] const std::vector<std::string>& urls() const { return urls_; }
  [[nodiscard]] std::uint16_t port() const { return listeners_.front()->port(); }  ///< Of the first.
  /// @param server made with urls(); must outlive the listening.
  void start(server::Server& server);
  /// The same for whoever has more to serve than providers.
  void start(const ListenerCalls& calls);
  void stop();  ///< Calls that latches hold are let go; then as Listener::stop, one after the other.

 private:
  server::Server* server_ = nullptr;
  std::vector<std::string> urls_;
  std::vector<std::unique_ptr<Listener>> listeners_;
};

}  // namespace mockoauth::wire
