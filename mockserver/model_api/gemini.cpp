// Gemini generateContent, streamGenerateContent and countTokens, ai.google.dev/api. Errors are google.rpc.Status.
#include "models/stream.hpp"
#include "protocol/url_template.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

constexpr std::string_view kGeminiModelPath = "/v1beta/models/{model}";
// Vertex AI has the same models for tokens, in a project and a place.
constexpr std::string_view kVertexPath = "/v1beta1/projects/{project}/locations/{location}/publishers/google/models/{model}";

std::string gemini_type_of_status(int status) {
  switch (status) {
    case 400: return "INVALID_ARGUMENT";
    case 401: return "UNAUTHENTICATED";
    case 403: return "PERMISSION_DENIED";
    case 404: return "NOT_FOUND";
    case 429: return "RESOURCE_EXHAUSTED";
    case 503: return "UNAVAILABLE";
    default: return status < 500 ? "FAILED_PRECONDITION" : "INTERNAL";
  }
}

Json gemini_error_body(const ModelError& error) {
  Json status = Json::object({{"code", error.status}, {"message", error.message}, {"status", error.type}});
  if (!error.code.empty()) {
    status.set("details", Json::array({Json::object({{"@type", "type.googleapis.com/google.rpc.ErrorInfo"},
                                                     {"reason", error.code},
                                                     {"domain", "googleapis.com"},
                                                     {"metadata", Json::object({{"service", "generativelanguage.googleapis.com"}})}})}));
  }
  return Json::object({{"error", std::move(status)}});
}

const ModelApi& gemini_api() {
  constexpr std::string_view kNoCredential =
      "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication "
      "credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.";
  static const ModelApi made{
      .name = "gemini",
      .ways = {"header:x-goog-api-key", "query:key", "bearer"},
      .key_prefix = "AIza",
      .errors = {{Condition::TokenMissing, 403, "", "",
                  "Method doesn't allow unregistered callers (callers without established identity). Please use API "
                  "Key or other form of API consumer identity to call this API."},
                 {Condition::TokenInvalid, 401, "", "ACCESS_TOKEN_TYPE_UNSUPPORTED", kNoCredential},
                 {Condition::TokenExpired, 401, "", "ACCESS_TOKEN_EXPIRED", kNoCredential},
                 {Condition::ScopeInsufficient, 403, "", "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
                  "Request had insufficient authentication scopes."},
                 {Condition::NotEntitled, 403, "", "", "The caller does not have permission"},
                 {Condition::ModelUnknown, 404, "", "",
                  "The model is not found for API version v1beta, or is not supported for generateContent. Call "
                  "ListModels to see the list of available models and their supported methods."},
                 {Condition::RateLimited, 429, "", "", "Resource has been exhausted (e.g. check quota)."},
                 {Condition::ServerError, 500, "", "", "An internal error has occurred. Please retry."},
                 {Condition::Maintenance, 503, "", "", "The model is overloaded. Please try again later."}},
      .type_of_status = gemini_type_of_status,
      .error_body = gemini_error_body};
  return made;
}

bool came_by_key(const Call& call) { return call.request.header("x-goog-api-key").has_value() || call.query.count("key") > 0; }

HttpResponse gemini_refuse_in_words(Call& call, const Refusal& refusal) {
  // A bad key is a bad argument, not a failed authentication.
  const bool is_key = refusal.condition == Condition::TokenInvalid && came_by_key(call);
  if (!is_key || call.profile().text("kind") == "api_key") return write_model_error(call, gemini_api(), refusal);
  auto error = model_error(call, gemini_api(), refusal);
  error.status = 400;
  error.type = "INVALID_ARGUMENT";
  error.code = "API_KEY_INVALID";
  error.message = "API key not valid. Please pass a valid API key.";
  return {400, {{"Content-Type", "application/json; charset=UTF-8"}}, gemini_error_body(error).dump()};
}

std::string text_of_parts(const Json& content) {
  std::string text = text_of_content(content.find("parts"));
  const Json* parts = content.find("parts");
  if (parts == nullptr || parts->as_array() == nullptr) return text;
  for (const auto& part : *parts->as_array()) {
    const Json* response = part.find("functionResponse");
    if (const Json* result = response == nullptr ? nullptr : response->find("response")) text += result->dump();
  }
  return text;
}

bool answers_a_function(const Json& content) {
  const Json* parts = content.find("parts");
  return parts != nullptr && parts->as_array() != nullptr && !parts->as_array()->empty() &&
         parts->as_array()->back().find("functionResponse") != nullptr;
}

Checked<ModelRequest> gemini_read(const Call& call, const std::string& model) {
  const auto body = read_model_body(call);
  if (!body) return tl::unexpected(body.error());
  const auto contents = needed_list(*body, "contents");
  if (!contents) return tl::unexpected(contents.error());
  ModelRequest request{.model = model, .input_tokens = tokens_of(call.request.body)};
  request.said = text_of_parts((*contents)->back());
  request.after_tool = answers_a_function((*contents)->back());
  if (const Json* config = body->find("generationConfig")) request.max_tokens = config->int_at("maxOutputTokens");
  const Json* tools = body->find("tools");
  for (const auto& tool : tools != nullptr && tools->as_array() != nullptr ? *tools->as_array() : Json::Array()) {
    const Json* functions = tool.find("functionDeclarations");
    if (functions == nullptr || functions->as_array() == nullptr) continue;
    for (const auto& function : *functions->as_array()) request.tools.push_back(function.string_at("name").value_or(""));
  }
  return request;
}

const char* finish_reason(ModelStop stop) {
  switch (stop) {
    case ModelStop::End:
    case ModelStop::Tool: return "STOP";
    case ModelStop::Length: return "MAX_TOKENS";
    case ModelStop::Refusal: return "SAFETY";
  }
  return "";
}

Json chunk(const ModelTurn& turn, const std::string& id, Json parts, bool is_last) {
  Json candidate = Json::object({{"content", Json::object({{"parts", std::move(parts)}, {"role", "model"}})}, {"index", 0}});
  if (is_last) candidate.set("finishReason", finish_reason(turn.stop));
  Json usage = Json::object({{"promptTokenCount", turn.input_tokens}});
  if (is_last) usage.set("candidatesTokenCount", turn.output_tokens);
  usage.set("totalTokenCount", turn.input_tokens + (is_last ? turn.output_tokens : 0));
  return Json::object({{"candidates", Json::array({std::move(candidate)})},
                       {"usageMetadata", std::move(usage)},
                       {"modelVersion", turn.model},
                       {"responseId", id}});
}

Json text_part(const std::string& text) { return Json::object({{"text", text}}); }

Json call_part(const ModelToolCall& tool) {
  return Json::object({{"functionCall", Json::object({{"name", tool.name}, {"args", tool.arguments}})}});
}

Json whole(Call& call, const ModelTurn& turn) {
  Json parts = Json::array();
  if (!turn.text.empty()) parts.push_back(text_part(turn.whole_text()));
  for (const auto& tool : turn.tool_calls) parts.push_back(call_part(tool));
  return chunk(turn, model_id(call, ""), std::move(parts), true);
}

std::vector<Json> chunks_of(Call& call, const ModelTurn& turn) {
  const auto id = model_id(call, "");
  std::vector<Json> chunks;
  for (const auto& piece : turn.text) chunks.push_back(chunk(turn, id, Json::array({text_part(piece)}), false));
  for (const auto& tool : turn.tool_calls) chunks.push_back(chunk(turn, id, Json::array({call_part(tool)}), false));
  chunks.push_back(chunk(turn, id, Json::array({text_part("")}), true));
  return chunks;
}

std::string gemini_error_event(const ModelError& error) { return sse_event({}, gemini_error_body(error)); }
std::string error_item(const ModelError& error) { return gemini_error_body(error).dump(); }

// As events where the query asks for them (`alt=sse`), else as one JSON array.
HttpResponse stream(Call& call, const BearerAccess& access, const ModelTurn& turn) {
  const bool as_events = call.query.first("alt") == "sse";
  std::vector<std::string> events;
  for (const auto& json : chunks_of(call, turn)) events.push_back(as_events ? sse_event({}, json) : json.dump());
  if (as_events)
    return stream_answer(call, gemini_api(), access, turn, events, gemini_error_event,
                         {.content_type = "text/event-stream"});
  return stream_answer(
      call, gemini_api(), access, turn, events, error_item,
      {.content_type = "application/json; charset=UTF-8", .before = "[", .between = "\n,\r\n", .after = "]\n"});
}

Outcome generate(Call& call) {
  const auto access = let_in(call, gemini_api());
  if (!access) return tl::unexpected(access.error());
  const auto path = call.request.path();
  const auto segment =
      segment_of(fits_template(kVertexPath, path) ? kVertexPath : kGeminiModelPath, path, "model").value_or("");
  const auto colon = segment.find(':');
  const auto method = colon == std::string::npos ? std::string() : segment.substr(colon + 1);
  if (method != "generateContent" && method != "streamGenerateContent" && method != "countTokens") return unknown_model(segment);
  const auto request = gemini_read(call, segment.substr(0, colon));
  if (!request) return tl::unexpected(request.error());
  if (method == "countTokens")
    return model_answer(call, gemini_api(), Json::object({{"totalTokens", request->input_tokens}}));
  if (auto admitted = admit_request(call, *request); !admitted) return tl::unexpected(admitted.error());
  const auto turn = take_turn(call, *request);
  if (method == "generateContent") return model_answer(call, gemini_api(), whole(call, turn), &turn);
  return stream(call, *access, turn);
}

Json gemini_describe_model(const std::string& name) {
  return Json::object({{"name", "models/" + name},
                       {"version", "001"},
                       {"displayName", name},
                       {"inputTokenLimit", 1048576},
                       {"outputTokenLimit", 65536},
                       {"supportedGenerationMethods", Json::array({Json("generateContent"), Json("countTokens")})}});
}

std::vector<std::string> gemini_names(const Call& call) {
  return model_names(call, {"gemini-2.5-pro", "gemini-2.5-flash"});
}

Outcome gemini_list_models(Call& call) {
  if (const auto access = let_in(call, gemini_api()); !access) return tl::unexpected(access.error());
  Json models = Json::array();
  for (const auto& name : gemini_names(call)) models.push_back(gemini_describe_model(name));
  return model_answer(call, gemini_api(), Json::object({{"models", std::move(models)}}));
}

Outcome gemini_show_model(Call& call) {
  if (const auto access = let_in(call, gemini_api()); !access) return tl::unexpected(access.error());
  const auto name = segment_of(kGeminiModelPath, call.request.path(), "model").value_or("");
  for (const auto& known : gemini_names(call)) {
    if (known == name) return model_answer(call, gemini_api(), gemini_describe_model(name));
  }
  return unknown_model(name);
}

bool gemini_is_served(const Profile& profile) { return serves_model_api(profile, gemini_api().name); }

}  // namespace

void register_gemini(Endpoints& endpoints) {
  endpoints.add(model_endpoint("gemini.generate", std::string(kGeminiModelPath), "POST", generate,
                               gemini_refuse_in_words, gemini_is_served));
  endpoints.add(model_endpoint("gemini.vertex", std::string(kVertexPath), "POST", generate, gemini_refuse_in_words,
                               gemini_is_served));
  endpoints.add(model_endpoint("gemini.models", "/v1beta/models", "GET", gemini_list_models, gemini_refuse_in_words,
                               gemini_is_served));
  endpoints.add(model_endpoint("gemini.model", std::string(kGeminiModelPath), "GET", gemini_show_model,
                               gemini_refuse_in_words, gemini_is_served));
}

}  // namespace mockoauth::server
