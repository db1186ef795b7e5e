// OpenAI Responses, platform.openai.com/docs/api-reference/responses and /responses-streaming.
#include "model_api/openai.hpp"
#include "models/stream.hpp"
#include "protocol/token_response.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

HttpResponse openai_responses_refuse_in_words(Call& call, const Refusal& refusal) {
  return write_model_error(call, openai_api(), refusal);
}

Checked<ModelRequest> openai_responses_read(const Json& body, const Call& call) {
  auto model = needed_text(body, "model");
  if (!model) return tl::unexpected(model.error());
  ModelRequest request{.model = std::move(*model), .input_tokens = tokens_of(call.request.body)};
  const Json* input = body.find("input");
  if (input == nullptr) return refuse(Condition::ParamMissing, "Missing required parameter: 'input'.");
  if (const auto* text = input->as_string()) {
    request.said = *text;
  } else {
    const auto items = needed_list(body, "input");
    if (!items) return tl::unexpected(items.error());
    const Json& last = (*items)->back();
    request.after_tool = last.string_at("type") == "function_call_output";
    request.said = text_of_content(last.find(request.after_tool ? "output" : "content"));
  }
  request.max_tokens = body.int_at("max_output_tokens");
  request.stream = body.bool_at("stream").value_or(false);
  if (const Json* tools = body.find("tools"); tools != nullptr && tools->as_array() != nullptr) {
    for (const auto& tool : *tools->as_array()) request.tools.push_back(tool.string_at("name").value_or(""));
  }
  return request;
}

Json member_or(const Json& body, const char* name, Json otherwise) {
  const Json* value = body.find(name);
  return value == nullptr ? std::move(otherwise) : *value;
}

/// One answer of the Responses API, from the empty one to the finished one.
class Response {
 public:
  Response(Call& call, const Json& body, const ModelTurn& turn) : turn_(turn) {
    const auto& tier = call.profile().text("models.tier");
    frame_ = Json::object({{"id", model_id(call, "resp_")},
                           {"object", "response"},
                           {"created_at", unix_seconds(call.now)},
                           {"status", "in_progress"},
                           {"error", Json()},
                           {"incomplete_details", Json()},
                           {"instructions", member_or(body, "instructions", Json())},
                           {"max_output_tokens", member_or(body, "max_output_tokens", Json())},
                           {"model", turn.model},
                           {"output", Json::array()},
                           {"parallel_tool_calls", member_or(body, "parallel_tool_calls", Json(true))},
                           {"previous_response_id", member_or(body, "previous_response_id", Json())},
                           {"service_tier", tier.empty() ? std::string("default") : tier},
                           {"store", member_or(body, "store", Json(true))},
                           {"temperature", member_or(body, "temperature", Json(1.0))},
                           {"text", Json::object({{"format", Json::object({{"type", "text"}})}})},
                           {"tool_choice", member_or(body, "tool_choice", Json("auto"))},
                           {"tools", member_or(body, "tools", Json::array())},
                           {"top_p", member_or(body, "top_p", Json(1.0))},
                           {"truncation", "disabled"},
                           {"usage", Json()},
                           {"metadata", member_or(body, "metadata", Json::object())}});
    if (!turn.text.empty() || turn.stop == ModelStop::Refusal) message_id_ = model_id(call, "msg_");
    for (const auto& tool : turn.tool_calls) {
      (void)tool;
      calls_.push_back({model_id(call, "fc_"), model_id(call, "call_")});
    }
  }

  [[nodiscard]] Json finished() const {
    Json response = frame_;
    const bool is_cut = turn_.stop == ModelStop::Length;
    response.set("status", is_cut ? "incomplete" : "completed");
    if (is_cut) response.set("incomplete_details", Json::object({{"reason", "max_output_tokens"}}));
    Json output = Json::array();
    if (!message_id_.empty()) output.push_back(message("completed", Json::array({part(turn_.whole_text())})));
    for (std::size_t i = 0; i < calls_.size(); ++i) output.push_back(function_call(i, "completed", turn_.tool_calls[i].arguments.dump()));
    response.set("output", std::move(output));
    response.set("usage", Json::object({{"input_tokens", turn_.input_tokens},
                                        {"input_tokens_details", Json::object({{"cached_tokens", 0}})},
                                        {"output_tokens", turn_.output_tokens},
                                        {"output_tokens_details", Json::object({{"reasoning_tokens", 0}})},
                                        {"total_tokens", turn_.input_tokens + turn_.output_tokens}}));
    return response;
  }

  std::vector<std::string> events() {
    add("response.created", {{"response", frame_}});
    add("response.in_progress", {{"response", frame_}});
    int index = 0;
    if (!message_id_.empty()) add_message(index++);
    for (std::size_t i = 0; i < calls_.size(); ++i) add_function_call(i, index++);
    add(turn_.stop == ModelStop::Length ? "response.incomplete" : "response.completed", {{"response", finished()}});
    return std::move(events_);
  }

 private:
  struct CallIds {
    std::string item;
    std::string call;
  };

  void add(const char* type, std::initializer_list<Json::Member> members) {
    Json data = Json::object({{"type", type}, {"sequence_number", static_cast<std::int64_t>(events_.size())}});
    for (const auto& [name, value] : members) data.set(name, value);
    events_.push_back(sse_event(type, data));
  }

  [[nodiscard]] Json message(const char* status, Json content) const {
    return Json::object({{"id", message_id_}, {"type", "message"}, {"status", status}, {"role", "assistant"}, {"content", std::move(content)}});
  }

  [[nodiscard]] Json part(const std::string& text) const {
    if (turn_.stop == ModelStop::Refusal) return Json::object({{"type", "refusal"}, {"refusal", text}});
    return Json::object({{"type", "output_text"}, {"text", text}, {"annotations", Json::array()}, {"logprobs", Json::array()}});
  }

  [[nodiscard]] Json function_call(std::size_t i, const char* status, std::string arguments) const {
    return Json::object({{"id", calls_[i].item},
                         {"type", "function_call"},
                         {"status", status},
                         {"call_id", calls_[i].call},
                         {"name", turn_.tool_calls[i].name},
                         {"arguments", std::move(arguments)}});
  }

  void add_message(int index) {
    const bool refuses = turn_.stop == ModelStop::Refusal;
    const auto text = turn_.whole_text();
    add("response.output_item.added", {{"output_index", index}, {"item", message("in_progress", Json::array())}});
    add("response.content_part.added", {{"item_id", message_id_}, {"output_index", index}, {"content_index", 0}, {"part", part("")}});
    for (const auto& piece : turn_.text) {
      add(refuses ? "response.refusal.delta" : "response.output_text.delta",
          {{"item_id", message_id_}, {"output_index", index}, {"content_index", 0}, {"delta", piece}});
    }
    add(refuses ? "response.refusal.done" : "response.output_text.done",
        {{"item_id", message_id_}, {"output_index", index}, {"content_index", 0}, {refuses ? "refusal" : "text", text}});
    add("response.content_part.done", {{"item_id", message_id_}, {"output_index", index}, {"content_index", 0}, {"part", part(text)}});
    add("response.output_item.done", {{"output_index", index}, {"item", message("completed", Json::array({part(text)}))}});
  }

  void add_function_call(std::size_t i, int index) {
    const auto arguments = turn_.tool_calls[i].arguments.dump();
    add("response.output_item.added", {{"output_index", index}, {"item", function_call(i, "in_progress", "")}});
    for (const auto& piece : pieces_of(arguments)) {
      add("response.function_call_arguments.delta", {{"item_id", calls_[i].item}, {"output_index", index}, {"delta", piece}});
    }
    add("response.function_call_arguments.done", {{"item_id", calls_[i].item}, {"output_index", index}, {"arguments", arguments}});
    add("response.output_item.done", {{"output_index", index}, {"item", function_call(i, "completed", arguments)}});
  }

  const ModelTurn& turn_;
  Json frame_;
  std::string message_id_;
  std::vector<CallIds> calls_;
  std::vector<std::string> events_;
};

std::string openai_responses_error_event(const ModelError& error) {
  return sse_event("error", Json::object({{"type", "error"},
                                          {"code", error.code.empty() ? Json() : Json(error.code)},
                                          {"message", error.message},
                                          {"param", Json()}}));
}

Outcome respond(Call& call) {
  const auto access = let_in(call, openai_api());
  if (!access) return tl::unexpected(access.error());
  const auto body = read_model_body(call);
  if (!body) return tl::unexpected(body.error());
  const auto request = openai_responses_read(*body, call);
  if (!request) return tl::unexpected(request.error());
  if (auto admitted = admit_request(call, *request); !admitted) return tl::unexpected(admitted.error());
  const auto turn = take_turn(call, *request);
  Response response(call, *body, turn);
  if (!request->stream) return model_answer(call, openai_api(), response.finished(), &turn);
  return stream_answer(call, openai_api(), *access, turn, response.events(), openai_responses_error_event);
}

bool openai_responses_is_served(const Profile& profile) { return serves_model_api(profile, openai_api().name); }

}  // namespace

void register_openai_responses(Endpoints& endpoints) {
  endpoints.add(model_endpoint("openai.responses", "/v1/responses", "POST", respond, openai_responses_refuse_in_words,
                               openai_responses_is_served));
}

}  // namespace mockoauth::server
