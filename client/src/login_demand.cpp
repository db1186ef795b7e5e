#include <mimir/oauth/login_demand.hpp>

#include <algorithm>
#include <charconv>

#include <internal/authorization_request.hpp>
#include <internal/challenge.hpp>

namespace mimir::oauth {
namespace {

constexpr std::size_t kMaxWords = 64;
constexpr std::size_t kMaxWord = 256;

/// The words of a list as RFC 6749 §3.3 has them; none of them when one could not be sent.
std::vector<std::string> words_of(const std::optional<std::string>& text) {
  auto words = internal::split_scopes(text.value_or(""));
  const auto is_sendable = [](const std::string& word) {
    return word.size() <= kMaxWord && std::ranges::all_of(word, [](char c) {
             return c > ' ' && c < 0x7F && c != '"' && c != '\\';
           });
  };
  if (words.size() > kMaxWords || !std::ranges::all_of(words, is_sendable)) return {};
  return words;
}

std::optional<std::chrono::seconds> seconds_of(const std::optional<std::string>& text) {
  if (!text || text->empty() || text->size() > 9) return std::nullopt;
  std::uint32_t seconds = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), seconds);
  if (error != std::errc() || end != text->data() + text->size()) return std::nullopt;
  return std::chrono::seconds(seconds);
}

}  // namespace

std::optional<LoginDemand> login_demand(const HttpResponse& response) {
  if (response.status != 401 && response.status != 403) return std::nullopt;
  for (const auto& challenge : internal::challenges_of(response)) {
    if (challenge.scheme != "bearer" && challenge.scheme != "dpop") continue;
    const auto error = challenge.one("error").value_or("");
    LoginDemand demand;
    if (response.status == 403 && error == "insufficient_scope") demand.scopes = words_of(challenge.one("scope"));
    if (response.status == 401 && error == "insufficient_user_authentication") {
      demand.max_age = seconds_of(challenge.one("max_age"));
      demand.acr_values = words_of(challenge.one("acr_values"));
    }
    if (demand != LoginDemand()) return demand;
  }
  return std::nullopt;
}

}  // namespace mimir::oauth
