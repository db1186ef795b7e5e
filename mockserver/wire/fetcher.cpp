#include <mockoauth/wire/fetcher.hpp>

#include <algorithm>
#include <array>
#include <exception>
#include <optional>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>

#include <mimir/codec/url.hpp>

namespace mockoauth::wire {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using mimir::codec::fail;
using mimir::codec::Url;
using server::FetchedDocument;
using server::FetchLimits;

/// Why nothing was fetched; a value outside, thrown inside because that is how Asio's coroutines end early.
struct Refused {
  std::string why;
};

struct Network {
  std::array<std::uint8_t, 4> address;
  int bits;
};

// RFC 6890 §2.2.2
constexpr Network kSpecialUse[] = {
    {{0, 0, 0, 0}, 8},       {{10, 0, 0, 0}, 8},     {{100, 64, 0, 0}, 10},   {{127, 0, 0, 0}, 8},
    {{169, 254, 0, 0}, 16},  {{172, 16, 0, 0}, 12},  {{192, 0, 0, 0}, 24},    {{192, 0, 2, 0}, 24},
    {{192, 88, 99, 0}, 24},  {{192, 168, 0, 0}, 16}, {{198, 18, 0, 0}, 15},   {{198, 51, 100, 0}, 24},
    {{203, 0, 113, 0}, 24},  {{224, 0, 0, 0}, 4},    {{240, 0, 0, 0}, 4}};

bool is_in(const asio::ip::address_v4& address, const Network& network) {
  const auto mask = ~std::uint32_t{0} << (32 - network.bits);
  return ((address.to_uint() ^ asio::ip::address_v4(network.address).to_uint()) & mask) == 0;
}

bool is_special_use(const asio::ip::address& address) {
  if (address.is_v4()) {
    return std::any_of(std::begin(kSpecialUse), std::end(kSpecialUse),
                       [&](const Network& network) { return is_in(address.to_v4(), network); });
  }
  // RFC 6890 §2.2.3: only 2000::/3 is given out as global unicast, and of that not what is set apart in 2001::/23 and
  // 2001:db8::/32, nor 2002::/16, which hides an IPv4 address.
  const auto bytes = address.to_v6().to_bytes();
  if ((bytes[0] & 0xe0) != 0x20) return true;
  if (bytes[0] != 0x20) return false;
  if (bytes[1] == 0x02) return true;
  return bytes[1] == 0x01 && ((bytes[2] & 0xfe) == 0 || (bytes[2] == 0x0d && bytes[3] == 0xb8));
}

std::string without_brackets(const std::string& host) {
  return host.starts_with('[') ? host.substr(1, host.size() - 2) : host;
}

// Looked up once: what is judged here is what is connected to, so that no second answer of a name server slips in.
asio::awaitable<std::vector<tcp::endpoint>> endpoints_of(const Url& url) {
  std::vector<tcp::endpoint> endpoints;
  if (url.is_localhost()) {  // Never asked of a name server (RFC 6761 §6.3).
    endpoints.emplace_back(asio::ip::address_v4::loopback(), url.port());
    endpoints.emplace_back(asio::ip::address_v6::loopback(), url.port());
    co_return endpoints;
  }
  if (url.is_loopback_literal()) {
    endpoints.emplace_back(asio::ip::make_address(without_brackets(url.host())), url.port());
    co_return endpoints;
  }
  tcp::resolver resolver(co_await asio::this_coro::executor);
  const auto found = co_await resolver.async_resolve(without_brackets(url.host()), std::to_string(url.port()),
                                                     asio::use_awaitable);
  for (const auto& entry : found) {
    if (!is_special_use(entry.endpoint().address())) endpoints.push_back(entry.endpoint());
  }
  if (endpoints.empty()) throw Refused{"the host " + url.host() + " has only addresses of special use (RFC 6890)"};
  co_return endpoints;
}

template <class Stream>
asio::awaitable<FetchedDocument> ask(Stream& stream, const Url& url, std::size_t max_bytes) {
  http::request<http::empty_body> request(http::verb::get, url.target(), 11);
  request.set(http::field::host, url.authority());
  request.set(http::field::accept, "application/json");
  request.set(http::field::user_agent, "mockoauth");
  request.set(http::field::connection, "close");
  co_await http::async_write(stream, request, asio::use_awaitable);
  beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(max_bytes);
  co_await http::async_read(stream, buffer, parser, asio::use_awaitable);
  auto response = parser.release();
  FetchedDocument document;
  document.status = static_cast<int>(response.result_int());
  document.content_type = std::string(response[http::field::content_type]);
  document.body = std::move(response.body());
  co_return document;
}

asio::awaitable<FetchedDocument> ask_by_tls(beast::tcp_stream tcp_stream, const Url& url, std::size_t max_bytes) {
  asio::ssl::context context(asio::ssl::context::tls_client);
  context.set_default_verify_paths();
  beast::ssl_stream<beast::tcp_stream> stream(std::move(tcp_stream), context);
  std::string host = without_brackets(url.host());
  stream.set_verify_mode(asio::ssl::verify_peer);
  stream.set_verify_callback(asio::ssl::host_name_verification(host));  // RFC 9110 §4.3.4
  boost::system::error_code is_name;
  asio::ip::make_address(host, is_name);
  if (is_name) {  // RFC 6066 §3: no address literal. The macro for this has an old-style cast in it.
    SSL_ctrl(stream.native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, host.data());
  }
  co_await stream.async_handshake(asio::ssl::stream_base::client, asio::use_awaitable);
  co_return co_await ask(stream, url, max_bytes);
}

asio::awaitable<FetchedDocument> get(const Url& url, const FetchLimits& limits) {
  const auto endpoints = co_await endpoints_of(url);
  beast::tcp_stream stream(co_await asio::this_coro::executor);
  stream.expires_after(limits.timeout);
  co_await stream.async_connect(endpoints, asio::use_awaitable);
  if (url.is_https()) co_return co_await ask_by_tls(std::move(stream), url, limits.max_bytes);
  co_return co_await ask(stream, url, limits.max_bytes);
}

class HttpFetcher final : public server::Fetcher {
 public:
  explicit HttpFetcher(FetcherOptions options) : options_(options) {}

  mimir::codec::Result<FetchedDocument> fetch(const std::string& text, const FetchLimits& limits) override {
    const auto url = Url::parse(text);
    if (!url) return fail("fetch.refused", "the URL is malformed: " + url.error().message);
    if (!options_.beyond_loopback && !url->is_loopback_literal() && !url->is_localhost()) {
      return fail("fetch.refused", "only loopback hosts are asked here, and " + url->host() + " is none");
    }
    try {
      return run(*url, limits);
    } catch (const Refused& refused) {
      return fail("fetch.refused", refused.why);
    } catch (const boost::system::system_error& error) {
      if (error.code() == beast::error::timeout) return timed_out(limits);
      if (error.code() == http::error::body_limit) {
        return fail("fetch.failed", "it has more than " + std::to_string(limits.max_bytes) + " bytes");
      }
      return fail("fetch.failed", url->authority() + ": " + error.code().message());
    } catch (const std::exception&) {
      return fail("fetch.failed", url->authority() + ": the answer cannot be read");
    }
  }

 private:
  static tl::unexpected<mimir::codec::Error> timed_out(const FetchLimits& limits) {
    return fail("fetch.timeout", "there is no answer within " + std::to_string(limits.timeout.count()) + " ms");
  }

  static mimir::codec::Result<FetchedDocument> run(const Url& url, const FetchLimits& limits) {
    std::exception_ptr failed;
    std::optional<FetchedDocument> document;
    asio::io_context context(1);
    asio::co_spawn(context, get(url, limits), [&](std::exception_ptr error, FetchedDocument found) {
      failed = std::move(error);
      document = std::move(found);
    });
    context.run_for(limits.timeout);  // The stream's own deadline does not cover looking up the name.
    if (failed) std::rethrow_exception(failed);
    if (!document) return timed_out(limits);
    return std::move(*document);
  }

  const FetcherOptions options_;
};

}  // namespace

std::shared_ptr<server::Fetcher> make_fetcher(FetcherOptions options) {
  return std::make_shared<HttpFetcher>(options);
}

}  // namespace mockoauth::wire
