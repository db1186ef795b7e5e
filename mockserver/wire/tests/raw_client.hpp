#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace mockoauth::wire::testing {

/// A client that sends exactly the bytes it is given. Every wait ends after ten seconds and says for what it waited.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port, int receive_buffer = 0);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  /// False when the other side has gone.
  bool send(std::string_view bytes);
  /// Until `text` has come, counted from what was read before; returns all that came.
  std::string read_until(std::string_view text);
  /// One answer: the header section and as much body as its Content-Length says.
  std::string read_response(bool is_head = false);
  /// Everything to the end of the stream.
  std::string read_to_end();
  /// Whether the stream ends without another byte.
  bool ends();
  void finish_sending();
  /// Goes away with a reset.
  void reset();
  [[nodiscard]] bool connected() const { return fd_ >= 0; }

 private:
  enum class Got { Bytes, End, Failed };
  Got receive(std::string_view waiting_for);

  int fd_ = -1;
  std::string buffer_;
};

/// The body of a response's bytes.
std::string body_of(const std::string& response);
/// `200` of `HTTP/1.1 200 OK`; 0 when it is no response.
int status_of(const std::string& response);

}  // namespace mockoauth::wire::testing
