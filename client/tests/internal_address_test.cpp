#include <internal/internal_address.hpp>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

namespace mimir::oauth::internal {
namespace {

bool is_internal(const std::string& text) {
  sockaddr_in6 six{.sin6_family = AF_INET6};
  sockaddr_in four{.sin_family = AF_INET};
  if (::inet_pton(AF_INET, text.c_str(), &four.sin_addr) == 1) {
    return is_internal_address(reinterpret_cast<const sockaddr&>(four));
  }
  EXPECT_EQ(::inet_pton(AF_INET6, text.c_str(), &six.sin6_addr), 1) << text;
  return is_internal_address(reinterpret_cast<const sockaddr&>(six));
}

TEST(InternalAddress, ThoseOfThisMachineAndItsNetworkAre) {
  for (const auto* text : {"127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "172.31.255.1", "192.168.1.1",
                           "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1", "255.255.255.255", "::1", "::",
                           "::ffff:8.8.8.8", "fe80::1", "fd00::1", "ff02::1"}) {
    EXPECT_TRUE(is_internal(text)) << text;
    EXPECT_TRUE(is_internal_literal(std::string(text).find(':') == std::string::npos ? text
                                                                                      : "[" + std::string(text) + "]"))
        << text;
  }
  for (const auto* host : {"0x7f.1", "127.0x1", "127.1.", "2130706433", "[fe80::1%eth0]", "[nonsense]"}) {
    EXPECT_TRUE(is_internal_literal(host)) << host;
  }
}

TEST(InternalAddress, OthersAreNot) {
  for (const auto* text : {"8.8.8.8", "172.15.0.1", "172.32.0.1", "192.169.0.1", "100.128.0.1", "223.255.255.1",
                           "2001:db8::1", "64:ff9b::1"}) {
    EXPECT_FALSE(is_internal(text)) << text;
  }
  for (const auto* host : {"8.8.8.8", "[2001:db8::1]", "example.org", "0x7f.example", "1.0xyz"}) {
    EXPECT_FALSE(is_internal_literal(host)) << host;
  }
}

TEST(InternalAddress, WhatIsNoInternetAddressIs) {
  EXPECT_TRUE(is_internal_address(sockaddr{.sa_family = AF_UNIX, .sa_data = {}}));
}

}  // namespace
}  // namespace mimir::oauth::internal
