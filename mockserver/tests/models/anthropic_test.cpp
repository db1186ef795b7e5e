// Anthropic Messages.
#include "tests/models/model_client.hpp"

namespace mockoauth::server::testing::anthropic {
namespace {

const Json kWeather = Json::object({{"name", "get_weather"}, {"input_schema", Json::object({{"type", "object"}})}});

Json question(std::initializer_list<Json::Member> changes = {}) {
  Json body = Json::object({{"model", "claude-test"}, {"max_tokens", 1000}, {"messages", Json::array({message("user", Json("Hello there"))})}});
  for (const auto& [name, value] : changes) value.is_null() ? (void)body.erase(name) : (void)body.set(name, value);
  return body;
}

Headers by_key() { return {{"x-api-key", "sk-ant-mockoauth-key"}, {"anthropic-version", "2023-06-01"}}; }
Headers by_token(const std::string& token) {
  auto headers = bearer(token);
  headers.emplace_back("anthropic-version", "2023-06-01");
  return headers;
}

HttpResponse ask(Engine& server, const Json& body, Headers headers) { return post_json(server, "/v1/messages", body, std::move(headers)); }

TEST(AnthropicApi, AnswersAMessageByKeyAndByToken) {
  Engine server(with_models({"anthropic"}));
  const auto token = access_token_of(server);

  for (const auto& headers : {by_key(), by_token(token)}) {
    const auto answer = ask(server, question(), headers);
    ASSERT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(text_at(answer, "type"), "message");
    EXPECT_EQ(text_at(answer, "role"), "assistant");
    EXPECT_EQ(text_at(answer, "model"), "claude-test");
    EXPECT_EQ(text_at(answer, "stop_reason"), "end_turn");
    EXPECT_EQ(text_at_pointer(answer, "/content/0/text"), "This is claude-test of a mock server; you said: Hello there");
    EXPECT_TRUE(answer.header("request-id").value_or("").starts_with("req_"));
    EXPECT_TRUE(answer.header("anthropic-ratelimit-requests-remaining"));
    EXPECT_EQ(answer.header("anthropic-ratelimit-tokens-reset").value_or("").back(), 'Z');
  }
}

TEST(AnthropicApi, StreamsAMessageInTheOrderOfItsEvents) {
  Engine server(with_models({"anthropic"}));
  const auto answer = ask(server, question({{"stream", true}}), by_key());
  const auto events = events_in(answer);

  EXPECT_EQ(answer.header("Content-Type"), "text/event-stream; charset=utf-8");
  ASSERT_GT(events.size(), 8U);
  std::string text;
  for (const auto& event : events) {
    EXPECT_EQ(text_at(event.json(), "type"), event.name);
    if (event.name == "content_block_delta") text += text_at_pointer(event.json(), "/delta/text");
  }
  EXPECT_EQ(text, "This is claude-test of a mock server; you said: Hello there");
  EXPECT_EQ(events[0].name, "message_start");
  EXPECT_EQ(events[1].name, "ping");
  EXPECT_EQ(events[2].name, "content_block_start");
  EXPECT_EQ(events[events.size() - 3].name, "content_block_stop");
  EXPECT_EQ(events[events.size() - 2].name, "message_delta");
  EXPECT_EQ(text_at_pointer(events[events.size() - 2].json(), "/delta/stop_reason"), "end_turn");
  EXPECT_EQ(events.back().name, "message_stop");
}

TEST(AnthropicApi, CallsToolsThatAreOfferedAndScripted) {
  Engine server(with_models({"anthropic"}));
  const Json script = Json::object({{"text", "Let me look."},
                                    {"tool_calls", Json::array({Json::object({{"name", "get_weather"},
                                                                              {"arguments", Json::object({{"city", "Paris"}})}})})}});
  ASSERT_TRUE(server.realm().add_model_answer(script));

  EXPECT_EQ(text_at(ask(server, question(), by_key()), "stop_reason"), "end_turn") << "the tool is not offered";
  EXPECT_EQ(server.realm().model_answers_left(), 1U);
  EXPECT_EQ(server.realm().report().unused_model_answers, 1U);
  EXPECT_FALSE(server.realm().report().is_clean());
  const auto answer = ask(server, question({{"tools", Json::array({kWeather})}}), by_key());
  EXPECT_EQ(text_at(answer, "stop_reason"), "tool_use");
  EXPECT_EQ(text_at_pointer(answer, "/content/0/text"), "Let me look.");
  EXPECT_EQ(text_at_pointer(answer, "/content/1/type"), "tool_use");
  EXPECT_EQ(text_at_pointer(answer, "/content/1/input/city"), "Paris");

  const Json result = Json::object({{"type", "tool_result"}, {"tool_use_id", text_at_pointer(answer, "/content/1/id")}, {"content", "18 C"}});
  const auto next = ask(server, question({{"messages", Json::array({message("user", Json::array({result}))})}}), by_key());
  EXPECT_EQ(text_at_pointer(next, "/content/0/text"), "This is claude-test of a mock server; the tool said: 18 C");
}

TEST(AnthropicApi, StreamsToolCallsInPieces) {
  Engine server(with_models({"anthropic"}));
  const Json arguments = Json::object({{"city", "Paris"}, {"unit", "celsius"}});
  ASSERT_TRUE(server.realm().add_model_answer(
      Json::object({{"tool_calls", Json::array({Json::object({{"name", "get_weather"}, {"arguments", arguments}})})}})));
  std::string json;
  for (const auto& event : events_in(ask(server, question({{"stream", true}, {"tools", Json::array({kWeather})}}), by_key()))) {
    if (event.name == "content_block_delta") json += text_at_pointer(event.json(), "/delta/partial_json");
  }
  EXPECT_EQ(Json::parse(json).value_or(Json()), arguments);
}

TEST(AnthropicApi, RefusesInItsOwnWords) {
  Engine server(with_models({"anthropic"}));
  const auto token = access_token_of(server);
  const auto refused = [&](const Json& body, Headers headers, int status, const char* type, const char* sentence) {
    const auto answer = ask(server, body, std::move(headers));
    EXPECT_EQ(answer.status, status) << answer.body;
    EXPECT_EQ(text_at(answer, "type"), "error");
    EXPECT_EQ(text_at_pointer(answer, "/error/type"), type);
    EXPECT_EQ(text_at_pointer(answer, "/error/message"), sentence);
    EXPECT_EQ(text_at(answer, "request_id"), answer.header("request-id"));
    EXPECT_EQ(answer.header("x-should-retry"), "false");
    return answer;
  };
  refused(question(), {{"anthropic-version", "2023-06-01"}}, 401, "authentication_error", "x-api-key header is required");
  refused(question(), {{"x-api-key", "sk-ant-other"}, {"anthropic-version", "2023-06-01"}}, 401, "authentication_error", "Invalid authentication credentials");
  refused(question(), {{"x-api-key", "sk-ant-mockoauth-key"}}, 400, "invalid_request_error", "anthropic-version: header is required");
  refused(question({{"max_tokens", Json()}}), by_key(), 400, "invalid_request_error", "max_tokens: Field required");
  refused(question({{"model", Json()}}), by_key(), 400, "invalid_request_error", "model: Field required");
  refused(question({{"messages", Json::array()}}), by_key(), 400, "invalid_request_error", "messages: Input should be a list with at least one item");
  refused(question({{"messages", Json::array({message("robot", Json("x"))})}}), by_key(), 400, "invalid_request_error", "messages.0.role: Input should be 'user' or 'assistant'");
  server.advance(2h);
  const auto expired = refused(question(), by_token(token), 401, "authentication_error", "OAuth token has expired. Please obtain a new token or refresh your existing token.");
  EXPECT_NE(expired.header("WWW-Authenticate").value_or("").find("error=\"invalid_token\""), std::string::npos);
}

TEST(AnthropicApi, WordsOfAScriptedOutage) {
  struct Row { const char* condition; int status; const char* type; };
  for (const auto& row : {Row{"maintenance", 529, "overloaded_error"}, {"rate_limited", 429, "rate_limit_error"},
                          {"not_entitled", 402, "billing_error"}, {"scope_insufficient", 403, "permission_error"},
                          {"server_error", 500, "api_error"}}) {
    Engine server(with_models({"anthropic"}));
    ASSERT_TRUE(server.realm().add_fault(refuse_once("anthropic.messages", row.condition)));
    const auto answer = ask(server, question(), by_key());
    EXPECT_EQ(answer.status, row.status) << answer.body;
    EXPECT_EQ(text_at_pointer(answer, "/error/type"), row.type);
    EXPECT_EQ(answer.header("x-should-retry"), row.status == 429 || row.status >= 500 ? "true" : "false");
    EXPECT_EQ(answer.header("Retry-After").value_or(""), row.status == 429 ? "7" : "");
    EXPECT_EQ(ask(server, question(), by_key()).status, 200);
  }
}

TEST(AnthropicApi, ATokenMayNeedABetaHeaderAndAKeyDoesNot) {
  Engine server(with_models({"anthropic"}, {{"api.headers", Json::object({{"anthropic-beta", "oauth-2025-04-20"}, {"anthropic-version", "2023-06-01"}})}}));
  auto headers = by_token(access_token_of(server));
  EXPECT_EQ(text_at_pointer(ask(server, question(), headers), "/error/type"), "invalid_request_error");
  headers.back().second = "2026-10-21";
  headers.emplace_back("anthropic-beta", "tools-1, oauth-2025-04-20");
  EXPECT_EQ(ask(server, question(), headers).status, 200) << "in a list, and with any version";
  EXPECT_EQ(ask(server, question(), by_key()).status, 200);
}

TEST(AnthropicApi, CountsTokensAndListsModels) {
  Engine server(with_models({"anthropic"}));
  const auto count = post_json(server, "/v1/messages/count_tokens", question({{"max_tokens", Json()}}), by_key());
  EXPECT_GT(body_of(count).int_at("input_tokens").value_or(0), 10) << count.body;
  const auto list = server.get("/v1/models", by_key());
  const auto first = text_at(list, "first_id");
  EXPECT_EQ(text_at_pointer(list, "/data/0/id"), first);
  EXPECT_EQ(text_at(server.get("/v1/models/" + first, by_key()), "id"), first);
  EXPECT_EQ(text_at_pointer(server.get("/v1/models/other", by_key()), "/error/type"), "not_found_error");
  EXPECT_EQ(server.get("/v1/models", {{"anthropic-version", "2023-06-01"}}).status, 401);
}

}  // namespace
}  // namespace mockoauth::server::testing::anthropic
