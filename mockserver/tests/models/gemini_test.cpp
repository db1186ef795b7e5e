// Gemini generateContent.
#include "tests/models/model_client.hpp"

namespace mockoauth::server::testing::gemini {
namespace {

constexpr const char* kModel = "/v1beta/models/gemini-test:";

Json part(const char* text) { return Json::object({{"text", text}}); }

Json contents(std::initializer_list<Json::Member> changes = {}) {
  Json body = Json::object({{"contents", Json::array({Json::object({{"role", "user"}, {"parts", Json::array({part("Hello")})}})})}});
  for (const auto& [name, value] : changes) body.set(name, value);
  return body;
}

HttpResponse call(Engine& server, const std::string& method, const Json& body = contents(), Headers headers = {{"x-goog-api-key", "AIzamockoauth-key"}}) {
  return post_json(server, kModel + method, body, std::move(headers));
}

std::string text_in(const Json& chunk) {
  const auto text = text_at_pointer(chunk, "/candidates/0/content/parts/0/text");
  return text == "(nothing)" ? "" : text;
}

TEST(Gemini, GeneratesByKeyInHeaderOrQueryAndByToken) {
  Engine server(with_models({"gemini"}));
  const auto token = access_token_of(server);
  const auto by_header = call(server, "generateContent");
  EXPECT_EQ(text_in(body_of(by_header)), "This is gemini-test of a mock server; you said: Hello");
  EXPECT_EQ(text_at_pointer(by_header, "/candidates/0/finishReason"), "STOP");
  EXPECT_NE(text_at_pointer(by_header, "/usageMetadata/totalTokenCount"), "(nothing)");
  EXPECT_EQ(call(server, "generateContent?key=AIzamockoauth-key", contents(), {}).status, 200);
  EXPECT_EQ(call(server, "generateContent", contents(), bearer(token)).status, 200);
  const std::string vertex = "/v1beta1/projects/p/locations/global/publishers/google/models/gemini-test:generateContent";
  EXPECT_EQ(text_in(body_of(post_json(server, vertex, contents(), bearer(token)))), "This is gemini-test of a mock server; you said: Hello");
  EXPECT_EQ(post_json(server, vertex, contents(), bearer("other")).status, 401);
}

TEST(Gemini, StreamsAsEventsOrAsAnArray) {
  Engine server(with_models({"gemini"}));
  const auto answer = call(server, "streamGenerateContent?alt=sse");
  EXPECT_EQ(answer.header("Content-Type"), "text/event-stream");
  std::string text;
  const auto events = events_in(answer);
  for (const auto& event : events) text += text_in(event.json());
  EXPECT_EQ(text, "This is gemini-test of a mock server; you said: Hello");
  EXPECT_EQ(text_at_pointer(events.back().json(), "/candidates/0/finishReason"), "STOP");
  EXPECT_EQ(text_at_pointer(events.front().json(), "/candidates/0/finishReason"), "(nothing)");

  const auto array = body_of(call(server, "streamGenerateContent"));
  ASSERT_TRUE(array.is_array());
  EXPECT_EQ(array.as_array()->size(), events.size());
}

TEST(Gemini, CallsFunctions) {
  Engine server(with_models({"gemini"}));
  ASSERT_TRUE(server.realm().add_model_answer(Json::object(
      {{"tool_calls", Json::array({Json::object({{"name", "get_weather"}, {"arguments", Json::object({{"city", "Paris"}})}})})}})));
  const Json tools = Json::array({Json::object({{"functionDeclarations", Json::array({Json::object({{"name", "get_weather"}})})}})});
  const auto answer = call(server, "generateContent", contents({{"tools", tools}}));
  EXPECT_EQ(text_at_pointer(answer, "/candidates/0/content/parts/0/functionCall/args/city"), "Paris");
  const Json result = Json::object({{"functionResponse", Json::object({{"name", "get_weather"}, {"response", Json::object({{"sky", "clear"}})}})}});
  const Json turn = Json::array({Json::object({{"role", "user"}, {"parts", Json::array({result})}})});
  EXPECT_EQ(text_in(body_of(call(server, "generateContent", contents({{"contents", turn}})))),
            "This is gemini-test of a mock server; the tool said: {\"sky\":\"clear\"}");
}

TEST(Gemini, RefusesInItsOwnWords) {
  Engine server(with_models({"gemini"}));
  const auto token = access_token_of(server);
  const auto bad_key = call(server, "generateContent", contents(), {{"x-goog-api-key", "AIzaother"}});
  EXPECT_EQ(bad_key.status, 400);
  EXPECT_EQ(text_at_pointer(bad_key, "/error/details/0/reason"), "API_KEY_INVALID");
  EXPECT_EQ(call(server, "generateContent", contents(), {}).status, 403);
  const auto bad_token = call(server, "generateContent", contents(), bearer("other"));
  EXPECT_EQ(bad_token.status, 401);
  EXPECT_EQ(text_at_pointer(bad_token, "/error/status"), "UNAUTHENTICATED");
  EXPECT_EQ(text_at_pointer(bad_token, "/error/code"), "401");
  server.advance(2h);
  EXPECT_EQ(text_at_pointer(call(server, "generateContent", contents(), bearer(token)), "/error/details/0/reason"), "ACCESS_TOKEN_EXPIRED");
  EXPECT_EQ(call(server, "makeTea").status, 404);
  EXPECT_EQ(call(server, "generateContent", Json::object()).status, 400);
  ASSERT_TRUE(server.realm().add_fault(refuse_once("gemini.generate", "rate_limited")));
  EXPECT_EQ(text_at_pointer(call(server, "generateContent"), "/error/status"), "RESOURCE_EXHAUSTED");
  EXPECT_EQ(call(server, "generateContent").status, 200);
}

TEST(Gemini, ATokenThatEndsMidStreamEndsBothForms) {
  Engine server(with_models({"gemini"}, {{"models.stream_s", 10}}));
  const auto token = access_token_of(server);
  server.advance(3595s);
  const auto events = events_in(call(server, "streamGenerateContent?alt=sse", contents(), bearer(token)));
  EXPECT_EQ(text_at_pointer(events.back().json(), "/error/status"), "UNAUTHENTICATED");
  const auto array = body_of(call(server, "streamGenerateContent", contents(), bearer(token)));
  ASSERT_TRUE(array.is_array());
  EXPECT_EQ(text_at_pointer(array.as_array()->back(), "/error/status"), "UNAUTHENTICATED");
}

TEST(Gemini, CountsAndLists) {
  Engine server(with_models({"gemini"}));
  EXPECT_GT(body_of(call(server, "countTokens")).int_at("totalTokens").value_or(0), 5);
  const auto list = server.get("/v1beta/models", {{"x-goog-api-key", "AIzamockoauth-key"}});
  const auto name = text_at_pointer(list, "/models/0/name");
  EXPECT_EQ(text_at(server.get("/v1beta/" + name, {{"x-goog-api-key", "AIzamockoauth-key"}}), "name"), name);
}

}  // namespace
}  // namespace mockoauth::server::testing::gemini
