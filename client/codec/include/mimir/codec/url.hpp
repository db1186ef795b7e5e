#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <mimir/codec/form.hpp>
#include <mimir/codec/result.hpp>

namespace mimir::codec {

/// An absolute http or https URL, taken apart once (by Boost.URL) and kept as its parts. A value type.
///
/// The text is never normalised beyond lower-casing scheme and host: issuers are compared byte for byte (RFC 8414 §4).
class Url {
 public:
  /// Refuses relative references, other schemes, an empty host, user information, white space, control and non-ASCII
  /// bytes, and anything longer than 16 KiB.
  static Result<Url> parse(std::string_view text);

  [[nodiscard]] const std::string& scheme() const { return scheme_; }  ///< `http` or `https`.
  [[nodiscard]] const std::string& host() const { return host_; }      ///< IPv6 literals keep their brackets.
  [[nodiscard]] std::optional<std::uint16_t> explicit_port() const { return port_; }
  [[nodiscard]] std::uint16_t port() const { return port_.value_or(scheme_ == "https" ? 443 : 80); }
  [[nodiscard]] const std::string& path() const { return path_; }  ///< As written, still encoded; may be empty.
  [[nodiscard]] const std::optional<std::string>& query() const { return query_; }        ///< Without `?`, encoded.
  [[nodiscard]] const std::optional<std::string>& fragment() const { return fragment_; }  ///< Without `#`, encoded.

  [[nodiscard]] std::string origin() const;     ///< scheme://host[:port], the port as it was written.
  [[nodiscard]] std::string authority() const;  ///< host[:port]
  [[nodiscard]] std::string target() const;     ///< Path and query as a request line wants them; at least `/`.
  [[nodiscard]] std::string to_string() const;

  [[nodiscard]] bool is_https() const { return scheme_ == "https"; }
  /// 127.0.0.0/8 or [::1]; `localhost` is a name, not a literal (RFC 8252 §8.3).
  [[nodiscard]] bool is_loopback_literal() const;
  [[nodiscard]] bool is_localhost() const { return host_ == "localhost"; }

  /// Appends parameters to the query that is there (RFC 6749 §3.1: it must be kept).
  [[nodiscard]] Url with_parameters(const Parameters& parameters) const;
  [[nodiscard]] Url with_path(std::string path) const;
  [[nodiscard]] Url with_port(std::uint16_t port) const;
  [[nodiscard]] Url without_query_and_fragment() const;

 private:
  std::string scheme_;
  std::string host_;
  std::optional<std::uint16_t> port_;
  std::string path_;
  std::optional<std::string> query_;
  std::optional<std::string> fragment_;
};

}  // namespace mimir::codec
