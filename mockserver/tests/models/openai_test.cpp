// OpenAI Chat Completions and Responses, DeepSeek Chat Completions.
#include "tests/models/model_client.hpp"

namespace mockoauth::server::testing::openai {
namespace {

const Json kTool = Json::object({{"type", "function"}, {"function", Json::object({{"name", "get_weather"}})}});
const Json kFlatTool = Json::object({{"type", "function"}, {"name", "get_weather"}});
const Json kArguments = Json::object({{"city", "Paris"}, {"days", 3}});

Json chat(std::initializer_list<Json::Member> changes = {}) {
  Json body = Json::object({{"model", "gpt-test"}, {"messages", Json::array({message("user", Json("Hello"))})}});
  for (const auto& [name, value] : changes) body.set(name, value);
  return body;
}

Json input(std::initializer_list<Json::Member> changes = {}) {
  Json body = Json::object({{"model", "gpt-test"}, {"input", "Hello"}});
  for (const auto& [name, value] : changes) body.set(name, value);
  return body;
}

HttpResponse complete(Engine& server, const Json& body) { return post_json(server, "/v1/chat/completions", body, bearer("sk-mockoauth-key")); }
HttpResponse respond(Engine& server, const Json& body) { return post_json(server, "/v1/responses", body, bearer("sk-mockoauth-key")); }

void script_tool_call(Engine& server) {
  ASSERT_TRUE(server.realm().add_model_answer(
      Json::object({{"tool_calls", Json::array({Json::object({{"name", "get_weather"}, {"arguments", kArguments}})})}})));
}

TEST(OpenAiChat, AnswersWholeAndInChunks) {
  Engine server(with_models({"openai"}));
  const std::string expected = "This is gpt-test of a mock server; you said: Hello";
  const auto answer = complete(server, chat());
  EXPECT_EQ(text_at(answer, "object"), "chat.completion");
  EXPECT_EQ(text_at_pointer(answer, "/choices/0/message/content"), expected);
  EXPECT_EQ(text_at_pointer(answer, "/choices/0/message/role"), "assistant");
  EXPECT_TRUE(answer.header("x-request-id").value_or("").starts_with("req_"));
  EXPECT_EQ(answer.header("x-ratelimit-reset-requests").value_or("").back(), 's');

  const auto events = events_in(complete(server, chat({{"stream", true}})));
  std::string text;
  for (const auto& event : events) {
    if (event.data == "[DONE]") continue;
    EXPECT_EQ(text_at(event.json(), "object"), "chat.completion.chunk");
    EXPECT_EQ(event.json().find("usage"), nullptr);
    const auto piece = text_at_pointer(event.json(), "/choices/0/delta/content");
    if (piece != "(nothing)") text += piece;
  }
  EXPECT_EQ(text, expected);
  EXPECT_EQ(events.back().data, "[DONE]");
  EXPECT_EQ(text_at_pointer(events[events.size() - 2].json(), "/choices/0/finish_reason"), "stop");
}

TEST(OpenAiChat, TellsUsageInAStreamWhenAsked) {
  Engine server(with_models({"openai"}));
  const auto events = events_in(complete(server, chat({{"stream", true}, {"stream_options", Json::object({{"include_usage", true}})}})));
  const auto last = events[events.size() - 2].json();
  EXPECT_EQ(text_at_pointer(last, "/choices"), "[]");
  EXPECT_NE(text_at_pointer(last, "/usage/total_tokens"), "(nothing)");
  EXPECT_EQ(text_at_pointer(events.front().json(), "/usage"), "null");
}

TEST(OpenAiChat, CallsTools) {
  Engine server(with_models({"openai"}));
  script_tool_call(server);
  const auto answer = complete(server, chat({{"tools", Json::array({kTool})}}));
  EXPECT_EQ(text_at_pointer(answer, "/choices/0/finish_reason"), "tool_calls");
  EXPECT_EQ(text_at_pointer(answer, "/choices/0/message/content"), "null");
  EXPECT_EQ(text_at_pointer(answer, "/choices/0/message/tool_calls/0/function/arguments"), kArguments.dump());

  script_tool_call(server);
  std::string arguments;
  for (const auto& event : events_in(complete(server, chat({{"stream", true}, {"tools", Json::array({kTool})}})))) {
    const auto piece = text_at_pointer(event.json(), "/choices/0/delta/tool_calls/0/function/arguments");
    if (piece != "(nothing)") arguments += piece;
  }
  EXPECT_EQ(arguments, kArguments.dump());
  const Json result = Json::object({{"role", "tool"}, {"tool_call_id", "call_1"}, {"content", "sunny"}});
  EXPECT_EQ(text_at_pointer(complete(server, chat({{"messages", Json::array({result})}})), "/choices/0/message/content"),
            "This is gpt-test of a mock server; the tool said: sunny");
}

TEST(OpenAiChat, RefusesInItsOwnWords) {
  Engine server(with_models({"openai"}));
  const auto nobody = post_json(server, "/v1/chat/completions", chat(), {});
  EXPECT_EQ(nobody.status, 401);
  EXPECT_EQ(text_at_pointer(nobody, "/error/type"), "invalid_request_error");
  EXPECT_EQ(text_at_pointer(nobody, "/error/code"), "null");
  ASSERT_TRUE(server.realm().add_fault(refuse_once("openai.chat_completions", "not_entitled")));
  const auto broke = complete(server, chat());
  EXPECT_EQ(broke.status, 429);
  EXPECT_EQ(text_at_pointer(broke, "/error/code"), "insufficient_quota");
  EXPECT_EQ(complete(server, chat()).status, 200);
}

TEST(OpenAiChat, ModelsAreListedAndShown) {
  Engine server(with_models({"openai"}, {{"models.names", Json::array({"gpt-x"})}}));
  EXPECT_EQ(text_at_pointer(server.get("/v1/models", bearer("sk-mockoauth-key")), "/data/0/id"), "gpt-x");
  EXPECT_EQ(text_at(server.get("/v1/models/gpt-x", bearer("sk-mockoauth-key")), "object"), "model");
  EXPECT_EQ(text_at_pointer(server.get("/v1/models/gpt-y", bearer("sk-mockoauth-key")), "/error/code"), "model_not_found");
}

TEST(OpenAiResponses, AnswersWhole) {
  Engine server(with_models({"openai"}));
  const auto answer = respond(server, input());
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(text_at(answer, "status"), "completed");
  EXPECT_EQ(text_at_pointer(answer, "/output/0/content/0/text"), "This is gpt-test of a mock server; you said: Hello");
  const Json part = Json::object({{"type", "input_text"}, {"text", "Parts"}});
  EXPECT_EQ(text_at_pointer(respond(server, input({{"input", Json::array({message("user", Json::array({part}))})}})), "/output/0/content/0/text"),
            "This is gpt-test of a mock server; you said: Parts");
  EXPECT_EQ(text_at(respond(server, input({{"max_output_tokens", 2}})), "status"), "incomplete");
  EXPECT_EQ(respond(server, Json::object({{"model", "gpt-test"}})).status, 400);
}

TEST(OpenAiResponses, StreamsItsEventsInOrderAndNumbered) {
  Engine server(with_models({"openai"}));
  const auto events = events_in(respond(server, input({{"stream", true}})));
  std::vector<std::string> names;
  std::string text;
  std::int64_t number = 0;
  for (const auto& event : events) {
    EXPECT_EQ(event.json().int_at("sequence_number"), number++);
    EXPECT_EQ(text_at(event.json(), "type"), event.name);
    if (event.name == "response.output_text.delta") text += text_at(event.json(), "delta");
    if (names.empty() || names.back() != event.name) names.push_back(event.name);
  }
  EXPECT_EQ(names, (std::vector<std::string>{"response.created", "response.in_progress", "response.output_item.added", "response.content_part.added",
                                             "response.output_text.delta", "response.output_text.done", "response.content_part.done",
                                             "response.output_item.done", "response.completed"}));
  EXPECT_EQ(text_at_pointer(events.back().json(), "/response/output/0/content/0/text"), text);
}

TEST(OpenAiResponses, CallsFunctions) {
  Engine server(with_models({"openai"}));
  script_tool_call(server);
  const auto answer = respond(server, input({{"tools", Json::array({kFlatTool})}}));
  EXPECT_EQ(text_at_pointer(answer, "/output/0/type"), "function_call");
  EXPECT_EQ(text_at_pointer(answer, "/output/0/arguments"), kArguments.dump());
  script_tool_call(server);
  std::string arguments;
  for (const auto& event : events_in(respond(server, input({{"stream", true}, {"tools", Json::array({kFlatTool})}})))) {
    if (event.name == "response.function_call_arguments.delta") arguments += text_at(event.json(), "delta");
  }
  EXPECT_EQ(arguments, kArguments.dump());
  const Json result = Json::object({{"type", "function_call_output"}, {"call_id", "call_1"}, {"output", "sunny"}});
  EXPECT_EQ(text_at_pointer(respond(server, input({{"input", Json::array({result})}})), "/output/0/content/0/text"),
            "This is gpt-test of a mock server; the tool said: sunny");
}

TEST(OpenAiResponses, ATokenThatEndsMidStream) {
  Engine server(with_models({"openai"}, {{"models.stream_s", 10}}));
  const auto token = access_token_of(server);
  server.advance(3595s);
  const auto events = events_in(post_json(server, "/v1/responses", input({{"stream", true}}), bearer(token)));
  EXPECT_EQ(events.front().name, "response.created");
  EXPECT_EQ(events.back().name, "error");
  EXPECT_EQ(text_at(events.back().json(), "code"), "token_expired");
}

TEST(DeepSeek, IsServedAtBothPlacesAndCountsItsCache) {
  Engine server(with_models({"deepseek"}));
  for (const char* path : {"/chat/completions", "/v1/chat/completions"}) {
    const auto answer = post_json(server, path, chat(), bearer("sk-mockoauth-key"));
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_NE(text_at_pointer(answer, "/usage/prompt_cache_miss_tokens"), "(nothing)");
    EXPECT_EQ(body_of(answer).find("service_tier"), nullptr);
  }
  const auto events = events_in(post_json(server, "/chat/completions", chat({{"stream", true}}), bearer("sk-mockoauth-key")));
  EXPECT_NE(text_at_pointer(events[events.size() - 2].json(), "/usage/total_tokens"), "(nothing)") << "without being asked";
  EXPECT_EQ(text_at_pointer(server.get("/models", bearer("sk-mockoauth-key")), "/data/0/owned_by"), "deepseek");
}

TEST(DeepSeek, RefusesInItsOwnWords) {
  Engine server(with_models({"deepseek"}));
  const auto bad = post_json(server, "/chat/completions", chat(), bearer("sk-other"));
  EXPECT_EQ(bad.status, 401);
  EXPECT_EQ(text_at_pointer(bad, "/error/type"), "authentication_error");
  EXPECT_EQ(text_at_pointer(bad, "/error/code"), "invalid_request_error");
  ASSERT_TRUE(server.realm().add_fault(refuse_once("deepseek.chat_completions", "not_entitled")));
  const auto broke = post_json(server, "/chat/completions", chat(), bearer("sk-mockoauth-key"));
  EXPECT_EQ(broke.status, 402);
  EXPECT_EQ(text_at_pointer(broke, "/error/message"), "Insufficient Balance");
  Engine profiled(*Profile::find("deepseek"));
  EXPECT_EQ(text_at_pointer(post_json(profiled, "/chat/completions", chat(), bearer("sk-key-heck")), "/error/message"),
            "Authentication Fails, Your api key: ****heck is invalid")
      << "the profile's own words come first";
}

}  // namespace
}  // namespace mockoauth::server::testing::openai
