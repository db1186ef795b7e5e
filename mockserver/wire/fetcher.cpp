#include <mockoauth/wire/fetcher.hpp>

#include "wire/fetch_stream.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <mimir/codec/url.hpp>

namespace mockoauth::wire {
namespace {

namespace http = boost::beast::http;
using mimir::codec::fail;
using mimir::codec::Result;
using mimir::codec::Url;
using server::FetchedDocument;
using server::FetchLimits;

struct Network {
  std::uint32_t address;
  int bits;
};

constexpr Network network(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d, int bits) {
  return {a << 24 | b << 16 | c << 8 | d, bits};
}

// RFC 6890 §2.2.2
constexpr Network kSpecialUse[] = {
    network(0, 0, 0, 0, 8),       network(10, 0, 0, 0, 8),      network(100, 64, 0, 0, 10),  network(127, 0, 0, 0, 8),
    network(169, 254, 0, 0, 16),  network(172, 16, 0, 0, 12),   network(192, 0, 0, 0, 24),   network(192, 0, 2, 0, 24),
    network(192, 88, 99, 0, 24),  network(192, 168, 0, 0, 16),  network(198, 18, 0, 0, 15),  network(198, 51, 100, 0, 24),
    network(203, 0, 113, 0, 24),  network(224, 0, 0, 0, 4),     network(240, 0, 0, 0, 4)};

bool is_special_use(const sockaddr_in& address) {
  return std::any_of(std::begin(kSpecialUse), std::end(kSpecialUse), [&](const Network& one) {
    const auto mask = ~std::uint32_t{0} << (32 - one.bits);
    return ((ntohl(address.sin_addr.s_addr) ^ one.address) & mask) == 0;
  });
}

// RFC 6890 §2.2.3: only 2000::/3 is given out as global unicast, and of that not what is set apart in 2001::/23 and
// 2001:db8::/32, nor 2002::/16, which hides an IPv4 address.
bool is_special_use(const sockaddr_in6& address) {
  const auto& bytes = address.sin6_addr.s6_addr;
  if ((bytes[0] & 0xe0) != 0x20) return true;
  if (bytes[0] != 0x20) return false;
  if (bytes[1] == 0x02) return true;
  return bytes[1] == 0x01 && ((bytes[2] & 0xfe) == 0 || (bytes[2] == 0x0d && bytes[3] == 0xb8));
}

bool is_special_use(const Endpoint& endpoint) {
  const auto* address = &endpoint.address;
  if (address->ss_family == AF_INET) return is_special_use(*reinterpret_cast<const sockaddr_in*>(address));
  return address->ss_family != AF_INET6 || is_special_use(*reinterpret_cast<const sockaddr_in6*>(address));
}

// Looked up once: what is judged here is what is connected to, so that no second answer of a name server slips in.
Result<std::vector<Endpoint>> endpoints_of(const Url& url, Deadline deadline) {
  auto endpoints = look_up(url, deadline);
  if (!endpoints || url.is_localhost() || url.is_loopback_literal()) return endpoints;
  std::erase_if(*endpoints, [](const Endpoint& endpoint) { return is_special_use(endpoint); });
  if (endpoints->empty()) {
    return fail("fetch.refused", "the host " + url.host() + " has only addresses of special use (RFC 6890)");
  }
  return endpoints;
}

Result<FetchedDocument> read_answer(FetchStream& stream, std::size_t max_bytes) {
  http::response_parser<http::string_body> parser;
  parser.body_limit(max_bytes);
  parser.eager(true);
  std::string pending;
  boost::system::error_code error;
  while (!parser.is_done()) {
    auto bytes = stream.read();
    if (!bytes) return tl::unexpected(bytes.error());
    if (bytes->empty()) {
      parser.put_eof(error);
      if (error) break;
      continue;
    }
    pending += *bytes;
    pending.erase(0, parser.put(boost::asio::buffer(pending), error));
    if (error && error != http::error::need_more) break;
  }
  if (error == http::error::body_limit) {
    return fail("fetch.failed", "it has more than " + std::to_string(max_bytes) + " bytes");
  }
  if (!parser.is_done()) return fail("fetch.failed", "the answer cannot be read: " + error.message());
  auto response = parser.release();
  return FetchedDocument{.status = static_cast<int>(response.result_int()),
                         .content_type = std::string(response[http::field::content_type]),
                         .body = std::move(response.body())};
}

Result<FetchedDocument> get(const Url& url, const FetchLimits& limits) {
  const auto deadline = std::chrono::steady_clock::now() + limits.timeout;
  const auto endpoints = endpoints_of(url, deadline);
  if (!endpoints) return tl::unexpected(endpoints.error());
  auto stream = FetchStream::connect(url, *endpoints, deadline);
  if (!stream) return tl::unexpected(stream.error());
  const auto sent = (*stream)->write("GET " + url.target() + " HTTP/1.1\r\nHost: " + url.authority() +
                                     "\r\nAccept: application/json\r\nUser-Agent: mockoauth\r\nConnection: close\r\n\r\n");
  if (!sent) return tl::unexpected(sent.error());
  return read_answer(**stream, limits.max_bytes);
}

class HttpFetcher final : public server::Fetcher {
 public:
  explicit HttpFetcher(FetcherOptions options) : options_(options) {}

  Result<FetchedDocument> fetch(const std::string& text, const FetchLimits& limits) override {
    const auto url = Url::parse(text);
    if (!url) return fail("fetch.refused", "the URL is malformed: " + url.error().message);
    if (!options_.beyond_loopback && !url->is_loopback_literal() && !url->is_localhost()) {
      return fail("fetch.refused", "only loopback hosts are asked here, and " + url->host() + " is none");
    }
    auto document = get(*url, limits);
    if (document || document.error().code == "fetch.refused") return document;
    if (document.error().code == "fetch.timeout") {
      return fail("fetch.timeout", "there is no answer within " + std::to_string(limits.timeout.count()) + " ms");
    }
    return fail("fetch.failed", url->authority() + ": " + document.error().message);
  }

 private:
  const FetcherOptions options_;
};

}  // namespace

std::shared_ptr<server::Fetcher> make_fetcher(FetcherOptions options) {
  return std::make_shared<HttpFetcher>(options);
}

}  // namespace mockoauth::wire
