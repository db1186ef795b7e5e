// Anthropic Messages, docs.anthropic.com/en/api/messages and /messages-streaming: version 2023-06-01.
#include "models/stream.hpp"
#include "protocol/url_template.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

constexpr std::string_view kVersion = "anthropic-version";
constexpr std::string_view kAnthropicModelPath = "/v1/models/{model}";

std::string anthropic_type_of_status(int status) {
  switch (status) {
    case 401: return "authentication_error";
    case 402: return "billing_error";
    case 403: return "permission_error";
    case 404: return "not_found_error";
    case 413: return "request_too_large";
    case 429: return "rate_limit_error";
    case 529: return "overloaded_error";
    default: return status < 500 ? "invalid_request_error" : "api_error";
  }
}

Json anthropic_error_body(const ModelError& error) {
  return Json::object({{"type", "error"},
                       {"error", Json::object({{"type", error.type}, {"message", error.message}})},
                       {"request_id", error.request_id}});
}

const ModelApi& anthropic_api() {
  using enum ModelLimit;
  using enum ModelLimitValue;
  static const ModelApi made{
      .name = "anthropic",
      .ways = {"header:x-api-key", "bearer"},
      .key_prefix = "sk-ant-",
      .request_id_header = "request-id",
      .request_id_prefix = "req_",
      .limit_headers = {{"anthropic-ratelimit-requests-limit", Requests, Limit},
                        {"anthropic-ratelimit-requests-remaining", Requests, Remaining},
                        {"anthropic-ratelimit-requests-reset", Requests, ResetAsTime},
                        {"anthropic-ratelimit-tokens-limit", Tokens, Limit},
                        {"anthropic-ratelimit-tokens-remaining", Tokens, Remaining},
                        {"anthropic-ratelimit-tokens-reset", Tokens, ResetAsTime},
                        {"anthropic-ratelimit-input-tokens-limit", InputTokens, Limit},
                        {"anthropic-ratelimit-input-tokens-remaining", InputTokens, Remaining},
                        {"anthropic-ratelimit-input-tokens-reset", InputTokens, ResetAsTime},
                        {"anthropic-ratelimit-output-tokens-limit", OutputTokens, Limit},
                        {"anthropic-ratelimit-output-tokens-remaining", OutputTokens, Remaining},
                        {"anthropic-ratelimit-output-tokens-reset", OutputTokens, ResetAsTime}},
      .errors = {{Condition::TokenMissing, 401, "authentication_error", "", "x-api-key header is required"},
                 {Condition::TokenInvalid, 401, "authentication_error", "", "Invalid authentication credentials"},
                 {Condition::TokenExpired, 401, "authentication_error", "",
                  "OAuth token has expired. Please obtain a new token or refresh your existing token."},
                 {Condition::NotEntitled, 402, "billing_error", "",
                  "Your credit balance is too low to access the Anthropic API."},
                 {Condition::RateLimited, 429, "", "",
                  "This request would exceed your account's rate limit. Please try again later."},
                 {Condition::WafBlocked, 403, "forbidden", "", "Request not allowed"},
                 {Condition::ServerError, 500, "", "", "Internal server error"},
                 {Condition::Maintenance, 529, "", "", "Overloaded"}},
      .type_of_status = anthropic_type_of_status,
      .error_body = anthropic_error_body};
  return made;
}

HttpResponse anthropic_refuse_in_words(Call& call, const Refusal& refusal) {
  auto response = write_model_error(call, anthropic_api(), refusal);
  // What its client libraries go by before they look at the status.
  response.set_header("x-should-retry", response.status == 429 || response.status >= 500 ? "true" : "false");
  return response;
}

Checked<void> check_version(const Call& call) {
  if (call.request.header(kVersion).value_or("").empty()) {
    return refuse(Condition::HeaderMissing, "anthropic-version: header is required");
  }
  return {};
}

Checked<BearerAccess> admit(Call& call) {
  auto access = let_in(call, anthropic_api(), kVersion);
  if (!access) return access;
  if (auto checked = check_version(call); !checked) return tl::unexpected(checked.error());
  return access;
}

void read_last_message(const Json& message, ModelRequest& request) {
  const Json* content = message.find("content");
  request.said = text_of_content(content);
  if (content == nullptr || content->as_array() == nullptr) return;
  for (const auto& block : *content->as_array()) {
    if (block.string_at("type") != "tool_result") continue;
    request.after_tool = true;
    request.said += text_of_content(block.find("content"));
  }
}

Checked<ModelRequest> anthropic_read(const Call& call, bool counts_only) {
  const auto body = read_model_body(call);
  if (!body) return tl::unexpected(body.error());
  auto model = needed_text(*body, "model");
  if (!model) return tl::unexpected(model.error());
  ModelRequest request{.model = std::move(*model), .input_tokens = tokens_of(call.request.body)};
  const auto messages = needed_list(*body, "messages");
  if (!messages) return tl::unexpected(messages.error());
  for (std::size_t i = 0; i < (*messages)->size(); ++i) {
    const auto role = (*messages)->at(i).string_at("role");
    if (role == "user" || role == "assistant") continue;
    return refuse(Condition::ParamInvalid, "messages." + std::to_string(i) + ".role: Input should be 'user' or 'assistant'");
  }
  read_last_message((*messages)->back(), request);
  if (counts_only) return request;
  request.max_tokens = body->int_at("max_tokens");
  if (body->find("max_tokens") == nullptr) return refuse(Condition::ParamMissing, "max_tokens: Field required");
  if (!request.max_tokens || *request.max_tokens < 1) {
    return refuse(Condition::ParamInvalid, "max_tokens: Input should be greater than or equal to 1");
  }
  request.stream = body->bool_at("stream").value_or(false);
  if (const Json* tools = body->find("tools"); tools != nullptr && tools->as_array() != nullptr) {
    for (const auto& tool : *tools->as_array()) request.tools.push_back(tool.string_at("name").value_or(""));
  }
  return request;
}

const char* stop_reason(ModelStop stop) {
  switch (stop) {
    case ModelStop::End: return "end_turn";
    case ModelStop::Length: return "max_tokens";
    case ModelStop::Tool: return "tool_use";
    case ModelStop::Refusal: return "refusal";
  }
  return "";
}

Json usage_of(const Call& call, const ModelTurn& turn, std::int64_t output_tokens) {
  const auto& tier = call.profile().text("models.tier");
  return Json::object({{"input_tokens", turn.input_tokens},
                       {"cache_creation_input_tokens", 0},
                       {"cache_read_input_tokens", 0},
                       {"output_tokens", output_tokens},
                       {"service_tier", tier.empty() ? std::string("standard") : tier}});
}

Json message_of(Call& call, const ModelTurn& turn) {
  return Json::object({{"id", model_id(call, "msg_")},
                       {"type", "message"},
                       {"role", "assistant"},
                       {"model", turn.model},
                       {"content", Json::array()},
                       {"stop_reason", Json()},
                       {"stop_sequence", Json()},
                       {"usage", usage_of(call, turn, 1)}});
}

Json tool_use(Call& call, const ModelToolCall& tool, Json input) {
  return Json::object({{"type", "tool_use"}, {"id", model_id(call, "toolu_")}, {"name", tool.name}, {"input", std::move(input)}});
}

Json whole_message(Call& call, const ModelTurn& turn) {
  Json message = message_of(call, turn);
  Json content = Json::array();
  if (!turn.text.empty()) content.push_back(Json::object({{"type", "text"}, {"text", turn.whole_text()}}));
  for (const auto& tool : turn.tool_calls) content.push_back(tool_use(call, tool, tool.arguments));
  message.set("content", std::move(content));
  message.set("stop_reason", stop_reason(turn.stop));
  message.set("usage", usage_of(call, turn, turn.output_tokens));
  return message;
}

std::string event(const char* type, std::initializer_list<Json::Member> members) {
  Json data = Json::object({{"type", type}});
  for (const auto& [name, value] : members) data.set(name, value);
  return sse_event(type, data);
}

void add_block(std::vector<std::string>& events, int index, Json start, const char* delta, const char* member,
               const std::vector<std::string>& pieces) {
  events.push_back(event("content_block_start", {{"index", index}, {"content_block", std::move(start)}}));
  for (const auto& piece : pieces) {
    events.push_back(event("content_block_delta", {{"index", index}, {"delta", Json::object({{"type", delta}, {member, piece}})}}));
  }
  events.push_back(event("content_block_stop", {{"index", index}}));
}

std::vector<std::string> events_of(Call& call, const ModelTurn& turn) {
  std::vector<std::string> events{event("message_start", {{"message", message_of(call, turn)}}), event("ping", {})};
  int index = 0;
  if (!turn.text.empty()) {
    add_block(events, index++, Json::object({{"type", "text"}, {"text", ""}}), "text_delta", "text", turn.text);
  }
  for (const auto& tool : turn.tool_calls) {
    add_block(events, index++, tool_use(call, tool, Json::object()), "input_json_delta", "partial_json", pieces_of(tool.arguments.dump()));
  }
  events.push_back(event("message_delta", {{"delta", Json::object({{"stop_reason", stop_reason(turn.stop)}, {"stop_sequence", Json()}})},
                                           {"usage", Json::object({{"output_tokens", turn.output_tokens}})}}));
  events.push_back(event("message_stop", {}));
  return events;
}

std::string anthropic_error_event(const ModelError& error) { return sse_event("error", anthropic_error_body(error)); }

Outcome messages(Call& call) {
  const auto access = admit(call);
  if (!access) return tl::unexpected(access.error());
  const auto request = anthropic_read(call, false);
  if (!request) return tl::unexpected(request.error());
  if (auto admitted = admit_request(call, *request); !admitted) return tl::unexpected(admitted.error());
  const auto turn = take_turn(call, *request);
  if (!request->stream) return model_answer(call, anthropic_api(), whole_message(call, turn), &turn);
  return stream_answer(call, anthropic_api(), *access, turn, events_of(call, turn), anthropic_error_event);
}

Outcome count_tokens(Call& call) {
  if (const auto access = admit(call); !access) return tl::unexpected(access.error());
  const auto request = anthropic_read(call, true);
  if (!request) return tl::unexpected(request.error());
  return model_answer(call, anthropic_api(), Json::object({{"input_tokens", request->input_tokens}}));
}

Json anthropic_describe_model(const std::string& name) {
  return Json::object({{"type", "model"}, {"id", name}, {"display_name", name}, {"created_at", "2025-01-01T00:00:00Z"}});
}

std::vector<std::string> anthropic_names(const Call& call) {
  return model_names(call, {"claude-opus-4-1", "claude-sonnet-4-5", "claude-haiku-4-5"});
}

Outcome anthropic_list_models(Call& call) {
  if (const auto access = admit(call); !access) return tl::unexpected(access.error());
  Json data = Json::array();
  const auto all = anthropic_names(call);
  for (const auto& name : all) data.push_back(anthropic_describe_model(name));
  return model_answer(
      call, anthropic_api(),
      Json::object(
          {{"data", std::move(data)}, {"has_more", false}, {"first_id", all.front()}, {"last_id", all.back()}}));
}

Outcome anthropic_show_model(Call& call) {
  if (const auto access = admit(call); !access) return tl::unexpected(access.error());
  const auto name = segment_of(kAnthropicModelPath, call.request.path(), "model").value_or("");
  for (const auto& known : anthropic_names(call)) {
    if (known == name) return model_answer(call, anthropic_api(), anthropic_describe_model(name));
  }
  return unknown_model(name);
}

bool anthropic_is_served(const Profile& profile) { return serves_model_api(profile, anthropic_api().name); }

void add(Endpoints& endpoints, const char* name, std::string_view path, const char* method, Outcome (*handle)(Call&)) {
  auto endpoint = model_endpoint(std::string("anthropic.") + name, std::string(path), method, handle,
                                 anthropic_refuse_in_words, anthropic_is_served);
  endpoint.header = kVersion;  // OpenAI has models at the same path.
  endpoints.add(std::move(endpoint));
}

}  // namespace

void register_anthropic(Endpoints& endpoints) {
  add(endpoints, "messages", "/v1/messages", "POST", messages);
  add(endpoints, "count_tokens", "/v1/messages/count_tokens", "POST", count_tokens);
  add(endpoints, "models", "/v1/models", "GET", anthropic_list_models);
  add(endpoints, "model", kAnthropicModelPath, "GET", anthropic_show_model);
}

}  // namespace mockoauth::server
