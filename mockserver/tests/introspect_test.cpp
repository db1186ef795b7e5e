// Token introspection beyond the rows of requirements/introspect_test.cpp.
#include "tests/engine_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

constexpr std::string_view kApiSecret = "a secret of the resource server";

/// A resource server that may look up the tokens for this resource.
void add_resource_server(Engine& server, const std::string& resource) {
  server.realm().add_client({.client_id = "api", .client_secret = std::string(kApiSecret), .server_of = {resource}});
}

Json look_up(Engine& server, const std::string& token, std::initializer_list<Parameters::Pair> more = {}) {
  Parameters form{{"token", token}};
  for (const auto& [name, value] : more) form.set(name, value);
  const auto answer = server.post("/introspect", form, basic("api", kApiSecret));
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.header("Cache-Control"), "no-store");
  return body_of(answer);
}

TEST(Introspect, TellsAResourceServerOfItsOwnTokensOnly) {
  Engine server;
  add_resource_server(server, server.realm().resource_url());
  EXPECT_EQ(look_up(server, text_at(server.login(), "access_token")).bool_at("active"), true);

  const auto calendar = server.realm().resource_url() + "/calendar";
  const auto elsewhere = server.login({{"resource", calendar}});
  EXPECT_EQ(look_up(server, text_at(elsewhere, "access_token")).dump(), R"({"active":false})");
  EXPECT_NE(server.last().reason.find("none of the caller's business"), std::string::npos) << server.last().reason;
  add_resource_server(server, calendar);
  EXPECT_EQ(look_up(server, text_at(elsewhere, "access_token")).string_at("aud"), calendar);
}

TEST(Introspect, SaysNothingOfARefreshTokenToAResourceServer) {
  Engine server;
  add_resource_server(server, server.realm().resource_url());
  EXPECT_EQ(look_up(server, text_at(server.login(), "refresh_token")).dump(), R"({"active":false})");
}

TEST(Introspect, TellsAnyClientWhereTheProfileSaysSo) {
  Engine server(plain_but({{"introspection.tokens", "any"}}));
  add_resource_server(server, "https://elsewhere.example/");
  const auto tokens = server.login();
  EXPECT_EQ(look_up(server, text_at(tokens, "access_token")).bool_at("active"), true);
  EXPECT_EQ(look_up(server, text_at(tokens, "refresh_token")).bool_at("active"), true);
}

TEST(Introspect, LooksBeyondAWrongHint) {
  Engine server(plain_but({{"introspection.tokens", "any"}}));
  add_resource_server(server, "");
  const auto tokens = server.login();
  for (const char* hint : {"access_token", "refresh_token", "no_such_type"}) {
    for (const char* kind : {"access_token", "refresh_token"}) {
      const auto body = look_up(server, text_at(tokens, kind), {{"token_type_hint", hint}});
      EXPECT_EQ(body.bool_at("active"), true) << kind << " as " << hint;
    }
  }
}

TEST(Introspect, DescribesWhoSignedInAndHow) {
  Engine server;
  add_resource_server(server, server.realm().resource_url());
  const auto body = look_up(server, text_at(server.login({{"acr_values", "mfa"}}), "access_token"));
  EXPECT_EQ(body.string_at("sub"), "ada");
  EXPECT_EQ(body.string_at("username"), "Ada Lovelace");
  EXPECT_EQ(body.string_at("iss"), server.realm().issuer());
  EXPECT_EQ(body.string_at("aud"), server.realm().resource_url());
  EXPECT_EQ(body.int_at("iat"), 1'800'000'000);
  EXPECT_EQ(body.string_at("acr"), "mfa");  // RFC 9470 §6.2
  EXPECT_EQ(body.int_at("auth_time"), 1'800'000'000);
}

TEST(Introspect, ReadsAJwtAccessToken) {
  Engine server(plain_but({{"access.format", "jwt"}}));
  add_resource_server(server, server.realm().resource_url());
  const auto token = text_at(server.login(), "access_token");
  const auto claims = claims_of(token);
  const auto body = look_up(server, token);
  for (const char* name : {"jti", "sub", "client_id", "exp", "iat", "iss", "aud", "scope"}) {
    ASSERT_NE(body.find(name), nullptr) << name << " " << body.dump();
    EXPECT_EQ(*body.find(name), *claims.find(name)) << name;
  }
  // Signed here but forgotten: it is judged by what it says, as resources do (RFC 9068 §4).
  server.realm().reset();
  EXPECT_EQ(look_up(server, token).bool_at("active"), true);
  EXPECT_EQ(look_up(server, token + "x").bool_at("active"), false);
  server.advance(1h);
  EXPECT_EQ(look_up(server, token).dump(), R"({"active":false})");
}

TEST(Introspect, CallsARefreshTokenActiveAsLongAsItWouldBeTaken) {
  Engine server(plain_but({{"introspection.tokens", "any"}, {"refresh.grace_s", 10}, {"refresh.idle_ttl_s", 100}}));
  add_resource_server(server, "");
  const auto first = text_at(server.login(), "refresh_token");
  const auto second = text_at(server.refresh(first), "refresh_token");
  EXPECT_EQ(look_up(server, first).bool_at("active"), true);  // Within the grace.
  server.advance(10s);
  EXPECT_EQ(look_up(server, first).bool_at("active"), false);
  EXPECT_EQ(look_up(server, second).bool_at("active"), true);
  server.advance(89s);
  EXPECT_EQ(look_up(server, second).bool_at("active"), true);
  server.advance(1s);
  EXPECT_EQ(look_up(server, second).bool_at("active"), false);
}

TEST(Introspect, RefusesWhatIsNoRequest) {
  Engine server;
  add_resource_server(server, "");
  expect_error(server.post("/introspect", {}, basic("api", kApiSecret)), 400, "invalid_request", "token is missing");
  const HttpRequest json{.method = "POST", .target = "/introspect",
                         .headers = {{"Content-Type", "application/json"}}, .body = R"({"token":"x"})"};
  expect_error(server.realm().handle(json), 400, "invalid_request", "form-urlencoded");
}

TEST(Introspect, IsInTheMetadataWithItsMethods) {
  Engine server;
  const auto document = body_of(server.get("/.well-known/oauth-authorization-server"));
  EXPECT_EQ(document.string_at("introspection_endpoint"), "http://127.0.0.1:4321/introspect");
  const auto methods = document.find("introspection_endpoint_auth_methods_supported")->dump();
  EXPECT_EQ(methods.find("\"none\""), std::string::npos) << methods;
  EXPECT_NE(methods.find("\"private_key_jwt\""), std::string::npos) << methods;
  // RFC 8414 §2: needed beside either assertion method.
  for (const char* endpoint : {"token_endpoint", "revocation_endpoint", "introspection_endpoint"}) {
    const auto* algorithms = document.find(std::string(endpoint) + "_auth_signing_alg_values_supported");
    ASSERT_NE(algorithms, nullptr) << endpoint;
    EXPECT_NE(algorithms->dump().find("\"ES256\""), std::string::npos);
    EXPECT_NE(algorithms->dump().find("\"HS256\""), std::string::npos);
  }

  Engine without(plain_but({{"introspection.style", "none"}}));
  EXPECT_EQ(body_of(without.get("/.well-known/oauth-authorization-server")).find("introspection_endpoint"), nullptr);
  EXPECT_EQ(without.post("/introspect", {}).status, 404);
}

}  // namespace
}  // namespace mockoauth::server::testing
