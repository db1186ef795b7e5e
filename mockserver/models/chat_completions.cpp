#include "models/chat_completions.hpp"

#include "protocol/token_response.hpp"
#include "protocol/url_template.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

struct ChatRequest {
  ModelRequest request;
  bool include_usage = false;
};

Checked<ChatRequest> read_chat(const Call& call) {
  const auto body = read_model_body(call);
  if (!body) return tl::unexpected(body.error());
  auto model = needed_text(*body, "model");
  if (!model) return tl::unexpected(model.error());
  const auto messages = needed_list(*body, "messages");
  if (!messages) return tl::unexpected(messages.error());
  ChatRequest chat{.request = {.model = std::move(*model), .input_tokens = tokens_of(call.request.body)}};
  auto& request = chat.request;
  const Json& last = (*messages)->back();
  if (!last.string_at("role")) {
    return refuse(Condition::ParamMissing, "messages[" + std::to_string((*messages)->size() - 1) + "].role: Field required");
  }
  request.said = text_of_content(last.find("content"));
  request.after_tool = last.string_at("role") == "tool";
  request.max_tokens = body->int_at("max_completion_tokens");
  if (!request.max_tokens) request.max_tokens = body->int_at("max_tokens");
  request.stream = body->bool_at("stream").value_or(false);
  if (const Json* options = body->find("stream_options")) chat.include_usage = options->bool_at("include_usage").value_or(false);
  if (const Json* tools = body->find("tools"); tools != nullptr && tools->as_array() != nullptr) {
    for (const auto& tool : *tools->as_array()) {
      const Json* function = tool.find("function");
      request.tools.push_back(function == nullptr ? std::string() : function->string_at("name").value_or(""));
    }
  }
  return chat;
}

const char* chat_finish_reason(ModelStop stop) {
  switch (stop) {
    case ModelStop::End: return "stop";
    case ModelStop::Length: return "length";
    case ModelStop::Tool: return "tool_calls";
    case ModelStop::Refusal: return "content_filter";
  }
  return "";
}

Json chat_usage(const ChatDialect& dialect, const ModelTurn& turn) {
  Json usage = Json::object({{"prompt_tokens", turn.input_tokens},
                             {"completion_tokens", turn.output_tokens},
                             {"total_tokens", turn.input_tokens + turn.output_tokens}});
  if (dialect.add_usage != nullptr) dialect.add_usage(usage, turn);
  return usage;
}

Json tool_call_of(Call& call, const ModelToolCall& tool, std::string arguments) {
  return Json::object({{"id", model_id(call, "call_")},
                       {"type", "function"},
                       {"function", Json::object({{"name", tool.name}, {"arguments", std::move(arguments)}})}});
}

// What every object of one answer has in common.
Json chat_frame(Call& call, const ChatDialect& dialect, const ModelTurn& turn, const char* object, const std::string& id) {
  Json frame = Json::object({{"id", id}, {"object", object}, {"created", unix_seconds(call.now)}, {"model", turn.model}});
  if (dialect.has_service_tier) {
    const auto& tier = call.profile().text("models.tier");
    frame.set("service_tier", tier.empty() ? std::string("default") : tier);
  }
  if (!dialect.fingerprint.empty()) frame.set("system_fingerprint", dialect.fingerprint);
  return frame;
}

Json whole_completion(Call& call, const ChatDialect& dialect, const ModelTurn& turn) {
  const auto text = turn.whole_text();
  Json message = Json::object({{"role", "assistant"}, {"content", text.empty() ? Json() : Json(text)}, {"refusal", Json()}});
  if (!turn.tool_calls.empty()) {
    Json calls = Json::array();
    for (const auto& tool : turn.tool_calls) calls.push_back(tool_call_of(call, tool, tool.arguments.dump()));
    message.set("tool_calls", std::move(calls));
  }
  Json completion = chat_frame(call, dialect, turn, "chat.completion", model_id(call, "chatcmpl-"));
  completion.set("choices", Json::array({Json::object({{"index", 0},
                                                       {"message", std::move(message)},
                                                       {"logprobs", Json()},
                                                       {"finish_reason", chat_finish_reason(turn.stop)}})}));
  completion.set("usage", chat_usage(dialect, turn));
  return completion;
}

/// Makes the chunks of one answer.
class Chunks {
 public:
  Chunks(Json frame, bool with_usage) : frame_(std::move(frame)), with_usage_(with_usage) {}

  void add(Json delta, Json finish = {}) { put(Json::array({Json::object({{"index", 0}, {"delta", std::move(delta)}, {"logprobs", Json()}, {"finish_reason", std::move(finish)}})}), Json()); }
  void put(Json choices, Json usage) {
    Json chunk = frame_;
    chunk.set("choices", std::move(choices));
    if (with_usage_) chunk.set("usage", std::move(usage));  // null but for the last one.
    events.push_back(sse_event({}, chunk));
  }
  std::vector<std::string> events = {};

 private:
  Json frame_;
  bool with_usage_;
};

void add_tool_chunks(Call& call, Chunks& chunks, const ModelToolCall& tool, int index) {
  Json start = tool_call_of(call, tool, "");
  start.set("index", index);
  chunks.add(Json::object({{"tool_calls", Json::array({start})}}));
  for (const auto& piece : pieces_of(tool.arguments.dump())) {
    chunks.add(Json::object({{"tool_calls", Json::array({Json::object({{"index", index}, {"function", Json::object({{"arguments", piece}})}})})}}));
  }
}

std::vector<std::string> chat_events(Call& call, const ChatDialect& dialect, const ModelTurn& turn, bool include_usage) {
  Chunks chunks(chat_frame(call, dialect, turn, "chat.completion.chunk", model_id(call, "chatcmpl-")), include_usage);
  chunks.add(Json::object({{"role", "assistant"}, {"content", turn.text.empty() ? Json() : Json("")}}));
  for (const auto& piece : turn.text) chunks.add(Json::object({{"content", piece}}));
  int index = 0;
  for (const auto& tool : turn.tool_calls) add_tool_chunks(call, chunks, tool, index++);
  chunks.add(Json::object(), chat_finish_reason(turn.stop));
  if (include_usage) chunks.put(Json::array(), chat_usage(dialect, turn));
  chunks.events.emplace_back("data: [DONE]\n\n");
  return std::move(chunks.events);
}

Json describe_chat_model(const std::string& name, std::string_view owner) {
  return Json::object({{"id", name}, {"object", "model"}, {"created", 1735689600}, {"owned_by", owner}});
}

}  // namespace

Outcome complete_chat(Call& call, const ChatDialect& dialect) {
  const auto access = let_in(call, dialect.api);
  if (!access) return tl::unexpected(access.error());
  const auto chat = read_chat(call);
  if (!chat) return tl::unexpected(chat.error());
  if (auto admitted = admit_request(call, chat->request); !admitted) return tl::unexpected(admitted.error());
  const auto turn = take_turn(call, chat->request);
  if (!chat->request.stream) return model_answer(call, dialect.api, whole_completion(call, dialect, turn), &turn);
  return stream_answer(call, dialect.api, *access, turn, chat_events(call, dialect, turn, chat->include_usage || dialect.always_tells_usage),
                       chat_error_event);
}

Json chat_error_body(const ModelError& error) {
  return Json::object({{"error", Json::object({{"message", error.message},
                                               {"type", error.type},
                                               {"param", Json()},
                                               {"code", error.code.empty() ? Json() : Json(error.code)}})}});
}

std::string chat_error_event(const ModelError& error) { return sse_event({}, chat_error_body(error)); }

Outcome list_chat_models(Call& call, const ModelApi& api, std::string_view owner, std::initializer_list<const char*> usual) {
  if (const auto access = let_in(call, api); !access) return tl::unexpected(access.error());
  Json data = Json::array();
  for (const auto& name : model_names(call, usual)) data.push_back(describe_chat_model(name, owner));
  return model_answer(call, api, Json::object({{"object", "list"}, {"data", std::move(data)}}));
}

Outcome show_chat_model(Call& call, const ModelApi& api, std::string_view owner, std::initializer_list<const char*> usual,
                        std::string_view path) {
  if (const auto access = let_in(call, api); !access) return tl::unexpected(access.error());
  const auto name = segment_of(path, call.request.path(), "model").value_or("");
  for (const auto& known : model_names(call, usual)) {
    if (known == name) return model_answer(call, api, describe_chat_model(name, owner));
  }
  return unknown_model(name);
}

}  // namespace mockoauth::server
