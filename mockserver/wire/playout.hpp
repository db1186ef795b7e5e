#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <optional>
#include <string>

#include <mockoauth/server/delivery.hpp>
#include <mockoauth/server/http.hpp>

#include "wire/response_writer.hpp"

namespace mockoauth::wire {

/// An answer that goes out as its Delivery says: which bytes come next, when, and what comes behind them. Holds no socket
/// and no clock. Not thread-safe.
class Playout {
 public:
  Playout(const server::HttpResponse& response, const server::Delivery& delivery, ReplyFrame frame, std::time_t now);

  struct Piece {
    std::string bytes;
    std::chrono::milliseconds wait{0};  ///< After the piece before it was sent.
  };
  /// Nothing when all is sent.
  [[nodiscard]] std::optional<Piece> next();

  [[nodiscard]] server::Delivery::Then then() const { return then_; }
  [[nodiscard]] std::chrono::milliseconds stall() const { return delivery_.stall; }

 private:
  const server::Delivery delivery_;
  server::Delivery::Then then_;
  std::string bytes_;
  std::size_t sent_ = 0;  ///< Of bytes_.
  std::uint64_t endless_sent_ = 0;
  bool cut_ = false;
  bool first_ = true;
};

}  // namespace mockoauth::wire
