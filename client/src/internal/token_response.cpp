#include <internal/token_response.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>

#include <internal/ascii.hpp>
#include <internal/authorization_request.hpp>
#include <internal/body.hpp>
#include <internal/sanitise.hpp>
#include <internal/wipe_json.hpp>

namespace mimir::oauth::internal {
namespace {

constexpr std::size_t kMaxBody = 256 * 1024;
constexpr std::size_t kMaxToken = 64 * 1024;
constexpr std::int64_t kLongestLifetime = 365LL * 24 * 3600;

Error no_token_answer(const AnswerSource& source, std::string code, std::string what, std::string spec = "RFC 6749 §5.1") {
  return {.category = Category::ProviderBroken,
          .code = std::move(code),
          .message = "The token answer of " + source.provider + " " + std::move(what) + ".",
          .hint = "Nothing was stored. Report it to the provider.",
          .spec = std::move(spec),
          .http = HttpContext{.status = 200, .url = printable_url(source.url)}};
}

/// Visible ASCII without blanks: anything else could break out of a header (RFC 6750 §2.1, RFC 6749 appendix A).
bool is_token_text(std::string_view text) {
  return text.size() <= kMaxToken && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

/// A member that must be a token when it is there. An empty one counts as absent.
Result<std::optional<Secret>> read_token(const codec::Json& body, std::string_view name, const AnswerSource& source) {
  const auto* member = present(body, name);
  if (!member) return std::optional<Secret>();
  const auto quoted = "\"" + std::string(name) + "\"";
  if (!member->is_string()) return fail(no_token_answer(source, "token.member_type", "has " + quoted + " that is not a string"));
  if (member->as_string()->empty()) return std::optional<Secret>();
  if (!is_token_text(*member->as_string())) {
    return fail(no_token_answer(source, "token.characters", "has " + quoted + " with characters that no token may have",
                       "RFC 6749 appendix A"));
  }
  return std::optional<Secret>(Secret(*member->as_string()));
}

std::optional<std::chrono::seconds> read_lifetime(const codec::Json& member) {
  const auto clamped = [](std::int64_t seconds) {
    return std::chrono::seconds(std::clamp<std::int64_t>(seconds, 0, kLongestLifetime));
  };
  if (const auto whole = member.as_int()) return clamped(*whole);
  if (const auto real = member.as_double()) {
    if (!std::isfinite(*real)) return std::nullopt;
    return clamped(static_cast<std::int64_t>(std::clamp(*real, 0.0, static_cast<double>(kLongestLifetime))));
  }
  const auto* text = member.as_string();
  if (!text || text->empty() || text->find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
  if (text->size() > 12) return clamped(kLongestLifetime);
  std::int64_t seconds = 0;
  std::from_chars(text->data(), text->data() + text->size(), seconds);
  return clamped(seconds);
}

/// Nothing when the member is of a type that neither RFC 6749 §5.1 nor this provider has.
std::optional<std::vector<std::string>> read_scopes(const codec::Json& member, const AnswerSource& source) {
  const auto separator = source.dialect != nullptr ? source.dialect->granted_scope_separator : std::string();
  if (const auto* text = member.as_string()) {
    auto words = *text;
    if (separator.size() == 1) std::ranges::replace(words, separator.front(), ' ');
    return split_scopes(words);
  }
  const auto* list = member.as_array();
  if (list == nullptr || separator != "list") return std::nullopt;
  std::vector<std::string> scopes;
  for (const auto& item : *list) {
    if (!item.is_string()) return std::nullopt;
    scopes.push_back(*item.as_string());
  }
  return scopes;
}

void read_optional_members(const codec::Json& body, const AnswerSource& source, TokenGrant& grant) {
  if (const auto* expires_in = present(body, "expires_in")) {
    // Refusing the whole answer over its lifetime would throw away a refresh token that was rotated for it.
    grant.lifetime = read_lifetime(*expires_in);
    if (!grant.lifetime) grant.oddities.emplace_back("\"expires_in\" is not a number of seconds; it was ignored");
  }
  if (const auto* scope = present(body, "scope")) {
    grant.scopes = read_scopes(*scope, source);
    if (!grant.scopes) grant.oddities.emplace_back("\"scope\" is not a string; it was ignored");
  }
}

}  // namespace

Result<TokenGrant> validate_token_response(const HttpResponse& response, const AnswerSource& source) {
  auto body = parse_json_body(response, kMaxBody);
  const WipedAtEnd wiped(body);
  const bool object = body && body->is_object();
  if (object) {
    if (auto error = stated_error(response, *body, source)) return fail(*std::move(error));
  }
  if (response.status != 200 || is_html(response)) return fail(unstated_failure(response, source));
  if (!object) {
    const auto first = response.body.expose().find_first_not_of(" \t\r\n\xEF\xBB\xBF");
    if (first == std::string_view::npos || response.body.expose()[first] != '{') {
      return fail(unstated_failure(response, source));
    }
    return fail(no_token_answer(source, "token.malformed_json", "is malformed (cut short, or with repeated members)",
                       "RFC 8259 §4"));
  }

  TokenGrant grant;
  auto access = read_token(*body, "access_token", source);
  if (!access) return fail(std::move(access.error()));
  if (!*access) return fail(no_token_answer(source, "token.member_missing", "has no \"access_token\""));
  grant.access_token = **std::move(access);

  auto type = body->string_at("token_type");
  if (!type && !present(*body, "token_type") && source.dialect != nullptr && source.dialect->bearer_when_silent) type = "Bearer";
  if (!type) return fail(no_token_answer(source, "token.member_missing", "has no \"token_type\""));
  const bool bound = equal_ignoring_case(*type, "DPoP");
  const bool no_access_token = source.step == Step::TokenExchange && equal_ignoring_case(*type, "N_A");
  if (source.bound && !bound && !no_access_token) {
    return fail(no_token_answer(source, "token.not_bound",
                                "has tokens that are not bound to this login's key, although it was proven",
                                "RFC 9449 §5"));
  }
  if (!source.bound && !equal_ignoring_case(*type, "Bearer") && !no_access_token) {
    return fail(no_token_answer(source, "token.type_unknown",
                       "has the token type \"" + sanitise(*type, 40) + "\", which this program cannot use",
                       "RFC 6749 §7.1"));
  }
  grant.token_type = *type;

  auto refresh = read_token(*body, "refresh_token", source);
  if (!refresh) return fail(std::move(refresh.error()));
  grant.refresh_token = *std::move(refresh);
  auto id_token = read_token(*body, "id_token", source);
  if (!id_token) return fail(std::move(id_token.error()));
  grant.id_token = *std::move(id_token);
  grant.issued_token_type = body->string_at("issued_token_type");
  read_optional_members(*body, source, grant);
  return grant;
}

}  // namespace mimir::oauth::internal
