#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace mockoauth::wire::testing {

/// A TCP client for tests that sends exactly the bytes it is given. Every wait has a deadline; nothing throws.
class RawClient {
 public:
  static constexpr std::chrono::milliseconds kDeadline{10'000};

  explicit RawClient(std::uint16_t port, int receive_buffer = 0);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  [[nodiscard]] bool connected() const { return fd_ >= 0; }
  bool send(std::string_view bytes);
  /// Up to the end of one reply (header and Content-Length body); empty if it does not come whole.
  [[nodiscard]] std::string read_reply(bool has_body = true);
  /// Everything until the server ends the stream. `ended` tells whether it did, in time and without a reset.
  [[nodiscard]] std::string read_to_end();
  [[nodiscard]] bool ended() const { return ended_; }
  [[nodiscard]] bool was_reset() const { return reset_; }
  [[nodiscard]] bool wait_for_bytes();  ///< Until some have arrived; takes none.
  void half_close();
  void reset();  ///< Leaves with a TCP reset.

 private:
  bool fill(std::chrono::steady_clock::time_point deadline);

  int fd_ = -1;
  bool ended_ = false;
  bool reset_ = false;
  std::string buffer_;
};

[[nodiscard]] std::string request_for(const std::string& target);  ///< GET, and nothing but a Host.
[[nodiscard]] int status_of(std::string_view reply);
[[nodiscard]] std::string body_of(std::string_view reply);
/// How often `part` stands in `text`.
[[nodiscard]] std::size_t count_of(std::string_view text, std::string_view part);

}  // namespace mockoauth::wire::testing
