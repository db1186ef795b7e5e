#include <internal/form_post.hpp>

namespace mimir::oauth::internal {
namespace {

/// Above any honest token answer, with room for long access and ID Tokens.
constexpr std::size_t kMaxAnswerBytes = 256 * 1024;

}  // namespace

HttpOutcome post_form(const std::string& url, SecretForm& form, const ClientAuthentication& method,
                      const OAuthConfig& config, const Context& context) {
  HttpRequest request{.method = "POST",
                      .url = url,
                      .headers = {{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}},
                      .timeout = context.deadline.at_most(context.options.request_timeout),
                      .max_response_bytes = kMaxAnswerBytes,
                      .max_redirects = 0};
  if (auto proven = authenticate(method, config, form, request, context); !proven) {
    return {.response = fail(std::move(proven.error()))};
  }
  request.body = form.encoded();
  auto outcome = context.seams.http.send(request, context.deadline.stop());
  for (auto& [name, value] : request.headers) wipe(value);
  return outcome;
}

}  // namespace mimir::oauth::internal
