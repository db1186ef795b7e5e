#include <internal/form_post.hpp>

namespace mimir::oauth::internal {
namespace {

/// Above any honest token answer, with room for long access and ID Tokens.
constexpr std::size_t kMaxAnswerBytes = 256 * 1024;

}  // namespace

HttpOutcome post_form(const std::string& url, SecretForm& form, ClientAuthentication method, const OAuthConfig& config,
                      const Context& context) {
  HttpRequest request{.method = "POST",
                      .url = url,
                      .headers = {{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}},
                      .timeout = context.deadline.at_most(context.options.request_timeout),
                      .max_response_bytes = kMaxAnswerBytes,
                      .max_redirects = 0};
  authenticate(method, config, form, request);
  request.body = form.encoded();
  auto outcome = context.seams.http.send(request, context.deadline.stop());
  for (auto& [name, value] : request.headers) wipe(value);
  return outcome;
}

}  // namespace mimir::oauth::internal
