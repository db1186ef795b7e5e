// OpenAI Chat Completions and the list of models, platform.openai.com/docs/api-reference.
#include "model_api/openai.hpp"

#include "models/chat_completions.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

constexpr std::string_view kOpenaiModelPath = "/v1/models/{model}";
constexpr std::initializer_list<const char*> kModels = {"gpt-5", "gpt-5-mini", "gpt-4.1"};

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

namespace {

HttpResponse openai_refuse_in_words(Call& call, const Refusal& refusal) {
  return write_model_error(call, openai_api(), refusal);
}

void openai_add_usage(Json& usage, const ModelTurn&) {
  usage.set("prompt_tokens_details", Json::object({{"cached_tokens", 0}, {"audio_tokens", 0}}));
  usage.set("completion_tokens_details", Json::object({{"reasoning_tokens", 0},
                                                       {"audio_tokens", 0},
                                                       {"accepted_prediction_tokens", 0},
                                                       {"rejected_prediction_tokens", 0}}));
}

Outcome openai_complete(Call& call) {
  return complete_chat(
      call,
      {.api = openai_api(), .has_service_tier = true, .fingerprint = "fp_mockoauth", .add_usage = openai_add_usage});
}

Outcome openai_list_models(Call& call) { return list_chat_models(call, openai_api(), "openai", kModels); }
Outcome openai_show_model(Call& call) {
  return show_chat_model(call, openai_api(), "openai", kModels, kOpenaiModelPath);
}

bool openai_is_served(const Profile& profile) { return serves_model_api(profile, openai_api().name); }

}  // namespace

void register_openai(Endpoints& endpoints) {
  endpoints.add(model_endpoint("openai.chat_completions", "/v1/chat/completions", "POST", openai_complete,
                               openai_refuse_in_words, openai_is_served));
  endpoints.add(model_endpoint("openai.models", "/v1/models", "GET", openai_list_models, openai_refuse_in_words,
                               openai_is_served));
  endpoints.add(model_endpoint("openai.model", std::string(kOpenaiModelPath), "GET", openai_show_model,
                               openai_refuse_in_words, openai_is_served));
}

}  // namespace mockoauth::server
