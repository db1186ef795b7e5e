// OpenAI Chat Completions and the list of models, platform.openai.com/docs/api-reference.
#include "models/chat_completions.hpp"
#include "models/openai.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

constexpr std::string_view kModelPath = "/v1/models/{model}";
constexpr std::initializer_list<const char*> kModels = {"gpt-5", "gpt-5-mini", "gpt-4.1"};

HttpResponse refuse_in_words(Call& call, const Refusal& refusal) { return write_model_error(call, openai_api(), refusal); }

void add_usage(Json& usage, const ModelTurn&) {
  usage.set("prompt_tokens_details", Json::object({{"cached_tokens", 0}, {"audio_tokens", 0}}));
  usage.set("completion_tokens_details", Json::object({{"reasoning_tokens", 0},
                                                       {"audio_tokens", 0},
                                                       {"accepted_prediction_tokens", 0},
                                                       {"rejected_prediction_tokens", 0}}));
}

Outcome complete(Call& call) {
  return complete_chat(call, {.api = openai_api(), .has_service_tier = true, .fingerprint = "fp_mockoauth", .add_usage = add_usage});
}

Outcome list_models(Call& call) { return list_chat_models(call, openai_api(), "openai", kModels); }
Outcome show_model(Call& call) { return show_chat_model(call, openai_api(), "openai", kModels, kModelPath); }

bool is_served(const Profile& profile) { return serves_model_api(profile, openai_api().name); }

}  // namespace

void register_openai(Endpoints& endpoints) {
  endpoints.add(model_endpoint("openai.chat_completions", "/v1/chat/completions", "POST", complete, refuse_in_words, is_served));
  endpoints.add(model_endpoint("openai.models", "/v1/models", "GET", list_models, refuse_in_words, is_served));
  endpoints.add(model_endpoint("openai.model", std::string(kModelPath), "GET", show_model, refuse_in_words, is_served));
}

}  // namespace mockoauth::server
