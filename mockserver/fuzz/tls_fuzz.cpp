// Bytes of a client to the TLS side of a connection, cut anywhere: it waits for more, is open, or is over, and says so.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "wire/tls_session.hpp"

using namespace mockoauth;

// The first byte says how many bytes come at a time, the second how the connection is met.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto authority = wire::TlsAuthority::create().value();
  if (size < 2) return 0;
  const std::size_t step = data[0] == 0 ? size : data[0];
  server::Welcome welcome;
  welcome.deed = static_cast<server::Welcome::Deed>(data[1] % 6);
  welcome.certificate = static_cast<server::Welcome::Certificate>(data[1] / 6 % 7);
  welcome.asks_for_certificate = (data[1] & 0x80) != 0;
  wire::TlsSession session(authority, [&](const std::string& name) {
    if (name.size() > 65'535) std::abort();
    return welcome;
  });
  const std::string_view bytes(reinterpret_cast<const char*>(data + 2), size - 2);
  bool is_over = false;
  for (std::size_t at = 0; at < bytes.size() && !is_over; at += step) {
    const auto got = session.feed(bytes.substr(at, step));
    is_over = got.has_ended || got.deed != server::Welcome::Deed::Serve;
    // Without the key of a client nobody gets through a handshake, and before its end there is nothing to read.
    if (!session.is_open() && !got.plain.empty()) std::abort();
    (void)session.take_output();
  }
  (void)session.seal("answer");
  (void)session.say_goodbye();
  return 0;
}
