#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mockoauth::server {

struct Delivery;  // <mockoauth/server/delivery.hpp>

using Headers = std::vector<std::pair<std::string, std::string>>;

/// One request as it arrived: nothing decoded, nothing dropped, duplicates in order.
struct HttpRequest {
  std::string method;
  std::string target;  ///< Origin form, still encoded: `/token?x=1`.
  Headers headers = {};
  std::string body = {};
  std::string raw = {};       ///< Bytes as received; empty when the request never was bytes (in memory).
  std::string version = "HTTP/1.1";
  std::size_t origin = 0;  ///< Which of the server's origins it arrived at; 0 is the first, that of the issuer.
  /// DER of the certificate whose key the client proved to hold in the TLS handshake; empty without one (RFC 8705 §2).
  std::string client_certificate = {};

  /// First header of that name, compared without case.
  [[nodiscard]] std::optional<std::string> header(std::string_view name) const;
  [[nodiscard]] std::size_t count_headers(std::string_view name) const;
  [[nodiscard]] std::string path() const;   ///< Target up to `?`.
  [[nodiscard]] std::string query() const;  ///< Target after `?`, or empty.
};

/// An answer before it is bytes.
struct HttpResponse {
  int status = 200;
  Headers headers = {};
  std::string body = {};
  std::shared_ptr<const Delivery> delivery = {};  ///< Null: whole and at once.

  [[nodiscard]] std::optional<std::string> header(std::string_view name) const;
  void set_header(std::string_view name, std::string value);
};

/// `Not Found` for 404, and so on (RFC 9110 §15).
[[nodiscard]] std::string_view reason_phrase(int status);

}  // namespace mockoauth::server
