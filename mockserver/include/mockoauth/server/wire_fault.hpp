#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

namespace mockoauth::server {

/// What a listener does to the bytes of one answer in place of sending them as they should be. A caller in memory, who
/// has no bytes, tells by `loses_answer` whether a client would have had one.
struct WireFault {
  /// Up to where the bytes go out.
  enum class Cut {
    None,      ///< All of them.
    Nothing,   ///< None.
    InHeader,  ///< `cut_at` bytes of the status line and header.
    InBody,    ///< The header and `cut_at` bytes of the body.
  };
  /// What happens to the connection after the last byte.
  enum class End {
    AsUsual,
    Close,
    Reset,  ///< A TCP reset, which may overtake bytes sent before.
    Stall,  ///< It stays open and nothing comes any more, for `stall`, then it is closed.
  };

  Cut cut = Cut::None;
  std::size_t cut_at = 0;
  End end = End::AsUsual;
  std::chrono::milliseconds stall{0};           ///< 0: as long as the client waits.
  std::optional<std::string> bytes = {};        ///< Sent in place of status line, header and body.
  std::optional<std::string> content_length = {};  ///< Text of that field in place of the true one; empty: no field.
  bool is_chunked = false;                      ///< The body goes out in chunks (RFC 9112 §7.1).
  std::string after_chunks = {};                ///< Sent in place of the last chunk.
  std::string endless = {};                     ///< Sent after everything else, again and again.
  std::chrono::milliseconds delay{0};           ///< Before the first byte; real time.
  std::size_t slice = 0;                        ///< So many bytes at a time; 0: as many as the socket takes.
  std::chrono::milliseconds pause{0};           ///< Between slices; real time.

  /// Whether the client gets no whole answer.
  [[nodiscard]] bool loses_answer() const {
    return cut != Cut::None || end == End::Reset || end == End::Stall || bytes || !endless.empty() ||
           (is_chunked && !after_chunks.empty());
  }
};

}  // namespace mockoauth::server
