#include "models/openai.hpp"

#include "models/chat_completions.hpp"

namespace mockoauth::server {
namespace {

std::string type_of_openai_status(int status) {
  if (status == 429) return "requests";
  return status < 500 ? "invalid_request_error" : "server_error";
}

}  // namespace

const ModelApi& openai_api() {
  using enum ModelLimit;
  using enum ModelLimitValue;
  static const ModelApi made{
      .name = "openai",
      .ways = {"bearer"},
      .key_prefix = "sk-",
      .request_id_header = "x-request-id",
      .request_id_prefix = "req_",
      .limit_headers = {{"x-ratelimit-limit-requests", Requests, Limit},
                        {"x-ratelimit-remaining-requests", Requests, Remaining},
                        {"x-ratelimit-reset-requests", Requests, ResetAsDuration},
                        {"x-ratelimit-limit-tokens", Tokens, Limit},
                        {"x-ratelimit-remaining-tokens", Tokens, Remaining},
                        {"x-ratelimit-reset-tokens", Tokens, ResetAsDuration}},
      .errors = {{Condition::TokenMissing, 401, "", "",
                  "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth."},
                 {Condition::TokenInvalid, 401, "", "invalid_api_key", "Incorrect API key provided."},
                 {Condition::TokenExpired, 401, "", "token_expired", "Provided authentication token is expired. Please try signing in again."},
                 {Condition::ScopeInsufficient, 403, "", "", "You have insufficient permissions for this operation."},
                 {Condition::NotEntitled, 429, "insufficient_quota", "insufficient_quota",
                  "You exceeded your current quota, please check your plan and billing details."},
                 {Condition::ModelUnknown, 404, "", "model_not_found", "The model does not exist or you do not have access to it."},
                 {Condition::RateLimited, 429, "", "rate_limit_exceeded", "Rate limit reached."},
                 {Condition::ParamMissing, 400, "", "missing_required_parameter"},
                 {Condition::ServerError, 500, "", "", "The server had an error while processing your request. Sorry about that!"},
                 {Condition::Maintenance, 503, "", "", "The engine is currently overloaded, please try again later."}},
      .type_of_status = type_of_openai_status,
      .error_body = chat_error_body};
  return made;
}

}  // namespace mockoauth::server
