#include <internal/internal_address.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace mimir::oauth::internal {
namespace {

bool is_internal_v4(std::span<const std::uint8_t> bytes) {
  return bytes[0] == 0 || bytes[0] == 10 || bytes[0] == 127 || bytes[0] >= 224 ||
         (bytes[0] == 172 && (bytes[1] & 0xF0) == 16) || (bytes[0] == 192 && bytes[1] == 168) ||
         (bytes[0] == 169 && bytes[1] == 254) || (bytes[0] == 100 && (bytes[1] & 0xC0) == 64);
}

bool is_internal_v6(std::span<const std::uint8_t> bytes) {
  if ((bytes[0] & 0xFE) == 0xFC || (bytes[0] == 0xFE && (bytes[1] & 0xC0) == 0x80) || bytes[0] == 0xFF) return true;
  // ::1, ::, and IPv4 in disguise
  return std::all_of(bytes.begin(), bytes.begin() + 10, [](auto byte) { return byte == 0; });
}

/// What resolvers take for an IPv4 address in another spelling: the last label is a number (URL standard, host parsing).
bool ends_in_number(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  std::string_view last = host.substr(host.find_last_of('.') + 1);
  const bool is_hex = last.starts_with("0x") || last.starts_with("0X");
  if (is_hex) last.remove_prefix(2);
  constexpr std::string_view kHexDigits = "0123456789abcdefABCDEF";
  return last.find_first_not_of(is_hex ? kHexDigits : kHexDigits.substr(0, 10)) == std::string_view::npos;
}

}  // namespace

bool is_internal_address(const sockaddr& address) {
  std::array<std::uint8_t, 16> bytes{};
  if (address.sa_family == AF_INET) {
    std::memcpy(bytes.data(), &reinterpret_cast<const sockaddr_in&>(address).sin_addr, 4);
    return is_internal_v4(bytes);
  }
  if (address.sa_family != AF_INET6) return true;
  std::memcpy(bytes.data(), &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr, 16);
  return is_internal_v6(bytes);
}

bool is_internal_literal(std::string host) {
  std::array<std::uint8_t, 16> bytes{};
  if (host.starts_with('[')) {
    host = host.substr(1, host.size() - 2);
    return ::inet_pton(AF_INET6, host.c_str(), bytes.data()) != 1 || is_internal_v6(bytes);  // a zone or worse
  }
  if (::inet_pton(AF_INET, host.c_str(), bytes.data()) == 1) return is_internal_v4(bytes);
  return ends_in_number(host);
}

}  // namespace mimir::oauth::internal
