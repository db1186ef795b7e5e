// The token endpoint: form of requests and answers.
#include "tests/requirements/requirement_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

REQUIREMENT(token_post_only) {
  const auto form = Engine::code_request(server.code());
  const auto by_get = server.get("/token?" + form.encode());
  EXPECT_EQ(by_get.status, 405);
  EXPECT_TRUE(text_at(by_get, "access_token").empty());
  granted(token(form));
}

REQUIREMENT(token_credentials_in_url_refused) {
  const auto code = web_code();
  auto form = Engine::code_request(code);
  form.set("client_id", "web");
  form.set("redirect_uri", std::string(kWebRedirect));
  const Parameters secret{{"client_secret", std::string(kWebSecret)}};
  const auto answer = server.post("/token?" + secret.encode(), form);
  refused(answer, 400, "invalid_request");
  granted(web_redeem(code));
}

REQUIREMENT(token_form_only) {
  const auto code = server.code();
  Json body = Json::object();
  const auto form = Engine::code_request(code);
  for (const auto& [name, value] : form.pairs()) body.set(name, Json(value));
  const auto answer = server.realm().handle(
      {.method = "POST", .target = "/token", .headers = {{"Content-Type", "application/json"}}, .body = body.dump()});
  EXPECT_TRUE(answer.status == 400 || answer.status == 415) << answer.status;
  EXPECT_EQ(text_at(answer, "error"), "invalid_request");
  granted(server.redeem(code));
}

REQUIREMENT(token_unknown_parameter_ignored) {
  granted(server.redeem_but(server.code(), {{"no_such_parameter", "x"}, {"nonce", "y"}}));
}

REQUIREMENT(token_parameter_repeated) {
  const auto code = server.code();
  auto form = Engine::code_request(code);
  form.add("code", code);
  refused(token(form), 400, "invalid_request");
  granted(server.redeem(code));
}

REQUIREMENT(token_empty_parameter_as_absent) {
  auto form = Engine::code_request(server.code());
  const auto code = *form.one("code");
  form.set("code", "");
  refused(token(form), 400, "invalid_request");
  granted(server.redeem(code));
}

REQUIREMENT(token_grant_type_missing) {
  const auto code = server.code();
  refused(server.redeem_but(code, {{"grant_type", ""}}), 400, "invalid_request");
  granted(server.redeem(code));
}

REQUIREMENT(token_grant_type_unknown) {
  const auto code = server.code();
  refused(server.redeem_but(code, {{"grant_type", "banana"}}), 400, "unsupported_grant_type");
  granted(server.redeem(code));
}

REQUIREMENT(token_response_json) {
  const auto answer = server.redeem(server.code());
  granted(answer);
  EXPECT_TRUE(answer.header("Content-Type").value_or("").starts_with("application/json"));
  EXPECT_TRUE(body_of(answer).is_object());
}

REQUIREMENT(token_response_no_store) {
  const auto code = server.code();
  const auto success = server.redeem(code);
  const auto error = server.redeem(code);
  granted(success);
  refused(error, 400, "invalid_grant");
  EXPECT_EQ(success.header("Cache-Control"), "no-store");
  EXPECT_EQ(error.header("Cache-Control"), "no-store");
}

REQUIREMENT(token_response_no_pragma) {
  const auto code = server.code();
  const auto success = server.redeem(code);
  const auto error = server.redeem(code);
  granted(success);
  refused(error, 400, "invalid_grant");
  EXPECT_EQ(success.header("Pragma"), "no-cache");
  EXPECT_EQ(error.header("Pragma"), "no-cache");
}

REQUIREMENT(token_response_members) {
  const auto tokens = server.login();
  EXPECT_FALSE(tokens.string_at("access_token").value_or("").empty());
  EXPECT_EQ(tokens.string_at("token_type"), "Bearer");
  EXPECT_EQ(server.use(access_of(tokens)).status, 200);
}

REQUIREMENT(token_response_expires_in) {
  const auto tokens = server.login();
  const auto life = tokens.int_at("expires_in");
  ASSERT_TRUE(life);
  server.advance(std::chrono::seconds(*life - 1));
  EXPECT_EQ(server.use(access_of(tokens)).status, 200);
  server.advance(1s);
  challenged(server.use(access_of(tokens)), 401, "invalid_token");
}

REQUIREMENT(token_response_scope_when_different) {
  // Where it is named only when it has to be, too.
  Engine dropping(plain_but({{"scope.unknown", "drop"}, {"response.scope", "if_changed"}}));
  EXPECT_EQ(dropping.login({{"scope", "api.read no.such.scope"}}).string_at("scope"), "api.read");
  EXPECT_EQ(dropping.login({{"scope", "api.read"}}).find("scope"), nullptr);
  // Nobody asked for any: what was granted by default is named, too.
  EXPECT_TRUE(server.login({{"scope", ""}}).string_at("scope"));
}

REQUIREMENT(token_error_json) {
  const auto code = server.code();
  for (const auto& answer :
       {server.redeem_but(code, {{"grant_type", "banana"}}), server.redeem_but(code, {{"code", ""}}),
        server.redeem("no-such-code"), server.redeem_but(code, {{"client_id", "nobody"}})}) {
    EXPECT_TRUE(answer.status == 400 || answer.status == 401) << answer.status;
    EXPECT_TRUE(answer.header("Content-Type").value_or("").starts_with("application/json"));
    EXPECT_FALSE(text_at(answer, "error").empty()) << answer.body;
  }
  granted(server.redeem(code));
}

REQUIREMENT(token_error_characters) {
  const std::string hostile = "a\"b\\c\r\nd<\xc3\xa4>\x01";
  const auto code = server.code();
  for (const auto& answer :
       {server.redeem_but(code, {{"grant_type", hostile}}), server.redeem_but(code, {{"code", hostile}}),
        server.redeem_but(code, {{"client_id", hostile}})}) {
    EXPECT_GE(answer.status, 400);
    is_oauth_text(text_at(answer, "error"));
    is_oauth_text(text_at(answer, "error_description"));
  }
  granted(server.redeem(code));
}

REQUIREMENT(token_password_grant_off) {
  refused(token({{"grant_type", "password"}, {"client_id", "app"}, {"username", "ada"}, {"password", "ada"}}), 400,
          "unsupported_grant_type");
  granted(server.redeem(server.code()));
}

REQUIREMENT(token_entropy) {
  unguessable([this] { return access_of(server.login()); });
  unguessable([this] { return refresh_of(server.login()); });
}

}  // namespace
}  // namespace mockoauth::server::testing
