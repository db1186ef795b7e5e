#pragma once

#include <optional>
#include <thread>

#include <internal/device_flow.hpp>

namespace mimir::oauth::internal {

/// A login on another device that runs beside the one in the browser here; whichever ends first ends the other. Its
/// trouble is a warning: the browser is still there. Everything passed in must outlive it.
class DeviceRival {
 public:
  struct Login {
    const OAuthConfig& config;
    const Metadata& metadata;
    const ClientAuthentication& method;
    const DpopBinding* dpop;  ///< Null for bearer tokens.
  };

  /// Gets the codes and tells them to the user, then polls on a thread of its own.
  /// @param race  stopped by the rival when it has won; stopping it ends the rival.
  DeviceRival(const Login& login, const Context& context, std::stop_source& race);
  DeviceRival(const DeviceRival&) = delete;
  DeviceRival& operator=(const DeviceRival&) = delete;
  ~DeviceRival();

  /// Stops polling. What was granted when the rival has won; nothing otherwise, the user's no on the device included.
  std::optional<TokenGrant> end();

 private:
  void poll();

  Login login_;
  const Context& context_;
  std::stop_source& race_;
  std::optional<DeviceGrant> codes_;
  std::optional<TokenGrant> grant_;
  std::thread thread_;
};

}  // namespace mimir::oauth::internal
