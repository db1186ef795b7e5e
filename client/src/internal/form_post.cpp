#include <internal/form_post.hpp>

namespace mimir::oauth::internal {
namespace {

/// Above any honest token answer, with room for long access and ID Tokens.
constexpr std::size_t kMaxAnswerBytes = 256 * 1024;

HttpOutcome post_once(const std::string& url, const SecretForm& wanted, const ClientAuthentication& method,
                      const OAuthConfig& config, const Context& context, const DpopBinding* dpop,
                      std::chrono::milliseconds finish) {
  HttpRequest request{.method = "POST",
                      .url = url,
                      .headers = {{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}},
                      .timeout = context.deadline.at_most(context.options.request_timeout),
                      .max_response_bytes = kMaxAnswerBytes,
                      .max_redirects = 0,
                      .finish_after_stop = finish};
  for (const auto& header : config.dialect.request_headers) request.headers.push_back(header);
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
  const auto& dialect = config.dialect;
  const auto sent = dialect.parameter_names.empty() ? std::move(form) : form.renamed(dialect.parameter_names);
  if (dialect.json_requests) request.headers.front().second = "application/json";
  request.body = dialect.json_requests ? sent.json() : sent.encoded();
  auto outcome = context.seams.http.send(request, context.deadline.stop());
  for (auto& [name, value] : request.headers) wipe(value);
  return outcome;
}

/// Twice when the first refusal only asks for a nonce.
HttpOutcome post_with_nonce(const std::string& url, const SecretForm& form, const ClientAuthentication& method,
                            const OAuthConfig& config, const Context& context, const DpopBinding* dpop,
                            std::chrono::milliseconds finish) {
  for (int attempt = 0;; ++attempt) {
    auto outcome = post_once(url, form, method, config, context, dpop, finish);
    if (!dpop || !outcome.response) return outcome;
    const bool learnt = dpop->nonces.learn(DpopServer::Authorization, url, *outcome.response);
    const bool again = learnt && attempt == 0 && wants_dpop_nonce(DpopServer::Authorization, *outcome.response);
    if (!again || !context.deadline.check()) return outcome;
  }
}

}  // namespace

RepeatedOutcome post_form(const std::string& url, const SecretForm& form, const ClientAuthentication& method,
                          const OAuthConfig& config, const Context& context, Repeat repeat, const DpopBinding* dpop,
                          std::chrono::milliseconds finish_after_stop) {
  const auto send = [&] { return post_with_nonce(url, form, method, config, context, dpop, finish_after_stop); };
  return send_patiently(send, repeat, context);
}

}  // namespace mimir::oauth::internal
