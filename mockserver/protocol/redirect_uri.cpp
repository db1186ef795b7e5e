#include "protocol/redirect_uri.hpp"

#include <algorithm>
#include <optional>

#include <mimir/codec/url.hpp>

#include "protocol/text.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Url;

// Read by the codec and written back the same: nothing in it is spelt in a second way (RFC 9700 §4.1.3).
std::optional<Url> read_verbatim(std::string_view text) {
  auto url = Url::parse(text);
  if (!url || url->to_string() != text) return std::nullopt;
  return *url;
}

bool is_loopback(const Url& url) { return url.is_loopback_literal() || url.is_localhost(); }

Checked<void> mismatch(std::string detail, std::string clause = "RFC 9700 §2.1") {
  return refuse(Condition::RedirectMismatch, std::move(detail), std::move(clause));
}

bool same_loopback_but_port(const Profile& profile, const Url& registered, const Url& presented) {
  if (registered.scheme() != "http" || presented.scheme() != "http") return false;
  if (registered.host() != presented.host()) return false;
  const bool port_is_free = profile.text("redirect.match") == "loopback_port_free" &&
                            profile.lists("redirect.free_port_hosts", presented.host());
  const auto* fixed = profile.knob("redirect.fixed_ports").as_array();
  const auto is_ours = [&](const auto& port) { return port.as_int() == std::int64_t{presented.port()}; };
  const bool port_is_listed = fixed != nullptr && is_loopback(presented) &&
                              std::any_of(fixed->begin(), fixed->end(), is_ours);
  if (!port_is_free && !port_is_listed) return false;
  const auto path_rule = profile.text("redirect.loopback_path");
  if (path_rule == "any") return true;
  if (path_rule == "none") return presented.path().size() <= 1 && !presented.query();
  return registered.path() == presented.path() && registered.query() == presented.query();
}

bool is_below(const Url& registered, const Url& presented) {
  if (registered.origin() != presented.origin()) return false;
  const auto& path = presented.path();
  // Dots and escapes could lead out of the folder again.
  if (path.find("..") != std::string::npos || path.find('%') != std::string::npos) return false;
  if (path == registered.path()) return true;
  return path.starts_with(registered.path().ends_with('/') ? registered.path() : registered.path() + "/");
}

bool matches(const Profile& profile, const std::string& registered, std::string_view presented) {
  if (registered == presented) return true;
  const auto rule = profile.text("redirect.match");
  if (rule == "wildcard" && registered.ends_with('*')) {
    return presented.starts_with(std::string_view(registered).substr(0, registered.size() - 1));
  }
  const auto ours = read_verbatim(registered);
  const auto theirs = read_verbatim(presented);
  if (!ours || !theirs) return false;
  return same_loopback_but_port(profile, *ours, *theirs) || (rule == "subpath" && is_below(*ours, *theirs));
}

std::string what_differs(const std::vector<std::string>& registered, std::string_view presented) {
  const auto theirs = Url::parse(presented);
  if (registered.empty()) return "no redirect_uri is registered for this client";
  if (!theirs) return "redirect_uri is not registered for this client";
  std::string best = "host";
  for (const auto& text : registered) {
    const auto ours = Url::parse(text);
    if (!ours || ours->scheme() != theirs->scheme() || ours->host() != theirs->host()) continue;
    if (ours->path() == theirs->path() && ours->query() == theirs->query()) {
      return "redirect_uri differs from the registered one in its port";
    }
    best = ours->path() == theirs->path() ? "query" : "path";
  }
  return "redirect_uri differs from the registered one in its " + best;
}

Checked<void> check_scheme(const Profile& profile, std::string_view presented) {
  const auto url = Url::parse(presented);
  if (!url) {
    const bool is_http = presented.starts_with("http:") || presented.starts_with("https:");
    if (is_http) return mismatch("redirect_uri is not a well-formed URL", "RFC 6749 §3.1.2");
    if (!profile.flag("redirect.custom_scheme")) {
      return mismatch("app-specific schemes are not allowed in redirect_uri");
    }
    const bool clean = std::all_of(presented.begin(), presented.end(), [](char c) { return c > 0x20 && c < 0x7f; });
    if (!clean) return mismatch("redirect_uri holds characters that no URI has", "RFC 6749 §3.1.2");
    return {};
  }
  if (is_loopback(*url) && !profile.lists("redirect.loopback_hosts", url->host())) {
    return mismatch("the loopback host " + url->host() + " is not accepted in redirect_uri", "RFC 8252 §8.3");
  }
  const auto rule = profile.text("redirect.http");
  if (!url->is_https() && (rule == "never" || (rule == "loopback" && !is_loopback(*url)))) {
    return mismatch("redirect_uri is plain http", "RFC 9700 §2.6");
  }
  return {};
}

// RFC 3986 §3.1. The dot is what tells a scheme of one's own domain from javascript: and from another app's.
Checked<void> check_private_scheme(std::string_view uri) {
  const auto scheme = uri.substr(0, uri.find(':'));
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const bool clean = scheme.size() < uri.size() && !scheme.empty() && is_letter(scheme.front()) &&
                     std::all_of(scheme.begin(), scheme.end(), [&](char c) {
                       return is_letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
                     });
  if (!clean) return mismatch("the redirect_uri is not absolute", "RFC 6749 §3.1.2");
  if (scheme.find('.') == std::string_view::npos) {
    return mismatch("the private-use scheme " + std::string(scheme.substr(0, 40)) +
                    " has no dot, so it is nobody's domain name reversed", "RFC 8252 §7.1, §8.4");
  }
  return {};
}

}  // namespace

Checked<void> check_registrable_uri(const Profile& profile, std::string_view uri) {
  if (uri.find('#') != std::string_view::npos) return mismatch("the redirect_uri has a fragment", "RFC 6749 §3.1.2");
  if (auto scheme = check_scheme(profile, uri); !scheme) return scheme;
  return Url::parse(uri) ? Checked<void>() : check_private_scheme(uri);
}

Checked<void> check_redirect_uri(const Profile& profile, const std::vector<std::string>& registered,
                                 std::string_view presented) {
  if (presented.find('#') != std::string_view::npos) return mismatch("redirect_uri has a fragment", "RFC 6749 §3.1.2");
  if (profile.lists("redirect.manual_uris", presented)) return {};
  if (auto scheme = check_scheme(profile, presented); !scheme) return scheme;
  const bool known = std::any_of(registered.begin(), registered.end(),
                                 [&](const auto& uri) { return matches(profile, uri, presented); });
  if (!known) return mismatch(what_differs(registered, presented));
  return {};
}

std::string redirect_kind(const Profile& profile, std::string_view uri) {
  if (profile.lists("redirect.manual_uris", uri)) return "manual";
  const auto url = Url::parse(uri);
  if (!url) return "custom_scheme";
  return is_loopback(*url) ? "loopback" : "https";
}

}  // namespace mockoauth::server
