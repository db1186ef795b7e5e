#include "wire/header_rules.hpp"

#include <algorithm>

namespace mockoauth::wire {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool starts_with_scheme(std::string_view target) {
  return same_text(target.substr(0, 7), "http://") || same_text(target.substr(0, 8), "https://");
}

// RFC 9110 §7.2: uri-host [ ":" port ]. The characters that would turn it into something else are what matters.
bool is_host(std::string_view value) { return value.find_first_of(" \t/?#@\\,\"<>") == std::string_view::npos; }

std::optional<HeaderFlaw> find_target_flaw(const server::HttpRequest& request) {
  const std::string_view target = request.target;
  if (target.find('#') != std::string_view::npos) return HeaderFlaw{400, "the target has a fragment (RFC 9112 §3.2)"};
  const bool asterisk = target == "*" && request.method == "OPTIONS";
  if (target.starts_with('/') || asterisk || starts_with_scheme(target)) return std::nullopt;
  return HeaderFlaw{400, "the target is neither a path nor an http URI (RFC 9112 §3.2)"};
}

}  // namespace

bool same_text(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

bool lists_token(const server::Headers& headers, std::string_view name, std::string_view token) {
  for (const auto& [key, value] : headers) {
    if (!same_text(key, name)) continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const auto comma = std::min(rest.find(','), rest.size());
      auto item = rest.substr(0, comma);
      rest.remove_prefix(std::min(comma + 1, rest.size()));
      while (!item.empty() && (item.front() == ' ' || item.front() == '\t')) item.remove_prefix(1);
      while (!item.empty() && (item.back() == ' ' || item.back() == '\t')) item.remove_suffix(1);
      if (same_text(item, token)) return true;
    }
  }
  return false;
}

std::optional<HeaderFlaw> find_header_flaw(const server::HttpRequest& request, std::string_view raw) {
  if (raw.find("\r\n ") != std::string_view::npos || raw.find("\r\n\t") != std::string_view::npos) {
    return HeaderFlaw{400, "a header field is folded over two lines (RFC 9112 §5.2)"};
  }
  if (auto flaw = find_target_flaw(request)) return flaw;
  const auto hosts = request.count_headers("Host");
  if (hosts > 1) return HeaderFlaw{400, "more than one Host field (RFC 9112 §3.2)"};
  if (hosts == 0 && request.version == "HTTP/1.1") return HeaderFlaw{400, "no Host field (RFC 9112 §3.2)"};
  if (hosts == 1 && !is_host(*request.header("Host"))) return HeaderFlaw{400, "a bad Host field (RFC 9112 §3.2)"};
  if (const auto encodings = request.count_headers("Transfer-Encoding"); encodings > 0) {
    if (request.version != "HTTP/1.1") return HeaderFlaw{400, "Transfer-Encoding on HTTP/1.0 (RFC 9112 §6.1)"};
    // Both together is the classic of request smuggling.
    if (request.count_headers("Content-Length") > 0) {
      return HeaderFlaw{400, "Transfer-Encoding and Content-Length together (RFC 9112 §6.3)"};
    }
    if (encodings > 1 || !same_text(*request.header("Transfer-Encoding"), "chunked")) {
      return HeaderFlaw{501, "no transfer coding but chunked is known here (RFC 9112 §6.1)"};
    }
  }
  if (request.count_headers("Content-Length") > 1) {
    return HeaderFlaw{400, "more than one Content-Length field (RFC 9112 §6.3)"};
  }
  if (const auto expect = request.header("Expect"); expect && !same_text(*expect, "100-continue")) {
    return HeaderFlaw{417, "no expectation but 100-continue is known here (RFC 9110 §10.1.1)"};
  }
  return std::nullopt;
}

std::string origin_form(std::string_view target) {
  if (!starts_with_scheme(target)) return std::string(target);
  const auto authority = target.substr(target.find("//") + 2);
  const auto path = authority.find_first_of("/?");
  if (path == std::string_view::npos) return "/";
  return authority[path] == '/' ? std::string(authority.substr(path)) : "/" + std::string(authority.substr(path));
}

bool wants_keep_alive(const server::HttpRequest& request) {
  return request.version == "HTTP/1.1" && !lists_token(request.headers, "Connection", "close");
}

}  // namespace mockoauth::wire
