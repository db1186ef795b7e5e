#include <internal/pushed_request.hpp>

#include <internal/body.hpp>
#include <internal/oauth_failure.hpp>
#include <internal/sanitise.hpp>

namespace mimir::oauth::internal {
namespace {

constexpr std::size_t kMaxHandleAnswerBytes = 64 * 1024;
constexpr std::size_t kMaxHandle = 2048;

Error no_handle(const AnswerSource& source, std::string what) {
  return {.category = Category::ProviderBroken,
          .code = "par.malformed",
          .message = "The answer of " + source.provider + " to the pushed login request " + std::move(what) + ".",
          .hint = "No browser was opened. Report it to the provider.",
          .spec = "RFC 9126 §2.2",
          .http = HttpContext{.status = 201, .url = printable_url(source.url)}};
}

}  // namespace

bool must_push(const OAuthConfig& config, const Metadata& metadata) {
  return metadata.requires_pushed_requests ||
         (config.pushes_authorization && !metadata.endpoints.pushed_authorization_request.empty());
}

Result<codec::Parameters> push_authorization_request(const codec::Parameters& parameters, const Metadata& metadata,
                                                     const ClientAuthentication& method, const OAuthConfig& config,
                                                     const Context& context, const DpopBinding* dpop) {
  const auto& url = metadata.endpoints.pushed_authorization_request;
  if (url.empty()) {
    return fail({.category = Category::ProviderBroken,
                 .code = "metadata.member_missing",
                 .message = "The provider demands pushed login requests, but its metadata has no "
                            "\"pushed_authorization_request_endpoint\".",
                 .hint = "Report it to the provider, or configure that endpoint by hand.",
                 .spec = "RFC 9126 §5"});
  }
  SecretForm form;
  for (const auto& [name, value] : parameters.pairs()) {
    if (name != "client_id") form.add(name, value);  // the authentication brings it, where it belongs
  }
  if (method.method == ClientAuthentication::Method::Basic) form.add("client_id", config.client_id);  // §2.1: required
  auto outcome = post_form(url, form, method, config, context, Repeat::Refused, dpop);
  if (!outcome.response) return fail(std::move(outcome.response.error()));
  const auto& response = *outcome.response;
  const AnswerSource source{.step = Step::PushedRequest,
                            .provider = sanitise(context.provider, 64),
                            .url = url,
                            .now = context.now(),
                            .dialect = &config.dialect};
  const auto body = parse_json_body(response, kMaxHandleAnswerBytes);
  const bool object = body && body->is_object();
  if (object) {
    if (auto error = stated_error(response, *body, source)) return fail(*std::move(error));
  }
  // §2.2 says 201; servers that answer 200 mean the same.
  if ((response.status != 201 && response.status != 200) || is_html(response)) {
    return fail(unstated_failure(response, source));
  }
  if (!object) return fail(no_handle(source, "is no JSON object"));
  const auto handle = body->string_at("request_uri");
  if (!handle || handle->empty() || handle->size() > kMaxHandle) return fail(no_handle(source, "has no \"request_uri\""));
  return codec::Parameters{{"client_id", config.client_id}, {"request_uri", *handle}};
}

}  // namespace mimir::oauth::internal
