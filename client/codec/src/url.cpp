// The only file that touches Boost.URL.
#include <mimir/codec/url.hpp>

#include <algorithm>
#include <charconv>

#include <boost/url/ipv4_address.hpp>
#include <boost/url/ipv6_address.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

namespace mimir::codec {
namespace {

constexpr std::size_t kMaxBytes = 16 * 1024;

// Not std::tolower: that one asks the locale.
std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::string_view view(boost::urls::string_view text) { return {text.data(), text.size()}; }

/// Digits without leading zeros: any other spelling would not survive being kept as a number.
std::optional<std::uint16_t> parse_port(std::string_view text) {
  if (text.empty() || (text.size() > 1 && text[0] == '0')) return std::nullopt;
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return port;
}

/// RFC 3986 §3.3: pchar and the slash; `%` stays, since the path is given encoded.
bool belongs_into_path(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
         std::string_view("-._~!$&'()*+,;=:@/%").find(c) != std::string_view::npos;
}

/// Boost 1.81 ends a host that begins with an IP address right after the address: in `http://127.0.0.1.example/` it
/// sees the host 127.0.0.1 and the path `.example/`. With an authority, a path is empty or starts with a slash (RFC
/// 3986 §3.3), which tells the two apart.
bool is_host_cut_short(const boost::urls::url_view& parts) {
  const std::string_view path = view(parts.encoded_path());
  return parts.has_authority() && !path.empty() && path[0] != '/';
}

}  // namespace

Result<Url> Url::parse(std::string_view text) {
  if (text.size() > kMaxBytes) return fail("url.too_long", "the URL is longer than 16 KiB", {}, kMaxBytes);
  const auto bad = std::find_if(text.begin(), text.end(), [](char c) { return c <= ' ' || c == '\x7F'; });
  if (bad != text.end()) {
    return fail("url.character", "the URL holds white space, a control or a non-ASCII byte", "RFC 3986 §2",
                static_cast<std::size_t>(bad - text.begin()));
  }
  const auto syntax_error = [] { return fail("url.syntax", "this is not an absolute URL", "RFC 3986 §4.3"); };
  auto parsed = boost::urls::parse_uri({text.data(), text.size()});
  if (parsed.has_error()) return syntax_error();

  Url url;
  std::string marked;  // Must outlive `parsed`, which may look into it.
  const bool is_marked = is_host_cut_short(*parsed) && !parsed->has_userinfo();
  if (is_marked) {
    // A letter before the host keeps Boost from seeing an address in it; it is taken off again below.
    marked = text;
    marked.insert(parsed->scheme().size() + 3, 1, 'x');
    parsed = boost::urls::parse_uri(marked);
    if (parsed.has_error() || is_host_cut_short(*parsed)) return syntax_error();
  }
  const boost::urls::url_view& parts = *parsed;

  url.scheme_ = lower_case(view(parts.scheme()));
  if (url.scheme_ != "http" && url.scheme_ != "https") {
    return fail("url.scheme", "the URL's scheme is neither http nor https", "RFC 9110 §4.2", 0);
  }
  const std::size_t authority_offset = url.scheme_.size() + 3;
  if (!parts.has_authority() || parts.encoded_host().empty()) {
    return fail("url.host", "the URL has no host", "RFC 9110 §4.2.1", url.scheme_.size() + 1);
  }
  if (parts.has_userinfo()) {
    return fail("url.userinfo", "the URL holds user information before its host", "RFC 9110 §4.2.4", authority_offset);
  }
  url.host_ = lower_case(view(parts.encoded_host())).substr(is_marked ? 1 : 0);
  if (url.host_.find('%') != std::string::npos) {
    // One host, many spellings: `%6cocalhost` would pass every comparison of names and still resolve.
    return fail("url.host", "the URL's host is percent-encoded", "RFC 3986 §3.2.2", authority_offset);
  }
  if (parts.has_port()) {
    url.port_ = parse_port(view(parts.port()));
    if (!url.port_) {
      return fail("url.port", "the URL's port is not a plain number up to 65535", "RFC 3986 §3.2.3",
                  authority_offset + url.host_.size() + 1);
    }
  }
  url.path_ = view(parts.encoded_path());
  if (parts.has_query()) url.query_ = view(parts.encoded_query());
  if (parts.has_fragment()) url.fragment_ = view(parts.encoded_fragment());
  // Nothing may have been dropped or moved on the way: what is checked here is what others will connect to.
  if (lower_case(url.to_string()) != lower_case(text)) return syntax_error();
  return url;
}

std::string Url::authority() const { return port_ ? host_ + ":" + std::to_string(*port_) : host_; }

std::string Url::origin() const { return scheme_ + "://" + authority(); }

std::string Url::target() const {
  std::string text = path_.empty() ? "/" : path_;
  if (query_) text += "?" + *query_;
  return text;
}

std::string Url::to_string() const {
  std::string text = origin() + path_;
  if (query_) text += "?" + *query_;
  if (fragment_) text += "#" + *fragment_;
  return text;
}

bool Url::is_loopback_literal() const {
  if (host_.starts_with('[') && host_.ends_with(']')) {
    const auto address = boost::urls::parse_ipv6_address({host_.data() + 1, host_.size() - 2});
    return address.has_value() && address->is_loopback();
  }
  const auto address = boost::urls::parse_ipv4_address({host_.data(), host_.size()});
  return address.has_value() && address->is_loopback();
}

Url Url::with_parameters(const Parameters& parameters) const {
  Url url = *this;
  if (parameters.empty()) return url;
  const bool has_some = query_ && !query_->empty();
  url.query_ = (has_some ? *query_ + "&" : std::string()) + parameters.encode();
  return url;
}

Url Url::with_path(std::string path) const {
  Url url = *this;
  url.path_ = path.empty() || path.starts_with('/') ? "" : "/";
  for (const char c : path) {
    if (belongs_into_path(c)) {
      url.path_.push_back(c);
    } else {
      url.path_ += percent_encode({&c, 1});
    }
  }
  return url;
}

Url Url::with_port(std::uint16_t port) const {
  Url url = *this;
  url.port_ = port;
  return url;
}

Url Url::without_query_and_fragment() const {
  Url url = *this;
  url.query_.reset();
  url.fragment_.reset();
  return url;
}

}  // namespace mimir::codec
