// Where a client_id comes from other than by hand or RFC 7591: knob `client.registration`.
#include "tests/engine_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

Profile by_callback() {
  return plain_but({{"client.registration", "authorize_callback"},
                    {"client.first_id", "everybody"},
                    {"authorize.response_extra", Json::object({{"client_id", "{issued_client_id}"}})}});
}

TEST(IssuedClient, TheFirstCallbackBringsTheClientId) {
  Engine server(by_callback());
  const auto sent = location_of(server.authorize_but({{"client_id", "everybody"}}));
  const auto id = sent.one("client_id").value_or("");
  ASSERT_FALSE(id.empty());
  EXPECT_NE(id, "everybody");

  expect_error(server.redeem_but(sent.one("code").value_or(""), {{"client_id", "everybody"}}), 401, "invalid_client");
  const auto again = location_of(server.authorize_but({{"client_id", id}}));
  EXPECT_EQ(again.one("client_id"), id) << "it is kept from then on";
  EXPECT_EQ(server.redeem_but(again.one("code").value_or(""), {{"client_id", id}}).status, 200);
}

TEST(IssuedClient, EachInstallationGetsItsOwn) {
  Engine server(by_callback());
  const auto one = location_of(server.authorize_but({{"client_id", "everybody"}})).one("client_id");
  const auto other = location_of(server.authorize_but({{"client_id", "everybody"}})).one("client_id");
  EXPECT_NE(one, other);
}

TEST(IssuedClient, TheRulesForRedirectsHoldAllTheSame) {
  Engine server(by_callback());
  EXPECT_EQ(server.authorize_but({{"client_id", "everybody"}, {"redirect_uri", "http://app.example/cb"}}).status, 400);
  EXPECT_EQ(server.authorize_but({{"client_id", "nobody"}}).status, 400);
}

Profile by_installation() {
  return plain_but({{"client.registration", "install_api"},
                    {"client.installation_ttl_s", 60},
                    {"client.names", Json::object({{"client_id", "clientId"}, {"client_secret", "clientSecret"}})},
                    {"response.keys", "camel"},
                    {"token.body", Json::object({{"*", Json::array({"form", "json"})}})}});
}

HttpResponse install(Engine& server, const Json& body) {
  return server.realm().handle({.method = "POST",
                                .target = "/register",
                                .headers = {{"Content-Type", "application/json"}},
                                .body = body.dump()});
}

TEST(IssuedClient, AnInstallationRegistersItselfForAWhile) {
  Engine server(by_installation());
  const auto answer = install(server, Json::object({{"clientName", "cli"}, {"redirectUris", Json::array({std::string(kRedirect)})}}));
  ASSERT_EQ(answer.status, 200) << answer.body;
  const auto id = text_at(answer, "clientId");
  const auto secret = text_at(answer, "clientSecret");
  EXPECT_EQ(body_of(answer).int_at("clientSecretExpiresAt").value_or(0) - body_of(answer).int_at("clientIdIssuedAt").value_or(0), 60);

  auto request = Engine::authorization_request();
  request.remove("client_id");
  request.add("clientId", id);
  const auto redeem = [&] {
    auto form = Engine::code_request(location_of(server.authorize(request)).one("code").value_or(""));
    form.remove("client_id");
    form.add("clientId", id);
    form.add("clientSecret", secret);
    return server.post("/token", form);
  };
  EXPECT_EQ(redeem().status, 200);
  server.advance(60s);
  EXPECT_EQ(redeem().status, 401);
  EXPECT_NE(server.last().reason.find("expired at"), std::string::npos) << server.last().reason;
}

TEST(IssuedClient, AnInstallationThatAsksForNonsense) {
  Engine server(by_installation());
  EXPECT_EQ(install(server, Json::object({{"redirectUris", "x"}})).status, 400);
  EXPECT_EQ(install(server, Json::object({{"redirectUris", Json::array({7})}})).status, 400);
  EXPECT_EQ(install(server, Json::object({{"redirectUris", Json::array({"http://app.example/cb"})}})).status, 400);
  EXPECT_EQ(server.post("/register", {{"clientName", "cli"}}).status, 400);
}

}  // namespace
}  // namespace mockoauth::server::testing
