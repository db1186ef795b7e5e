#include <internal/user_info_response.hpp>

#include <internal/body.hpp>
#include <internal/challenge.hpp>
#include <internal/display_text.hpp>
#include <internal/sanitise.hpp>

namespace mimir::oauth::internal {
namespace {

constexpr std::size_t kMaxUserInfoBytes = 256 * 1024;
constexpr std::size_t kMaxClaims = 64;
constexpr std::size_t kMaxName = 64;
constexpr std::size_t kMaxValue = 200;

Error not_usable(const HttpResponse& response, const AnswerSource& source, Category category, std::string code,
                 std::string what) {
  return {.category = category,
          .code = "user_info." + std::move(code),
          .message = "What " + source.provider + " says of you cannot be used: " + std::move(what) + ".",
          .hint = "Your login is kept as it is.",
          .spec = "OIDC Core §5.3.2",
          .http = HttpContext{.status = response.status, .url = printable_url(source.url)}};
}

Error refusal(const HttpResponse& response, const AnswerSource& source) {
  if (response.status != 401 && response.status != 403) {
    auto error = unstated_failure(response, source);
    error.hint += " Your login is kept as it is.";
    return error;
  }
  const auto challenges = challenges_of(response);
  const auto code = challenge_parameter(challenges, "error");
  return {.category = Category::Misconfigured,
          .code = "user_info.refused",
          .message = source.provider + " does not tell this login who you are: it answered " +
                     std::to_string(response.status) + (code ? " (" + sanitise_code(*code) + ")." : "."),
          .hint = "Your login is kept as it is. Ask for the scopes openid, profile and email when you log in.",
          .spec = "OIDC Core §5.3.3",
          .http = HttpContext{.status = response.status, .url = printable_url(source.url)}};
}

/// Nothing for lists and objects: they are not for a line.
std::optional<std::string> shown(const codec::Json& value) {
  if (const auto* text = value.as_string()) return display_text(*text, kMaxValue);
  if (value.is_bool() || value.is_number()) return value.dump();
  return std::nullopt;
}

}  // namespace

Result<UserInfo> read_user_info(const HttpResponse& response, const std::string& expected_subject,
                                const AnswerSource& source) {
  if (response.status != 200 || is_html(response)) return fail(refusal(response, source));
  if (response.header("Content-Type").value_or("").starts_with("application/jwt")) {
    return fail(not_usable(response, source, Category::ProviderBroken, "signed", "it is signed, which was not asked for"));
  }
  const auto body = parse_json_body(response, kMaxUserInfoBytes);
  if (!body || !body->is_object()) {
    return fail(not_usable(response, source, Category::ProviderBroken, "malformed", "it is no JSON object"));
  }
  const auto subject = body->string_at("sub");
  if (!subject) return fail(not_usable(response, source, Category::ProviderBroken, "malformed", "it has no \"sub\""));
  if (*subject != expected_subject) {
    return fail(not_usable(response, source, Category::AttackSuspected, "sub", "it is about another user than you"));
  }
  UserInfo info{.subject = *subject};
  for (const auto& [name, value] : *body->as_object()) {
    if (name == "sub" || info.claims.size() == kMaxClaims) continue;
    if (auto text = shown(value)) info.claims.emplace_back(display_text(name, kMaxName), *std::move(text));
  }
  return info;
}

}  // namespace mimir::oauth::internal
