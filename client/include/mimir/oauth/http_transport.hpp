#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <mimir/oauth/error.hpp>
#include <mimir/oauth/vocabulary.hpp>

namespace mimir::oauth {

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers = {};
  Secret body = {};                                ///< Wiped after sending: token requests carry secrets.
  std::chrono::milliseconds timeout{30'000};       ///< Connection and whole exchange.
  std::size_t max_response_bytes = 1024 * 1024;    ///< More than that ends the exchange with an error.
  int max_redirects = 0;                           ///< Followed for GET only, to https (or loopback) only, same rules at each hop.
  /// A stranger chose the address: nothing is connected to whose name leads to loopback or into a private network (RFC 9728
  /// §7.7): `network.internal_address`, AttackSuspected. Behind a proxy that is the proxy's to see to.
  bool outside_only = false;
  /// How long a stop lets a request end that may have left already: for one whose answer replaces what it spends.
  std::chrono::milliseconds finish_after_stop{0};
};

struct HttpResponse {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers = {};  ///< In order, duplicates kept.
  Secret body = {};

  /// First header of that name, compared without case.
  [[nodiscard]] std::optional<std::string> header(std::string_view name) const;
  /// All headers of that name, in order.
  [[nodiscard]] std::vector<std::string> all(std::string_view name) const;
};

/// Whether the request can have reached the server: what may be repeated follows from it.
enum class Sent { No, Maybe, Yes };

struct HttpOutcome {
  Sent sent = Sent::No;
  Result<HttpResponse> response;  ///< An HTTP error status is a response, not an error.
};

/// One HTTP exchange. Thread-safe. Implementations refuse plain http except to loopback (RFC 6749 §3.1, §3.2), never
/// send a loopback request through a proxy and never follow a redirect that was not asked for.
class HttpTransport {
 public:
  virtual ~HttpTransport() = default;
  virtual HttpOutcome send(const HttpRequest& request, std::stop_token stop) = 0;
};

/// The production transport, on libcurl. Each send uses a fresh connection for POST (a pooled one that dies makes
/// libcurl send a single-use token twice).
struct CurlOptions {
  std::string user_agent = "mimir-oauth";
  std::string ca_file = {};  ///< PEM bundle; empty: $SSL_CERT_FILE, then the system's store.
};
std::unique_ptr<HttpTransport> make_curl_transport(CurlOptions options = {});

}  // namespace mimir::oauth
