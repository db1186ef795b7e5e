// OpenID Connect.
#include <mimir/codec/jws.hpp>

#include "tests/requirements/requirement_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

REQUIREMENT(op_idtoken_required_claims) {
  const auto claims = claims_of(id_token_of(server.login()));
  EXPECT_EQ(claims.string_at("iss"), metadata().string_at("issuer"));
  EXPECT_EQ(claims.string_at("sub"), "ada");
  EXPECT_NE(claims.find("aud"), nullptr);
  EXPECT_EQ(claims.int_at("iat"), 1'800'000'000);
  EXPECT_GT(claims.int_at("exp").value_or(0), 1'800'000'000);
  // Without openid there is none (OIDC Core §3.1.2.1).
  EXPECT_EQ(server.login({{"scope", "api.read"}}).find("id_token"), nullptr);
}

REQUIREMENT(op_idtoken_audience) {
  EXPECT_EQ(claims_of(id_token_of(server.login())).string_at("aud"), "app");
  EXPECT_EQ(claims_of(id_token_of(web_login())).string_at("aud"), "web");
}

REQUIREMENT(op_idtoken_nonce) {
  const std::string nonce = "n-0S6_WzA2Mj \"\xc3\xa4" + std::string(200, 'x');
  EXPECT_EQ(claims_of(id_token_of(server.login({{"nonce", nonce}}))).string_at("nonce"), nonce);
  EXPECT_EQ(claims_of(id_token_of(server.login())).find("nonce"), nullptr);
}

REQUIREMENT(op_idtoken_verifies) {
  const auto id_token = id_token_of(server.login());
  EXPECT_TRUE(signed_by_server(server, id_token));
  EXPECT_FALSE(mimir::codec::Jws::parse(id_token)->header.string_at("kid").value_or("").empty());
  auto altered = id_token;
  altered[altered.size() / 2] = altered[altered.size() / 2] == 'A' ? 'B' : 'A';
  EXPECT_FALSE(signed_by_server(server, altered));
}

REQUIREMENT(op_idtoken_at_hash) {
  const auto tokens = server.login();
  const auto digest = mimir::codec::sha256(access_of(tokens));
  EXPECT_EQ(mimir::codec::Jws::parse(id_token_of(tokens))->header.string_at("alg"), "RS256");
  EXPECT_EQ(claims_of(id_token_of(tokens)).string_at("at_hash"), mimir::codec::base64url_encode(digest.substr(0, 16)));
}

REQUIREMENT(op_unknown_parameters) {
  got_code(server.authorize_but({{"display", "popup"}, {"ui_locales", "de fr"}, {"no_such_parameter", "x"}}));
  got_code(server.authorize_but({{"display", "no-such-display"}, {"claims_locales", "de"}}));
}

REQUIREMENT(op_userinfo_subject) {
  for (const char* user : {"ada", "bob"}) {
    server.realm().choose_user(user);
    const auto tokens = server.login();
    const auto answer = server.get("/userinfo", bearer(access_of(tokens)));
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(text_at(answer, "sub"), user);
    EXPECT_EQ(claims_of(id_token_of(tokens)).string_at("sub"), user);
  }
}

REQUIREMENT(op_userinfo_needs_token) {
  const auto none = server.get("/userinfo");
  challenged(none, 401, "");
  EXPECT_NE(none.header("WWW-Authenticate").value_or("").find("Bearer"), std::string::npos);
  challenged(server.get("/userinfo", bearer("no-such-token")), 401, "invalid_token");
  EXPECT_EQ(server.get("/userinfo", bearer(access_of(server.login()))).status, 200);
}

REQUIREMENT(op_refresh_idtoken) {
  const auto login = server.login({{"nonce", "n"}});
  const auto before = claims_of(id_token_of(login));
  server.advance(60s);

  const auto after = claims_of(id_token_of(body_of(server.refresh(refresh_of(login)))));

  for (const char* name : {"iss", "sub", "aud"}) EXPECT_EQ(after.string_at(name), before.string_at(name)) << name;
  EXPECT_EQ(after.int_at("auth_time"), before.int_at("auth_time"));
  EXPECT_EQ(after.int_at("iat"), 1'800'000'060);
}

Parameters web_request(std::initializer_list<Parameters::Pair> more = {}) {
  Parameters request{{"response_type", "code"}, {"client_id", "web"}, {"redirect_uri", std::string(kWebRedirect)},
                     {"scope", "openid"}};
  for (const auto& [name, value] : more) request.set(name, value);
  return request;
}

REQUIREMENT(op_idtoken_auth_time) {
  const auto claims_for = [&](const HttpResponse& answer) {
    got_code(answer);
    const auto code = location_of(answer).one("code").value_or("");
    return claims_of(text_at(web_redeem(code, {{"code_verifier", ""}}), "id_token"));
  };
  const auto signed_in = server.authorize(web_request({{"max_age", "60"}}));
  EXPECT_EQ(claims_for(signed_in).int_at("auth_time"), 1'800'000'000);
  server.advance(60s);
  const auto recent = server.authorize(web_request({{"max_age", "60"}}), cookie_of(signed_in));
  EXPECT_EQ(claims_for(recent).int_at("auth_time"), 1'800'000'000);
  server.advance(1s);
  const auto renewed = server.authorize(web_request({{"max_age", "60"}}), cookie_of(signed_in));
  EXPECT_EQ(claims_for(renewed).int_at("auth_time"), 1'800'000'061);
}

REQUIREMENT(op_prompt_none) {
  redirected_with(server.authorize(web_request({{"prompt", "none"}})), "login_required");
  const auto signed_in = server.authorize(web_request());
  got_code(signed_in);
  got_code(server.authorize(web_request({{"prompt", "none"}}), cookie_of(signed_in)));
}

REQUIREMENT(op_prompt_login) {
  const auto cookie = cookie_of(server.authorize(web_request()));
  server.realm().decide(UserDecision::Abandon);
  // With the session nobody is asked, so nobody can walk away; asked again, the person sees a page and does.
  got_code(server.authorize(web_request(), cookie));
  const auto page = server.authorize(web_request({{"prompt", "login"}}), cookie);
  EXPECT_EQ(page.status, 200);
  EXPECT_FALSE(page.header("Location"));
}

REQUIREMENT(op_offline_access) {
  Engine mixed(plain_but({{"authorize.response_types", Json::array({"code", "token"})}}));
  const auto front = location_of(mixed.authorize_but({{"response_type", "token"}}));
  EXPECT_EQ(front.one("scope"), "openid api.read");
  EXPECT_EQ(front.count("refresh_token"), 0u);
  EXPECT_EQ(mixed.login().string_at("scope"), "openid api.read offline_access");
}

}  // namespace
}  // namespace mockoauth::server::testing
