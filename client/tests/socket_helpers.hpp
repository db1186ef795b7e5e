#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "internal/unique_fd.hpp"

namespace mimir::oauth::testing {

using internal::UniqueFd;

/// A TCP connection to 127.0.0.1 or, with `v6`, to ::1. Empty when refused.
UniqueFd connect_to(std::uint16_t port, bool v6 = false);
/// A listening socket on 127.0.0.1 (or ::1) and a port of the system's choice, or of the caller's.
UniqueFd listen_on(std::uint16_t& port, bool v6 = false);
bool send_all(int fd, std::string_view bytes);
/// Everything up to the end of the stream, or what came before the deadline or a reset.
std::string receive_all(int fd, std::chrono::milliseconds deadline = std::chrono::seconds(10));
/// Up to and including `until`; shorter when the peer ended first.
std::string receive_until(int fd, std::string_view until, std::chrono::milliseconds deadline = std::chrono::seconds(10));
/// Whether the peer ends the connection before the deadline, by FIN or by reset.
bool is_closed_by_peer(int fd, std::chrono::milliseconds deadline = std::chrono::seconds(10));
/// Makes the next close send a reset.
void reset_on_close(int fd);
std::uint16_t port_of(std::string_view url);

}  // namespace mimir::oauth::testing
