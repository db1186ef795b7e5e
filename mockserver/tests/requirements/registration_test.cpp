// Dynamic registration, and how a registration is managed.
#include "tests/registering.hpp"
#include "tests/requirements/requirement_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

void refuses(Engine& server, const Json& metadata, std::string_view code) {
  SCOPED_TRACE(metadata.dump());
  const auto answer = register_client(server, metadata);
  refused(answer, 400, code);
  EXPECT_TRUE(text_at(answer, "client_id").empty());
}

void takes(Engine& server, const Json& metadata) {
  const auto answer = register_client(server, metadata);
  EXPECT_EQ(answer.status, 201) << metadata.dump() << " " << answer.body;
  EXPECT_FALSE(text_at(answer, "client_id").empty());
}

REQUIREMENT(registration_created) {
  const auto answer = register_client(server, native_client());
  EXPECT_EQ(answer.status, 201) << answer.body;
  EXPECT_EQ(answer.header("Content-Type"), "application/json");
  EXPECT_EQ(answer.header("Cache-Control"), "no-store");
  EXPECT_EQ(metadata().string_at("registration_endpoint"), "http://127.0.0.1:4321/register");
  const auto id = text_at(answer, "client_id");
  granted(server.redeem_but(server.code({{"client_id", id}}), {{"client_id", id}}));
}

REQUIREMENT(as_registration_secret_expiry) {
  const Registered confidential(server, native_client_but("token_endpoint_auth_method", "client_secret_basic"));
  EXPECT_FALSE(confidential.secret.empty()) << confidential.body.dump();
  EXPECT_EQ(confidential.body.int_at("client_secret_expires_at"), 0);
  const Registered open(server);
  EXPECT_EQ(open.body.find("client_secret"), nullptr);
  EXPECT_EQ(open.body.find("client_secret_expires_at"), nullptr);
}

REQUIREMENT(registration_returns_all) {
  auto sent = native_client_but("client_name", "A client");
  sent.set("client_name#de", "Ein Client");
  sent.set("client_uri", "https://client.example/");
  sent.set("contacts", Json::array({"ada@client.example"}));
  sent.set("scope", "api.read");
  const auto body = Registered(server, sent).body;
  for (const auto& [name, value] : *sent.as_object()) {
    ASSERT_NE(body.find(name), nullptr) << name << " " << body.dump();
    EXPECT_EQ(*body.find(name), value) << name;
  }
  // RFC 7591 §2: what was left out has these values, and they count.
  ASSERT_NE(body.find("grant_types"), nullptr);
  ASSERT_NE(body.find("response_types"), nullptr);
  EXPECT_EQ(*body.find("grant_types"), Json::array({"authorization_code"}));
  EXPECT_EQ(*body.find("response_types"), Json::array({"code"}));
  const auto unnamed = Json::object({{"redirect_uris", Json::array({"https://client.example/cb"})}});
  EXPECT_EQ(text_at(Registered(server, unnamed).body, "token_endpoint_auth_method"), "client_secret_basic");
  // Replaced: the server signs with its own.
  const auto replaced = Registered(server, native_client_but("id_token_signed_response_alg", "ES512")).body;
  EXPECT_EQ(text_at(replaced, "id_token_signed_response_alg"), "RS256");
}

REQUIREMENT(as_registration_unknown_members_ignored) {
  const auto answer = register_client(server, native_client_but("no_such_member", Json::array({1, 2})));
  EXPECT_EQ(answer.status, 201) << answer.body;
  EXPECT_FALSE(text_at(answer, "client_id").empty());
  EXPECT_EQ(body_of(answer).find("no_such_member"), nullptr);
}

REQUIREMENT(registration_bad_redirect_uri) {
  for (const char* uri : {"https://client.example/cb#x", "javascript:alert(1)", "http://client.example/cb",
                          "data:text/html,x", "/callback", "https://user@client.example/cb", "https://"}) {
    refuses(server, native_client_but("redirect_uris", Json::array({uri})), "invalid_redirect_uri");
    refuses(server, native_client_but("redirect_uris", Json::array({"http://127.0.0.1/callback", uri})),
            "invalid_redirect_uri");
  }
  refuses(server, Json::object({{"token_endpoint_auth_method", "none"}}), "invalid_redirect_uri");
  takes(server, native_client());
}

REQUIREMENT(redirect_uri_private_scheme_form) {
  refuses(server, native_client_but("redirect_uris", Json::array({"myapp:/callback"})), "invalid_redirect_uri");
  refuses(server, native_client_but("redirect_uris", Json::array({"myapp://call.back/"})), "invalid_redirect_uri");
  takes(server, native_client_but("redirect_uris", Json::array({"com.example.app:/callback"})));
}

REQUIREMENT(registration_bad_metadata) {
  const std::string_view code = "invalid_client_metadata";
  refuses(server, native_client_but("grant_types", "authorization_code"), code);
  refuses(server, native_client_but("redirect_uris", "http://127.0.0.1/callback"), code);
  refuses(server, native_client_but("client_name", 7), code);
  refuses(server, native_client_but("contacts", Json::array({7})), code);
  refuses(server, native_client_but("client_uri", "javascript:alert(1)"), code);
  refuses(server, native_client_but("dpop_bound_access_tokens", "true"), code);
  refuses(server, native_client_but("token_endpoint_auth_method", "no_such_method"), code);
  refuses(server, native_client_but("grant_types", Json::array({"password"})), code);
  refuses(server, native_client_but("scope", "no.such.scope"), code);
  // §2.1: a response type without its grant type, and the other way round.
  auto contradictory = native_client_but("grant_types", Json::array({"refresh_token"}));
  contradictory.set("response_types", Json::array({"code"}));
  refuses(server, contradictory, code);
  refuses(server, native_client_but("response_types", Json::array()), code);
  // Keys that the method needs.
  refuses(server, native_client_but("token_endpoint_auth_method", "private_key_jwt"), code);
  refuses(server, native_client_but("jwks", Json::object({{"keys", 7}})), code);
  takes(server, native_client());
}

REQUIREMENT(registration_two_key_sources) {
  auto both = native_client_but("jwks_uri", "https://client.example/jwks");
  takes(server, both);
  const auto key = *mimir::codec::Key::generate(mimir::codec::JwsAlgorithm::ES256, "k1");
  const auto jwks = Json::object({{"keys", Json::array({*key.public_jwk()})}});
  takes(server, native_client_but("jwks", jwks));
  both.set("jwks", jwks);
  refuses(server, both, "invalid_client_metadata");
}

REQUIREMENT(registration_json_only) {
  const auto send_as = [&](const std::string& type, const std::string& body) {
    return server.realm().handle({.method = "POST", .target = "/register", .headers = {{"Content-Type", type}},
                                  .body = body});
  };
  const auto form = send_as(std::string(kFormType), "redirect_uris=http%3A%2F%2F127.0.0.1%2Fcallback");
  EXPECT_EQ(form.status, 400);
  EXPECT_TRUE(text_at(form, "client_id").empty());
  EXPECT_EQ(send_as("text/plain", native_client().dump()).status, 400);
  EXPECT_EQ(send_as("application/json", "[]").status, 400);
  EXPECT_EQ(send_as("application/json", "").status, 400);
  EXPECT_EQ(send_as("application/json", native_client().dump()).status, 201);
}

REQUIREMENT(registration_read) {
  Registered client(server);
  const auto answer = client.read();
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.header("Cache-Control"), "no-store");
  EXPECT_EQ(body_of(answer), client.body);
  // Current, not as it once was.
  auto update = native_client_but("client_name", "Renamed");
  update.set("client_id", Json(client.id));
  EXPECT_EQ(client.update(update).status, 200);
  EXPECT_EQ(text_at(client.read(), "client_name"), "Renamed");
}

REQUIREMENT(registration_token_needed) {
  Registered client(server);
  const Registered stranger(server);
  auto update = native_client_but("client_name", "Renamed");
  update.set("client_id", Json(client.id));
  for (const char* method : {"GET", "PUT", "DELETE"}) {
    challenged(send_json(server, method, client.path, update), 401, "");
    challenged(send_json(server, method, client.path, update, "no-such-token"), 401, "invalid_token");
    challenged(send_json(server, method, client.path, update, stranger.token), 401, "invalid_token");
  }
  EXPECT_EQ(client.read().status, 200);
  EXPECT_EQ(body_of(client.read()).find("client_name"), nullptr);
}

REQUIREMENT(registration_update_whole) {
  Registered client(server, native_client_but("token_endpoint_auth_method", "client_secret_basic"));
  auto update = native_client_but("token_endpoint_auth_method", "client_secret_basic");
  update.set("client_id", Json(client.id));
  const auto but = [&](std::string_view name, const Json& value) {
    auto changed = update;
    if (!changed.erase(name) || !value.is_null()) changed.set(name, value);
    return changed;
  };
  refused(client.update(but("client_id", "app")), 400, "invalid_client_metadata");
  refused(client.update(but("client_id", {})), 400, "invalid_client_metadata");
  refused(client.update(but("client_secret", "chosen-by-the-client")), 400, "invalid_client_metadata");
  for (const char* name : {"registration_access_token", "registration_client_uri", "client_secret_expires_at",
                           "client_id_issued_at"}) {
    refused(client.update(but(name, *client.body.find(name))), 400, "invalid_client_metadata");
  }
  EXPECT_EQ(body_of(client.read()), client.body);

  const auto answer = client.update(but("client_secret", Json(client.secret)));
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(text_at(answer, "client_secret"), client.secret);
}

REQUIREMENT(registration_delete) {
  Registered client(server);
  const auto tokens = server.redeem_but(server.code({{"client_id", client.id}}), {{"client_id", client.id}});
  EXPECT_EQ(server.use(text_at(tokens, "access_token")).status, 200);
  const auto answer = client.end();
  EXPECT_EQ(answer.status, 204);
  EXPECT_TRUE(answer.body.empty());
  shown_to_user(server.authorize_but({{"client_id", client.id}}));
  refused(server.refresh("any", {{"client_id", client.id}}), 401, "invalid_client");
  challenged(server.use(text_at(tokens, "access_token")), 401, "invalid_token");
  challenged(client.read(), 401, "invalid_token");
}

}  // namespace
}  // namespace mockoauth::server::testing
