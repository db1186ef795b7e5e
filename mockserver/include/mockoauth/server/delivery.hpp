#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mockoauth::server {

/// How the bytes of an answer go to the client where a fault wants it otherwise than whole and at once. A value; each
/// transport follows it: sockets byte by byte, those in memory with the error that a client would see.
struct Delivery {
  /// A place in the bytes of an answer.
  enum class Place {
    BeforeAnswer,  ///< Not one byte is sent.
    MidHeaders,    ///< Within the header section, never at the end of a line.
    MidBody,       ///< Half of the body; with an empty one, behind the header section.
    AfterAnswer,   ///< All of it.
  };
  /// What happens there.
  enum class Then {
    GoOn,   ///< As with every answer.
    Close,  ///< The end of the stream, in order (FIN).
    Reset,  ///< RST.
    Stall,  ///< Nothing more; the connection stays open.
  };

  Place place = Place::AfterAnswer;
  Then then = Then::GoOn;
  /// How long a stall lasts before the connection is closed.
  std::chrono::milliseconds stall{600'000};

  std::chrono::milliseconds delay{0};         ///< Before the first byte.
  std::size_t piece_bytes = 0;                ///< At a time; 0: whole.
  std::chrono::milliseconds piece_pause{0};   ///< Between pieces.

  std::optional<std::string> raw = {};        ///< Sent in the place of the answer, HTTP or not.
  /// Header fields that tell the length in the place of the true Content-Length: wrong, twice, none.
  std::optional<std::vector<std::pair<std::string, std::string>>> framing = {};
  std::string tail = {};  ///< Bytes behind the body.
  /// Repeated behind the tail until the client leaves, or `endless_bytes` are sent; empty: nothing.
  std::string endless = {};
  std::uint64_t endless_bytes = std::uint64_t{1} << 40;
  std::chrono::milliseconds endless_pause{0};  ///< Between two of them.
};

[[nodiscard]] std::string_view to_string(Delivery::Place place);  ///< `mid_headers`
[[nodiscard]] std::optional<Delivery::Place> parse_delivery_place(std::string_view name);

}  // namespace mockoauth::server
