#pragma once

#include <chrono>
#include <string>

#include <mimir/codec/result.hpp>
#include <mimir/codec/url.hpp>

namespace mockoauth::conformance::internal {

struct RawResponse {
  int status = 0;
  std::string head;  ///< Status line and fields as received.
  std::string body;
  /// First field of that name, without case; empty when absent.
  [[nodiscard]] std::string header(std::string_view name) const;
};

/// One plain-HTTP GET over a socket of its own: the bench does not look at servers through the client it judges.
/// @param deadline of the whole exchange.
mimir::codec::Result<RawResponse> raw_get(const mimir::codec::Url& url, std::chrono::milliseconds deadline);

}  // namespace mockoauth::conformance::internal
