// The helper itself: a client of bytes.
#include "raw_client.hpp"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <utility>

#include <gtest/gtest.h>

namespace mockoauth::wire::testing {
namespace {

constexpr int kPatience = 10'000;

std::size_t content_length(const std::string& head) {
  const std::string name = "\r\nContent-Length: ";
  const auto at = head.find(name);
  return at == std::string::npos ? 0 : std::strtoul(head.c_str() + at + name.size(), nullptr, 10);
}

}  // namespace

RawClient::RawClient(std::uint16_t port, int receive_buffer) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (receive_buffer > 0) ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(fd_);
    fd_ = -1;
  }
}

RawClient::~RawClient() {
  if (fd_ >= 0) ::close(fd_);
}

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

RawClient::Got RawClient::receive(std::string_view waiting_for) {
  pollfd wait{fd_, POLLIN, 0};
  if (::poll(&wait, 1, kPatience) <= 0) {
    ADD_FAILURE() << "no " << waiting_for << " within ten seconds; so far: " << buffer_.substr(0, 500);
    return Got::Failed;
  }
  std::array<char, 65536> chunk{};
  const auto count = ::recv(fd_, chunk.data(), chunk.size(), 0);
  if (count < 0) return Got::Failed;
  if (count == 0) return Got::End;
  buffer_.append(chunk.data(), static_cast<std::size_t>(count));
  return Got::Bytes;
}

std::string RawClient::read_until(std::string_view text) {
  std::size_t at = 0;
  while ((at = buffer_.find(text)) == std::string::npos) {
    if (receive(text) != Got::Bytes) return std::exchange(buffer_, {});
  }
  std::string all = buffer_.substr(0, at + text.size());
  buffer_.erase(0, at + text.size());
  return all;
}

std::string RawClient::read_response(bool is_head) {
  std::string response = read_until("\r\n\r\n");
  const std::size_t length = is_head ? 0 : content_length(response);
  while (buffer_.size() < length) {
    if (receive("rest of the body") != Got::Bytes) break;
  }
  response += buffer_.substr(0, length);
  buffer_.erase(0, length);
  return response;
}

std::string RawClient::read_to_end() {
  while (receive("end of the stream") == Got::Bytes) {
  }
  return std::exchange(buffer_, {});
}

bool RawClient::ends() { return buffer_.empty() && receive("end of the stream") == Got::End; }

void RawClient::finish_sending() { ::shutdown(fd_, SHUT_WR); }

void RawClient::reset() {
  const linger discard{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &discard, sizeof discard);
  ::close(fd_);
  fd_ = -1;
}

std::string body_of(const std::string& response) {
  const auto end = response.find("\r\n\r\n");
  return end == std::string::npos ? std::string() : response.substr(end + 4);
}

int status_of(const std::string& response) {
  return response.starts_with("HTTP/1.1 ") ? std::atoi(response.c_str() + 9) : 0;
}

}  // namespace mockoauth::wire::testing
