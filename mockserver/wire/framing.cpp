#include "wire/framing.hpp"

#include "wire/header_rules.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

namespace mockoauth::wire {
namespace {

namespace http = boost::beast::http;
using BeastError = boost::beast::error_code;

// A client that sends nothing but empty lines must not keep us reading for ever (RFC 9112 §2.2 asks for one at least).
constexpr std::size_t kMaxEmptyLines = 8;
// Chunks of one byte cost six bytes each; beyond that a body is mostly chunk extensions (RFC 9112 §7.1.1 allows a limit).
constexpr std::size_t kMaxRawPerBodyByte = 8;
// `0 CRLF CRLF` is the shortest rest of any chunked body. Beast 1.81 asserts that it has been given that much once it
// has seen a last chunk, so that "0\r\n" in one packet and "\r" in the next would end the process.
constexpr std::size_t kShortestChunkedRest = 5;

std::string text(boost::beast::string_view view) { return {view.data(), view.size()}; }

// Beast tells a malformed version and a well-formed foreign one apart no further than `bad_version`.
bool names_other_version(std::string_view bytes) {
  const auto end = bytes.find("\r\n");
  const auto line = bytes.substr(0, end);
  const auto at = line.rfind(" HTTP/");
  if (end == std::string_view::npos || at == std::string_view::npos) return false;
  const auto version = line.substr(at + 6);
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return version.size() == 3 && digit(version[0]) && version[1] == '.' && digit(version[2]);
}

}  // namespace

// basic_parser rather than request_parser: its field container moves repeated fields next to each other and mixes
// trailer fields in, while the journal and the checks on repeated fields need what was really sent.
class Framing::Parser final : public http::basic_parser<true> {
 public:
  Parser() { request.headers.reserve(8); }

  server::HttpRequest request;
  bool header_done = false;

 private:
  void on_request_impl(http::verb, boost::beast::string_view method, boost::beast::string_view target, int version,
                       BeastError&) override {
    request.method = text(method);
    request.target = text(target);
    request.version = version == 10 ? "HTTP/1.0" : "HTTP/1.1";
  }
  void on_response_impl(int, boost::beast::string_view, int, BeastError&) override {}
  void on_field_impl(http::field, boost::beast::string_view name, boost::beast::string_view value,
                     BeastError&) override {
    // RFC 9112 §7.1.2: trailer fields must not be merged into the header unless known to be safe; none is here.
    if (!header_done) request.headers.emplace_back(text(name), text(value));
  }
  void on_header_impl(BeastError&) override { header_done = true; }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, BeastError&) override {}
  std::size_t on_body_impl(boost::beast::string_view body, BeastError&) override {
    request.body.append(body.data(), body.size());
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t, boost::beast::string_view, BeastError&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, boost::beast::string_view body, BeastError&) override {
    request.body.append(body.data(), body.size());
    return body.size();
  }
  void on_finish_impl(BeastError&) override {}
};

Framing::Framing(FramingLimits limits) : limits_(limits) { begin_request(); }
Framing::~Framing() = default;

void Framing::begin_request() {
  parser_ = std::make_unique<Parser>();
  const auto header_limit = std::min<std::size_t>(limits_.max_header_bytes, std::numeric_limits<std::uint32_t>::max());
  parser_->header_limit(static_cast<std::uint32_t>(header_limit));
  parser_->body_limit(limits_.max_body_bytes);
  // Stop after the header: it is judged before any of the body is interpreted.
  parser_->eager(false);
  raw_.clear();
  empty_lines_ = 0;
  header_judged_ = false;
  continue_told_ = false;
}

void Framing::feed(std::string_view bytes) {
  if (refused_) return;
  pending_.append(bytes);
  fresh_ = bytes.size();
}

bool Framing::mid_request() const { return !refused_ && (!raw_.empty() || !pending_.empty()); }

Framing::Step Framing::next() {
  if (refused_) return {};
  if (raw_.empty()) {
    while (pending_.starts_with("\r\n")) {
      if (++empty_lines_ > kMaxEmptyLines) return refuse(400, "too many empty lines before a request (RFC 9112 §2.2)");
      pending_.erase(0, 2);
    }
    if (pending_.empty() || pending_ == "\r") return {};
  }
  return parse();
}

Framing::Step Framing::parse() {
  std::size_t used = 0;
  BeastError error;
  while (!parser_->is_done() && !error) {
    if (parser_->is_header_done() && !header_judged_) {
      raw_.append(pending_, 0, used);
      pending_.erase(0, used);
      used = 0;
      header_judged_ = true;
      if (auto step = judge_header(); step.outcome != Outcome::NeedMore) return step;
      parser_->eager(true);
    }
    const auto left = pending_.size() - used;
    if (left == 0 || (header_judged_ && parser_->chunked() && left < kShortestChunkedRest)) {
      error = http::error::need_more;
      break;
    }
    used += parser_->put(boost::asio::buffer(pending_.data() + used, left), error);
  }
  const std::string_view seen(pending_);
  if (error && error != http::error::need_more) {
    if (error == http::error::body_limit) return refuse(413, "the body is larger than this server reads");
    if (error == http::error::header_limit) {
      // RFC 9112 §3: a target too long to parse has a status of its own.
      return raw_.empty() && used == 0 && seen.find('\n') == std::string_view::npos
                 ? refuse(414, "the request line is longer than this server reads (RFC 9112 §3)")
                 : refuse(431, "the header is larger than this server reads (RFC 6585 §5)");
    }
    if (error == http::error::bad_version && names_other_version(seen)) {
      return refuse(505, "only HTTP/1.0 and HTTP/1.1 are spoken here (RFC 9110 §15.6.6)");
    }
    return refuse(400, "malformed request: " + error.message() + " (RFC 9112)");
  }
  raw_.append(pending_, 0, used);
  pending_.erase(0, used);
  if (parser_->is_done()) {
    if (!header_judged_) {
      header_judged_ = true;
      if (auto step = judge_header(); step.outcome == Outcome::Refused) return step;
    }
    return take_request();
  }

  if (!parser_->is_header_done()) {
    // Beast waits for more after a bare LF; the sender waits for us. RFC 9112 §2.2: only CRLF ends a line here.
    const auto from = pending_.size() - std::min(fresh_, pending_.size());
    for (auto at = pending_.find('\n', from); at != std::string::npos; at = pending_.find('\n', at + 1)) {
      const char before = at > 0 ? pending_[at - 1] : raw_.empty() ? '\0' : raw_.back();
      if (before != '\r') return refuse(400, "a line ends with LF instead of CRLF (RFC 9112 §2.2)");
    }
  } else if (pending_.size() > limits_.max_header_bytes) {
    return refuse(431, "a chunk header or the trailer is larger than this server reads");
  }
  if (raw_.size() / kMaxRawPerBodyByte > limits_.max_header_bytes + limits_.max_body_bytes) {
    return refuse(413, "the chunked body is larger than this server reads");
  }
  return {};
}

Framing::Step Framing::judge_header() {
  if (auto flaw = find_header_flaw(parser_->request, raw_)) return refuse(flaw->status, std::move(flaw->why));
  parser_->request.target = origin_form(parser_->request.target);
  const auto expect = parser_->request.header("Expect");
  const bool waits = expect && parser_->request.version == "HTTP/1.1" && !parser_->is_done() && pending_.empty();
  if (waits && !continue_told_) {
    continue_told_ = true;
    parser_->eager(true);
    return Step{.outcome = Outcome::Continue};
  }
  return {};
}

Framing::Step Framing::take_request() {
  Step step{.outcome = Outcome::Request, .request = std::move(parser_->request)};
  step.keep_alive = wants_keep_alive(step.request);
  step.request.raw = std::move(raw_);
  begin_request();
  return step;
}

Framing::Step Framing::refuse(int status, std::string why) {
  refused_ = true;
  pending_.clear();
  raw_.clear();
  return Step{.outcome = Outcome::Refused, .status = status, .why = std::move(why)};
}

}  // namespace mockoauth::wire
