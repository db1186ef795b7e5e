#include "internal/pasted_request.hpp"

#include <algorithm>

#include <mimir/codec/url.hpp>
#include <mimir/oauth/callback_session.hpp>

#include "internal/ascii.hpp"
#include "internal/secret_form.hpp"

namespace mimir::oauth::internal {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const auto first = text.find_first_not_of(kBlanks);
  return first == std::string_view::npos ? std::string_view()
                                         : text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

Secret get_request(const codec::Url& url) {
  std::string bytes = "GET " + url.target() + " HTTP/1.1\r\nHost: " + url.host() + ":" + std::to_string(url.port()) +
                      "\r\n\r\n";
  Secret request(bytes);
  wipe(bytes);
  return request;
}

}  // namespace

std::optional<Secret> request_of_paste(std::string_view text, const std::string& redirect_uri) {
  text = trimmed(text);
  if (text.empty() || text.size() > CallbackSession::kMaxRequestBytes || !std::ranges::all_of(text, is_visible)) {
    return std::nullopt;
  }
  if (text.starts_with("http://") || text.starts_with("https://")) {
    const auto url = codec::Url::parse(text);
    // https: a browser's HTTPS-only mode rewrites the scheme; where it leads is judged by host, port and path.
    if (!url || !url->query()) return std::nullopt;
    return get_request(*url);
  }
  const auto hash = text.find('#');
  const auto expected = codec::Url::parse(redirect_uri);
  if (!expected || hash == 0 || hash == std::string_view::npos || hash + 1 == text.size() ||
      text.find('#', hash + 1) != std::string_view::npos) {
    return std::nullopt;
  }
  return get_request(expected->with_parameters(
      {{"code", std::string(text.substr(0, hash))}, {"state", std::string(text.substr(hash + 1))}}));
}

}  // namespace mimir::oauth::internal
