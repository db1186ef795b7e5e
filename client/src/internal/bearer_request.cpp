#include <internal/bearer_request.hpp>

#include <algorithm>

#include <internal/ascii.hpp>
#include <internal/http_rules.hpp>
#include <internal/secret_form.hpp>

namespace mimir::oauth::internal {
namespace {

Error refused(std::string code, std::string message, std::string spec) {
  return {.category = Category::Misconfigured,
          .code = std::move(code),
          .message = std::move(message),
          .hint = "Nothing was sent.",
          .spec = std::move(spec)};
}

}  // namespace

Result<> check_bearer_request(const HttpRequest& request) {
  const auto url = check_request(request);
  if (!url) return fail(url.error());
  if (url->query()) {
    const auto query = codec::Parameters::parse(*url->query());
    if (query && query->count("access_token") > 0) {
      return fail(refused("request.token_in_url", "The URL carries an access token; tokens go into a header only.",
                          "RFC 9700 §4.3.2"));
    }
  }
  const bool has_own = std::any_of(request.headers.begin(), request.headers.end(), [](const auto& header) {
    return equal_ignoring_case(header.first, "Authorization") || equal_ignoring_case(header.first, "DPoP");
  });
  if (has_own) {
    return fail(refused("request.authorization", "The request has an Authorization or DPoP header of its own.", "RFC 6750 §2"));
  }
  return {};
}

Result<> check_api_origin(const std::string& url, const std::vector<std::string>& apis) {
  const auto wanted = codec::Url::parse(url);
  bool is_bound = false;
  for (const auto& text : apis) {
    const auto api = codec::Url::parse(text);
    if (!api) continue;  // RFC 8707 §2: a resource may have a name that is no address
    is_bound = true;
    const bool same = wanted && wanted->scheme() == api->scheme() && wanted->host() == api->host() && wanted->port() == api->port();
    if (same) return {};
  }
  if (!is_bound) return {};
  auto error = refused("request.other_api", "The token is for other APIs than " + (wanted ? wanted->origin() : "that") + ".",
                       "RFC 6750 §5.3");
  error.hint = "Nothing was sent. The addresses a token is for are the \"resources\" of its provider.";
  return fail(std::move(error));
}

Result<HttpResponse> send_with_token(ManagerState& state, const Context& context, HttpRequest& request,
                                     const Secret& token, const DpopKey* key) {
  const auto own_headers = request.headers.size();
  for (int attempt = 0;; ++attempt) {
    auto& header = request.headers.emplace_back("Authorization", std::string()).second;
    header.reserve(7 + token.size());  // growing would leave a copy behind
    header.append(key ? "DPoP " : "Bearer ").append(token.expose());
    if (key) {
      auto proof = make_dpop_proof({*key, state.dpop_nonces, state.clocks},
                                   {.server = DpopServer::Resource,
                                    .method = request.method,
                                    .url = request.url,
                                    .access_token = &token},
                                   context.now(), state.seams.random);
      if (!proof) return fail(std::move(proof.error()));
      request.headers.emplace_back("DPoP", *std::move(proof));
    }
    auto outcome = state.seams.http.send(request, context.deadline.stop());
    wipe(request.headers[own_headers].second);
    request.headers.resize(own_headers);
    if (!outcome.response) return fail(std::move(outcome.response.error()));
    const bool learnt = key && state.dpop_nonces.learn(DpopServer::Resource, request.url, *outcome.response);
    const bool again = learnt && attempt == 0 && wants_dpop_nonce(DpopServer::Resource, *outcome.response);
    if (!again) return std::move(*outcome.response);
  }
}

}  // namespace mimir::oauth::internal
