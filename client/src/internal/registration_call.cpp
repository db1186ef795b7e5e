#include <internal/registration_call.hpp>

#include <internal/secret_form.hpp>

namespace mimir::oauth::internal {

HttpOutcome send_registration(std::string method, const std::string& url, const codec::Json* body, const Secret* bearer,
                              const Context& context) {
  constexpr std::size_t kMaxBytes = 256 * 1024;
  HttpRequest request{.method = std::move(method),
                      .url = url,
                      .headers = {{"Accept", "application/json"}},
                      .timeout = context.deadline.at_most(context.options.request_timeout),
                      .max_response_bytes = kMaxBytes,
                      .max_redirects = 0};
  if (body != nullptr) {
    request.headers.emplace_back("Content-Type", "application/json");
    auto text = body->dump();
    request.body = Secret(text);
    wipe(text);
  }
  if (bearer != nullptr) {
    auto& header = request.headers.emplace_back("Authorization", std::string()).second;
    header.reserve(7 + bearer->size());  // growing would leave a copy behind
    header.append("Bearer ").append(bearer->expose());
  }
  auto outcome = context.seams.http.send(request, context.deadline.stop());
  if (bearer != nullptr) wipe(request.headers.back().second);
  return outcome;
}

}  // namespace mimir::oauth::internal
