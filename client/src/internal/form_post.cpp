#include <internal/form_post.hpp>

namespace mimir::oauth::internal {
namespace {

/// Above any honest token answer, with room for long access and ID Tokens.
constexpr std::size_t kMaxAnswerBytes = 256 * 1024;

HttpOutcome post_once(const std::string& url, const SecretForm& wanted, const ClientAuthentication& method,
                      const OAuthConfig& config, const Context& context, const DpopBinding* dpop) {
  HttpRequest request{.method = "POST",
                      .url = url,
                      .headers = {{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}},
                      .timeout = context.deadline.at_most(context.options.request_timeout),
                      .max_response_bytes = kMaxAnswerBytes,
                      .max_redirects = 0};
  auto form = wanted.clone();
  if (auto proven = authenticate(method, config, form, request, context); !proven) {
    return {.response = fail(std::move(proven.error()))};
  }
  if (dpop) {
    auto proof = make_dpop_proof(*dpop, {.server = DpopServer::Authorization, .method = request.method, .url = url},
                                 context.now(), context.seams.random);
    if (!proof) return {.response = fail(std::move(proof.error()))};
    request.headers.emplace_back("DPoP", *std::move(proof));
  }
  request.body = form.encoded();
  auto outcome = context.seams.http.send(request, context.deadline.stop());
  for (auto& [name, value] : request.headers) wipe(value);
  return outcome;
}

}  // namespace

HttpOutcome post_form(const std::string& url, const SecretForm& form, const ClientAuthentication& method,
                      const OAuthConfig& config, const Context& context, const DpopBinding* dpop) {
  for (int attempt = 0;; ++attempt) {
    auto outcome = post_once(url, form, method, config, context, dpop);
    if (!dpop || !outcome.response) return outcome;
    const bool learnt = dpop->nonces.learn(DpopServer::Authorization, url, *outcome.response);
    const bool again = learnt && attempt == 0 && wants_dpop_nonce(DpopServer::Authorization, *outcome.response);
    if (!again || !context.deadline.check()) return outcome;
  }
}

}  // namespace mimir::oauth::internal
