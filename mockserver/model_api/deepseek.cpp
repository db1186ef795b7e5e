// DeepSeek Chat Completions, api-docs.deepseek.com: OpenAI's format with a few counts of its own, at `/` and at `/v1`.
#include "models/chat_completions.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

std::string deepseek_type_of_status(int status) {
  switch (status) {
    case 401: return "authentication_error";
    case 402: return "unknown_error";
    case 403: return "permission_error";
    case 429: return "rate_limit_reached_error";
    case 500: return "server_error";
    case 503: return "service_unavailable_error";
    default: return "invalid_request_error";
  }
}

const ModelApi& deepseek_api() {
  constexpr std::string_view kCode = "invalid_request_error";  // Whatever the type is.
  static const ModelApi made{
      .name = "deepseek",
      .ways = {"bearer"},
      .key_prefix = "sk-",
      .request_id_header = "x-ds-trace-id",
      .errors = {{Condition::TokenMissing, 401, "", kCode,
                  "Authentication Fails (auth header format should be Bearer sk-...)"},
                 {Condition::TokenInvalid, 401, "", kCode, "Authentication Fails, Your api key is invalid"},
                 {Condition::TokenExpired, 401, "", kCode, "Authentication Fails, Your access token has expired"},
                 {Condition::NotEntitled, 402, "", kCode, "Insufficient Balance"},
                 {Condition::ModelUnknown, 400, "", kCode, "Model Not Exist"},
                 {Condition::RateLimited, 429, "", "rate_limit_reached",
                  "Rate limit reached. Please pace your requests."},
                 {Condition::Maintenance, 503, "", "server_overloaded", "Service is too busy. Please try again later."},
                 {Condition::ParamMissing, 400, "", kCode},
                 {Condition::ParamInvalid, 400, "", kCode}},
      .type_of_status = deepseek_type_of_status,
      .error_body = chat_error_body};
  return made;
}

HttpResponse deepseek_refuse_in_words(Call& call, const Refusal& refusal) {
  return write_model_error(call, deepseek_api(), refusal);
}

void deepseek_add_usage(Json& usage, const ModelTurn& turn) {
  usage.set("prompt_cache_hit_tokens", 0);
  usage.set("prompt_cache_miss_tokens", turn.input_tokens);
}

Outcome deepseek_complete(Call& call) {
  return complete_chat(call, {.api = deepseek_api(),
                              .always_tells_usage = true,
                              .fingerprint = "fp_mockoauth",
                              .add_usage = deepseek_add_usage});
}

Outcome deepseek_list_models(Call& call) {
  return list_chat_models(call, deepseek_api(), "deepseek", {"deepseek-chat", "deepseek-reasoner"});
}

bool deepseek_is_served(const Profile& profile) { return serves_model_api(profile, deepseek_api().name); }
// What is at /v1 in a realm of both is OpenAI's.
bool is_served_at_v1(const Profile& profile) {
  return deepseek_is_served(profile) && !serves_model_api(profile, "openai");
}

}  // namespace

void register_deepseek(Endpoints& endpoints) {
  endpoints.add(model_endpoint("deepseek.chat_completions", "/chat/completions", "POST", deepseek_complete,
                               deepseek_refuse_in_words, deepseek_is_served));
  endpoints.add(model_endpoint("deepseek.models", "/models", "GET", deepseek_list_models, deepseek_refuse_in_words,
                               deepseek_is_served));
  endpoints.add(model_endpoint("deepseek.v1.chat_completions", "/v1/chat/completions", "POST", deepseek_complete,
                               deepseek_refuse_in_words, is_served_at_v1));
  endpoints.add(model_endpoint("deepseek.v1.models", "/v1/models", "GET", deepseek_list_models,
                               deepseek_refuse_in_words, is_served_at_v1));
}

}  // namespace mockoauth::server
