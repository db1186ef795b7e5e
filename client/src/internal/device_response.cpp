#include <internal/device_response.hpp>

#include <algorithm>

#include <internal/body.hpp>
#include <internal/endpoint.hpp>
#include <internal/sanitise.hpp>

namespace mimir::oauth::internal {
namespace {

constexpr std::size_t kMaxDeviceAnswerBytes = 64 * 1024;
constexpr std::int64_t kLongest = 24 * 3600;
constexpr std::int64_t kDefaultInterval = 5;
/// The server must say (§3.2); where it does not, giving up after some minutes beats never ending.
constexpr std::int64_t kDefaultLifetime = 600;

Error no_device_answer(const AnswerSource& source, std::string what) {
  return {.category = Category::ProviderBroken,
          .code = "device.malformed",
          .message = "The device login answer of " + source.provider + " " + std::move(what) + ".",
          .hint = "Report it to the provider, or log in with a browser on this machine.",
          .spec = "RFC 8628 §3.2",
          .http = HttpContext{.status = 200, .url = printable_url(source.url)}};
}

/// What a person is told to visit must be a web page, over TLS (CH-DV-05).
bool is_web_page(const std::string& text) {
  const auto url = codec::Url::parse(text);
  return url && is_protected(*url);
}

std::int64_t positive(const codec::Json& body, std::string_view name, std::int64_t fallback) {
  const auto value = body.int_at(name);
  return value && *value > 0 ? std::min(*value, kLongest) : fallback;
}

}  // namespace

Result<DeviceGrant> validate_device_response(const HttpResponse& response, const AnswerSource& source) {
  const auto body = parse_json_body(response, kMaxDeviceAnswerBytes);
  const bool object = body && body->is_object();
  if (object) {
    if (auto error = stated_error(response, *body, source)) return fail(*std::move(error));
  }
  if (response.status != 200 || is_html(response) || !object) return fail(unstated_failure(response, source));

  const auto device_code = body->string_at("device_code");
  if (!device_code || device_code->empty()) return fail(no_device_answer(source, "has no \"device_code\""));
  const auto user_code = body->string_at("user_code");
  if (!user_code || user_code->empty()) return fail(no_device_answer(source, "has no \"user_code\""));
  const auto page = body->string_at("verification_uri");
  if (!page) return fail(no_device_answer(source, "has no \"verification_uri\""));
  if (!is_web_page(*page)) {
    return fail(no_device_answer(source, "sends the user to \"" + sanitise(*page, 100) + "\", which is no https page"));
  }
  DeviceGrant grant{.device_code = Secret(*device_code),
                    .prompt = {.user_code = sanitise(*user_code, 64), .verification_uri = *page},
                    .interval = std::chrono::seconds(positive(*body, "interval", kDefaultInterval)),
                    .lifetime = std::chrono::seconds(positive(*body, "expires_in", kDefaultLifetime))};
  const auto complete = body->string_at("verification_uri_complete");
  if (complete && is_web_page(*complete)) grant.prompt.verification_uri_complete = *complete;
  grant.prompt.lifetime = grant.lifetime;
  return grant;
}

}  // namespace mimir::oauth::internal
