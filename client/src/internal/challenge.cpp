#include <internal/challenge.hpp>

#include <algorithm>

#include <internal/ascii.hpp>

namespace mimir::oauth::internal {
namespace {

constexpr std::size_t kMaxField = 16 * 1024;
constexpr std::size_t kMaxChallenges = 32;
constexpr std::size_t kMaxParameters = 64;

std::string lowered(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), lower);
  return result;
}

bool is_token_char(char c) {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";  // RFC 9110 §5.6.2
  return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') || kOthers.find(c) != std::string_view::npos;
}

/// Reads one header field from left to right; every step consumes something.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text.substr(0, kMaxField)) {}

  void read(std::vector<Challenge>& into) {
    bool open = false;  // a challenge of this field takes parameters
    while (true) {
      skip_separators();
      if (rest_.empty()) return;
      const auto name = token();
      if (name.empty()) return;
      const bool spaced = skip_blanks();
      if (peek() == '=') {
        // After a scheme's blank comes its first parameter, after a comma the next one.
        if (!open) return;
        take();
        if (!parameter(lowered(name), into.back())) return;
        continue;
      }
      if (into.size() == kMaxChallenges) return;
      into.push_back({.scheme = lowered(name)});
      open = true;
      if (spaced) skip_token68();
    }
  }

 private:
  [[nodiscard]] char peek() const { return rest_.empty() ? '\0' : rest_.front(); }
  void take() { rest_.remove_prefix(1); }
  bool skip_blanks() {
    const bool any = peek() == ' ' || peek() == '\t';
    while (peek() == ' ' || peek() == '\t') take();
    return any;
  }
  void skip_separators() {
    while (peek() == ' ' || peek() == '\t' || peek() == ',') take();
  }
  std::string_view token() {
    const auto end = std::ranges::find_if_not(rest_, is_token_char);
    const auto length = static_cast<std::size_t>(end - rest_.begin());
    const auto result = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return result;
  }
  /// `Negotiate YII…==`: no parameters, and nothing we speak (RFC 9110 §11.2).
  void skip_token68() {
    const auto end = std::ranges::find_if_not(rest_, [](char c) { return is_token_char(c) || c == '/'; });
    auto length = static_cast<std::size_t>(end - rest_.begin());
    if (length == 0) return;
    while (length < rest_.size() && rest_[length] == '=') ++length;
    const bool whole = length == rest_.size() || rest_[length] == ',';
    if (whole) rest_.remove_prefix(length);
  }
  bool parameter(std::string name, Challenge& challenge) {
    skip_blanks();
    std::string value;
    if (peek() == '"') {
      take();
      while (peek() != '"') {
        if (rest_.empty()) return false;
        if (peek() == '\\') {
          take();
          if (rest_.empty()) return false;
        }
        value += peek();
        take();
      }
      take();
    } else {
      // Lax on purpose: unquoted URLs are sent, though no token has a colon or a slash.
      const auto end = std::ranges::find_if(rest_, [](char c) { return c == ',' || c == ' ' || c == '\t'; });
      value.assign(rest_.begin(), end);
      rest_.remove_prefix(value.size());
    }
    if (challenge.parameters.size() == kMaxParameters) return false;
    challenge.parameters.emplace_back(std::move(name), std::move(value));
    return true;
  }

  std::string_view rest_;
};

}  // namespace

std::optional<std::string> Challenge::one(std::string_view name) const {
  const auto is_it = [&](const auto& parameter) { return parameter.first == name; };
  if (std::ranges::count_if(parameters, is_it) != 1) return std::nullopt;
  return std::ranges::find_if(parameters, is_it)->second;
}

std::vector<Challenge> challenges_of(const HttpResponse& response) {
  std::vector<Challenge> challenges;
  for (const auto& field : response.all("WWW-Authenticate")) Reader(field).read(challenges);
  return challenges;
}

std::optional<std::string> challenge_parameter(const std::vector<Challenge>& challenges, std::string_view name) {
  for (const auto& challenge : challenges) {
    if (challenge.scheme != "bearer" && challenge.scheme != "dpop") continue;
    if (auto value = challenge.one(name)) return value;
  }
  return std::nullopt;
}

}  // namespace mimir::oauth::internal
