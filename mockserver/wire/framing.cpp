// Boost.Beast's incremental parser does the grammar. What it forgives and RFC 9112 does not is checked here, because a
// bench that forgives cannot tell a client about its mistakes.
#include "framing.hpp"

#include <algorithm>
#include <optional>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

namespace mockoauth::wire {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;
using View = boost::beast::string_view;

std::string_view std_view(View text) { return {text.data(), text.size()}; }

bool is_token_character(char c) {
  static constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         kMarks.find(c) != std::string_view::npos;
}

bool same_word(std::string_view a, std::string_view b) {
  return boost::beast::iequals(View(a.data(), a.size()), View(b.data(), b.size()));
}

/// Collects what Beast reports, in order and with duplicates, which its own field container would regroup.
class Collector final : public http::basic_parser<true> {
 public:
  explicit Collector(const FramingLimits& limits) {
    eager(true);
    header_limit(static_cast<std::uint32_t>(limits.max_header_bytes + 1));
    body_limit(limits.max_body_bytes);
  }

  server::HttpRequest request{};

 private:
  void on_request_impl(http::verb, View method, View target, int version, error_code&) override {
    request.method = std_view(method);
    request.target = std_view(target);
    request.version = version == 10 ? "HTTP/1.0" : "HTTP/1.1";
  }
  void on_response_impl(int, View, int, error_code&) override {}
  void on_field_impl(http::field, View name, View value, error_code&) override {
    // Trailers arrive here too; RFC 9110 §6.5.1: they must not be merged into the header section.
    if (!in_body_) request.headers.emplace_back(std_view(name), std_view(value));
  }
  void on_header_impl(error_code&) override { in_body_ = true; }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(View bytes, error_code&) override {
    request.body.append(bytes.data(), bytes.size());
    return bytes.size();
  }
  void on_chunk_header_impl(std::uint64_t, View, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, View bytes, error_code&) override {
    request.body.append(bytes.data(), bytes.size());
    return bytes.size();
  }
  void on_finish_impl(error_code&) override {}

  bool in_body_ = false;
};

// `HTTP/2.0` is a version we do not speak; `HTP/1.1` is nothing.
bool names_other_version(std::string_view header) {
  const auto line = header.substr(0, header.find("\r\n"));
  const auto space = line.rfind(' ');
  if (space == std::string_view::npos) return false;
  const auto version = line.substr(space + 1);
  const auto digit = [&](std::size_t index) { return version[index] >= '0' && version[index] <= '9'; };
  return version.size() == 8 && version.starts_with("HTTP/") && digit(5) && version[6] == '.' && digit(7);
}

}  // namespace

struct Framer::Impl {
  explicit Impl(FramingLimits options) : limits(options) {}

  FramingLimits limits;
  std::string buffer;             ///< From the first byte of the current request.
  std::size_t scanned = 0;        ///< Of the header section, looked at for its end.
  std::size_t parsed = 0;         ///< Handed to Beast and taken.
  std::optional<Collector> parser;  ///< There is one once the header section is complete.
  bool continue_settled = false;
  bool keep_alive = false;
  server::HttpRequest ready;
  std::optional<Refusal> refusal;

  Event refuse(int status, std::string reason) {
    refusal = Refusal{status, std::move(reason)};
    buffer.clear();
    return Event::Refused;
  }

  // RFC 9112 §2.2: a server should ignore an empty line before the request line.
  void skip_empty_lines() {
    std::size_t skipped = 0;
    while (buffer.compare(skipped, 2, "\r\n") == 0) skipped += 2;
    buffer.erase(0, skipped);
  }

  /// Length of the header section with its empty line; nothing when it is not complete or was refused.
  std::optional<std::size_t> header_end() {
    if (buffer.empty()) return std::nullopt;
    const char first = buffer.front();
    if (first == '\x16') {
      refuse(400, "this looks like TLS; this port speaks plain HTTP");
      return std::nullopt;
    }
    if (!is_token_character(first) && first != '\r') {
      refuse(400, "the request line does not start with a method (RFC 9112 §3)");
      return std::nullopt;
    }
    for (; scanned < buffer.size(); ++scanned) {
      if (scanned >= limits.max_header_bytes) {
        const bool in_first_line = buffer.find('\n') >= limits.max_header_bytes;
        const std::string limit = std::to_string(limits.max_header_bytes) + " bytes";
        in_first_line ? refuse(414, "the request line is longer than " + limit)
                      : refuse(431, "the header section is longer than " + limit);
        return std::nullopt;
      }
      if (buffer[scanned] != '\n') continue;
      if (scanned == 0 || buffer[scanned - 1] != '\r') {
        refuse(400, "a line ends in LF without CR (RFC 9112 §2.2)");
        return std::nullopt;
      }
      if (scanned >= 3 && buffer.compare(scanned - 3, 4, "\r\n\r\n") == 0) return ++scanned;
    }
    return std::nullopt;
  }

  Event refuse_for(const error_code& error) {
    const std::string why = error.message();
    if (error == http::error::body_limit || error == http::error::buffer_overflow) {
      return refuse(413, "the body is larger than " + std::to_string(limits.max_body_bytes) + " bytes");
    }
    if (error == http::error::header_limit) return refuse(431, "a header section or trailer is too long");
    if (error == http::error::bad_version && names_other_version(buffer)) {
      return refuse(505, "only HTTP/1.1 and HTTP/1.0 are spoken here");
    }
    if (error == http::error::multiple_content_length || error == http::error::bad_content_length) {
      return refuse(400, why + " (RFC 9112 §6.3)");
    }
    if (error == http::error::bad_transfer_encoding) return refuse(400, why + " (RFC 9112 §6.1)");
    return refuse(400, why + " (RFC 9112)");
  }

  /// What Beast lets pass. Says Request when nothing is wrong.
  Event check_header() {
    server::HttpRequest& request = parser->request;
    const bool is_1_1 = request.version == "HTTP/1.1";
    const auto hosts = request.count_headers("Host");
    if (hosts > 1 || (hosts == 0 && is_1_1)) {
      return refuse(400, hosts == 0 ? "Host is missing (RFC 9112 §3.2)" : "Host is there more than once (RFC 9112 §3.2)");
    }
    if (const auto coding = request.header("Transfer-Encoding")) {
      // RFC 9112 §6.1: faulty framing from 1.0, and a coding that is not understood cannot be skipped.
      if (!is_1_1) return refuse(400, "Transfer-Encoding in an HTTP/1.0 request (RFC 9112 §6.1)");
      if (request.count_headers("Transfer-Encoding") > 1) return refuse(400, "Transfer-Encoding is there more than once");
      if (!same_word(*coding, "chunked")) return refuse(501, "no transfer coding but chunked is known here (RFC 9112 §6.1)");
    }
    if (request.method == "CONNECT") return refuse(501, "this is no proxy");
    if (const auto scheme = request.target.find("://");
        request.target.front() != '/' && scheme != std::string::npos) {
      // RFC 9112 §3.2.2: a server must take the absolute form as well.
      const auto path = request.target.find_first_of("/?", scheme + 3);
      std::string origin_form = path == std::string::npos ? "" : request.target.substr(path);
      if (origin_form.empty() || origin_form.front() != '/') origin_form.insert(0, 1, '/');
      request.target = std::move(origin_form);
    }
    if (request.target.front() != '/' && !(request.target == "*" && request.method == "OPTIONS")) {
      return refuse(400, "the request target is neither a path nor a URL (RFC 9112 §3.2)");
    }
    if (const auto expected = request.header("Expect"); expected && !same_word(*expected, "100-continue")) {
      return refuse(417, "the only expectation known here is 100-continue (RFC 9110 §10.1.1)");
    }
    return Event::Request;
  }

  /// Gives Beast up to `end` bytes. False after an error.
  bool parse_to(std::size_t end) {
    error_code error;
    parsed += parser->put(boost::asio::const_buffer(buffer.data() + parsed, end - parsed), error);
    if (!error || error == http::error::need_more) return true;
    refuse_for(error);
    return false;
  }

  Event finish() {
    ready = std::move(parser->request);
    ready.raw = buffer.substr(0, parsed);
    keep_alive = parser->keep_alive();
    buffer.erase(0, parsed);
    parser.reset();
    scanned = 0;
    parsed = 0;
    continue_settled = false;
    return Event::Request;
  }

  Event next() {
    if (refusal) return Event::Refused;
    if (!parser) {
      if (scanned == 0) skip_empty_lines();
      const auto end = header_end();
      if (refusal) return Event::Refused;
      if (!end) return Event::NeedMore;
      parser.emplace(limits);
      if (!parse_to(*end)) return Event::Refused;
      if (!parser->is_header_done()) return refuse(400, "the header section is broken (RFC 9112 §5)");
      if (check_header() == Event::Refused) return Event::Refused;
      if (parser->is_done()) return finish();
    }
    if (!continue_settled) {
      continue_settled = true;
      const bool waits = parser->request.header("Expect").has_value() && parser->request.version == "HTTP/1.1";
      if (waits && buffer.size() == parsed) return Event::SendContinue;
    }
    if (buffer.size() > parsed && !parse_to(buffer.size())) return Event::Refused;
    if (parser->is_done()) return finish();
    // One byte in a chunk costs six; what is past that, or a chunk's header without an end, is an attack.
    if (buffer.size() - parsed > limits.max_header_bytes) return refuse(400, "a chunk's header is too long");
    if (buffer.size() > 2 * limits.max_header_bytes + 8 * limits.max_body_bytes) {
      return refuse(413, "the chunks take far more room than the body");
    }
    return Event::NeedMore;
  }
};

Framer::Framer(FramingLimits limits) : impl_(std::make_unique<Impl>(limits)) {}
Framer::~Framer() = default;

void Framer::feed(std::string_view bytes) {
  if (!impl_->refusal) impl_->buffer.append(bytes);
}

Framer::Event Framer::next() { return impl_->next(); }

server::HttpRequest Framer::take_request() { return std::move(impl_->ready); }

bool Framer::keep_alive() const { return impl_->keep_alive; }

bool Framer::mid_request() const { return !impl_->buffer.empty(); }

const Framer::Refusal& Framer::refusal() const {
  static const Refusal none;
  return impl_->refusal ? *impl_->refusal : none;
}

}  // namespace mockoauth::wire
