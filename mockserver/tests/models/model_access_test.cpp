// What all model APIs have in common: who is let in, what is counted, what is said.
#include "tests/models/model_client.hpp"

namespace mockoauth::server::testing::models {
namespace {

Json question(std::initializer_list<Json::Member> changes = {}) {
  Json body = Json::object({{"model", "m1"}, {"messages", Json::array({message("user", Json("ping"))})}});
  for (const auto& [name, value] : changes) body.set(name, value);
  return body;
}

HttpResponse ask(Engine& server, const std::string& credential, const Json& body = question()) {
  return post_json(server, "/v1/chat/completions", body, bearer(credential));
}

std::string said_in(const HttpResponse& response) { return text_at_pointer(response, "/choices/0/message/content"); }
constexpr const char* kKey = "sk-mockoauth-key";

TEST(ModelApi, IsServedOnlyWhereTheProfileHasIt) {
  Engine plain;
  EXPECT_EQ(ask(plain, access_token_of(plain)).status, 404);
  Engine server(with_models({"openai"}));
  EXPECT_EQ(ask(server, access_token_of(server)).status, 200);
  EXPECT_EQ(post_json(server, "/v1/messages", question(), bearer(kKey)).status, 404);
}

TEST(ModelApi, JudgesATokenAsAnyProtectedResourceDoes) {
  Engine server(with_models({"openai"}));
  const auto token = access_token_of(server);

  EXPECT_EQ(ask(server, token).status, 200);
  EXPECT_EQ(server.last().endpoint, "openai.chat_completions");
  EXPECT_EQ(server.last().client_id, "app");
  EXPECT_FALSE(server.last().consumed.empty());
  server.advance(3599s);
  EXPECT_EQ(ask(server, token).status, 200);
  server.advance(2s);
  const auto expired = ask(server, token);
  EXPECT_EQ(expired.status, 401);
  EXPECT_EQ(text_at_pointer(expired, "/error/code"), "token_expired");

  const auto tokens = server.login();
  EXPECT_EQ(ask(server, text_at(tokens, "access_token")).status, 200);
  server.revoke(text_at(tokens, "refresh_token"));
  EXPECT_EQ(text_at_pointer(ask(server, text_at(tokens, "access_token")), "/error/code"), "invalid_api_key");
}

TEST(ModelApi, MayNeedAScope) {
  Engine server(with_models({"openai"}, {{"models.scopes", Json::array({"api.write"})}}));
  const auto refused = ask(server, access_token_of(server));

  EXPECT_EQ(refused.status, 403);
  EXPECT_NE(refused.header("WWW-Authenticate").value_or("").find("scope=\"api.write\""), std::string::npos);
  EXPECT_EQ(ask(server, access_token_of(server, {{"scope", "openid api.write"}})).status, 200);
}

TEST(ModelApi, ATokenForAnotherResourceIsNotForIt) {
  Engine server(with_models({"openai"}));
  const auto token = access_token_of(server, {{"resource", server.realm().resource_url() + "/calendar"}});
  EXPECT_EQ(ask(server, token).status, 401);
}

TEST(ModelApi, OwnKeysReplaceTheUsualOne) {
  Engine server(with_models({"openai"}), 7, [](RealmOptions& options) { options.api_keys = {"sk-mine"}; });
  EXPECT_EQ(ask(server, "sk-mine").status, 200);
  EXPECT_EQ(ask(server, kKey).status, 401);
}

TEST(ModelApi, ModelsThatAreNotThereAreRefused) {
  Engine server(with_models({"openai"}, {{"models.names", Json::array({"m1"})}}));
  EXPECT_EQ(ask(server, kKey).status, 200);
  EXPECT_EQ(ask(server, kKey, question({{"model", "m2"}})).status, 404);
}

TEST(ModelApi, LimitsHoldForAMinuteOfTheRealmsTime) {
  Engine server(with_models({"openai"}, {{"models.limits", Json::object({{"requests", 2}})}}));
  EXPECT_EQ(ask(server, kKey).header("x-ratelimit-remaining-requests"), "1");
  EXPECT_EQ(ask(server, kKey).header("x-ratelimit-remaining-requests"), "0");
  const auto refused = ask(server, kKey);
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(text_at_pointer(refused, "/error/code"), "rate_limit_exceeded");
  const auto wait = std::stoi(refused.header("Retry-After").value_or("0"));
  EXPECT_TRUE(wait > 0 && wait <= 60) << wait;
  server.advance(std::chrono::seconds(wait - 1));
  EXPECT_EQ(ask(server, kKey).status, 429);
  server.advance(1s);
  EXPECT_EQ(ask(server, kKey).status, 200);
}

TEST(ModelApi, LimitsOfTokens) {
  Engine server(with_models({"openai"}, {{"models.limits", Json::object({{"input_tokens", 40}})}}));
  EXPECT_EQ(ask(server, kKey).status, 200);
  EXPECT_EQ(ask(server, kKey, question({{"user", std::string(200, 'x')}})).status, 429);
}

TEST(ModelApi, SaysWhatIsScriptedOnceAndWhatTheProfileHasAlways) {
  const Json standing = Json::array({Json::object({{"text", "standing"}, {"when", Json::object({{"contains", "ing"}})}})});
  Engine server(with_models({"openai"}, {{"models.answers", standing}}));
  ASSERT_TRUE(server.realm().add_model_answer(Json::object({{"text", "first"}})));
  ASSERT_TRUE(server.realm().add_model_answer(Json::object({{"text", "of m2"}, {"when", Json::object({{"model", "m2"}})}})));

  EXPECT_EQ(said_in(ask(server, kKey)), "first");
  EXPECT_EQ(said_in(ask(server, kKey)), "standing");
  EXPECT_EQ(said_in(ask(server, kKey)), "standing");
  EXPECT_EQ(said_in(ask(server, kKey, question({{"model", "m2"}}))), "of m2");
  EXPECT_EQ(said_in(ask(server, kKey, question({{"messages", Json::array({message("user", Json("x"))})}}))), "This is m1 of a mock server; you said: x");
}

TEST(ModelApi, ScriptsThatMeanNothingAreRefused) {
  Engine server(with_models({"openai"}));
  for (const auto& bad : {Json(), Json::object(), Json::object({{"text", 1}}), Json::object({{"text", "x"}, {"stop", "later"}}),
                          Json::object({{"text", "x"}, {"say", "y"}}), Json::object({{"text", "x"}, {"when", 1}}),
                          Json::object({{"tool_calls", Json::array({Json::object()})}})}) {
    const auto added = server.realm().add_model_answer(bad);
    ASSERT_FALSE(added) << bad.dump();
    EXPECT_EQ(added.error().code, "model_answer");
  }
  EXPECT_EQ(server.realm().model_answers_left(), 0U);
  EXPECT_TRUE(server.realm().report().is_clean());
}

TEST(ModelApi, MaxTokensCutsTheAnswer) {
  Engine server(with_models({"openai"}));
  const auto cut = ask(server, kKey, question({{"max_tokens", 3}}));
  EXPECT_EQ(said_in(cut), "This is m1");
  EXPECT_EQ(text_at_pointer(cut, "/choices/0/finish_reason"), "length");
  EXPECT_EQ(text_at_pointer(cut, "/usage/completion_tokens"), "3");
  EXPECT_EQ(text_at_pointer(ask(server, kKey), "/choices/0/finish_reason"), "stop");
}

TEST(ModelApi, ATokenThatEndsMidStreamCutsTheAnswer) {
  Engine server(with_models({"openai"}, {{"models.stream_s", 10}}));
  const auto token = access_token_of(server);
  const auto whole = events_in(ask(server, token, question({{"stream", true}})));
  EXPECT_EQ(whole.back().data, "[DONE]");

  server.advance(3595s);
  const auto cut = ask(server, token, question({{"stream", true}}));
  EXPECT_EQ(cut.status, 200);
  const auto events = events_in(cut);
  EXPECT_LT(events.size(), whole.size());
  EXPECT_GT(events.size(), 2U) << "half of it goes out before the token ends";
  EXPECT_EQ(text_at_pointer(events.back().json(), "/error/code"), "token_expired");
  EXPECT_EQ(server.last().reason, "token_expired: the access token ended while the answer was streamed");
  EXPECT_EQ(events_in(ask(server, kKey, question({{"stream", true}}))).back().data, "[DONE]") << "a key never ends";
}

TEST(ModelApi, TakesLongConversations) {
  Engine server(with_models({"openai"}));
  const auto token = access_token_of(server);
  EXPECT_EQ(ask(server, token, question({{"user", std::string(200'000, 'x')}})).status, 200);
  const auto refused = ask(server, token, question({{"user", std::string(1'100'000, 'x')}}));
  EXPECT_EQ(refused.status, 413);
  EXPECT_EQ(text_at_pointer(refused, "/error/type"), "invalid_request_error");
}

TEST(ModelApi, WhatIsNoJsonIsRefused) {
  Engine server(with_models({"openai"}));
  for (const char* body : {"", "{", "[]", "\"x\"", "{\"model\":\"m\",\"messages\":[1]}", "{\"model\":7,\"messages\":[{}]}"}) {
    auto headers = bearer(kKey);
    headers.emplace_back("Content-Type", "application/json");
    const auto answer = server.realm().handle({.method = "POST", .target = "/v1/chat/completions", .headers = headers, .body = body});
    EXPECT_EQ(answer.status, 400) << body << answer.body;
    EXPECT_EQ(text_at_pointer(answer, "/error/type"), "invalid_request_error");
  }
}

TEST(ModelApi, TierAndHeadersAreTheProfiles) {
  Engine server(with_models({"openai"}, {{"models.tier", "priority"}, {"models.headers", Json::object({{"x-plan", "max"}})}}));
  const auto answer = ask(server, kKey);
  EXPECT_EQ(text_at(answer, "service_tier"), "priority");
  EXPECT_EQ(answer.header("x-plan"), "max");
}

TEST(ModelApi, OneSeedSaysTheSame) {
  const auto once = [] {
    Engine server(with_models({"openai"}));
    return ask(server, kKey, question({{"stream", true}})).body;
  };
  EXPECT_EQ(once(), once());
}

TEST(ModelApi, ModelsOfTwoVendorsAtOnePathAreToldApartByAHeader) {
  Engine server(with_models({"anthropic", "openai"}));
  auto headers = bearer(kKey);
  EXPECT_EQ(text_at(server.get("/v1/models", headers), "object"), "list");
  headers = bearer("sk-ant-mockoauth-key");
  headers.emplace_back("anthropic-version", "2023-06-01");
  EXPECT_EQ(text_at(server.get("/v1/models", headers), "first_id"), "claude-opus-4-1");
  EXPECT_EQ(server.realm().handle({.method = "DELETE", .target = "/v1/models", .headers = headers}).status, 405);
}

TEST(ModelApi, CutsTextBetweenCharacters) {
  Engine server(with_models({"openai"}));
  const std::string text = "äöüäöüäöüäöü€€€€€€€€€€ 漢字漢字漢字漢字漢字";
  ASSERT_TRUE(server.realm().add_model_answer(Json::object({{"text", text}})));
  std::string whole;
  for (const auto& event : events_in(ask(server, kKey, question({{"stream", true}})))) {
    const auto json = event.json();
    const auto* piece = json.at_pointer("/choices/0/delta/content");
    if (piece != nullptr && piece->is_string()) whole += *piece->as_string();
  }
  EXPECT_EQ(whole, text);
}

}  // namespace
}  // namespace mockoauth::server::testing::models
