// The authorization endpoint: requests in general.
#include "tests/requirements/requirement_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

REQUIREMENT(authorize_get) { got_code(server.authorize(Engine::authorization_request())); }

REQUIREMENT(authorize_unknown_parameter_ignored) {
  got_code(server.authorize_but({{"no_such_parameter", "x"}, {"another[]", "y"}}));
}

REQUIREMENT(authorize_empty_parameter_as_absent) {
  auto request = Engine::authorization_request();
  request.set("scope", "");
  const auto empty = server.authorize(request);
  got_code(empty);
  const auto with_empty = body_of(server.redeem(location_of(empty).one("code").value_or("")));
  const auto with_none = server.login({{"scope", ""}});
  EXPECT_EQ(with_empty.string_at("scope"), with_none.string_at("scope"));

  request = Engine::authorization_request();
  request.set("response_type", "");
  redirected_with(server.authorize(request), "invalid_request");
}

REQUIREMENT(authorize_parameter_repeated) {
  for (const char* name : {"state", "scope", "response_type"}) {
    auto request = Engine::authorization_request();
    request.add(name, *request.one(name));
    redirected_with(server.authorize(request), "invalid_request");
  }
  got_code(server.authorize(Engine::authorization_request()));
}

REQUIREMENT(authorize_response_type_missing) {
  redirected_with(server.authorize_but({{"response_type", ""}}), "invalid_request");
  got_code(server.authorize_but({{"response_type", "code"}}));
}

REQUIREMENT(authorize_response_type_unsupported) {
  redirected_with(server.authorize_but({{"response_type", "banana"}}), "unsupported_response_type");
  redirected_with(server.authorize_but({{"response_type", "code banana"}}), "unsupported_response_type");
  got_code(server.authorize_but({{"response_type", "code"}}));
}

REQUIREMENT(authorize_no_token_in_front_channel) {
  for (const char* type : {"token", "code token", "id_token token", "code id_token token"}) {
    const auto response = server.authorize_but({{"response_type", type}, {"nonce", "n"}});
    const auto location = response.header("Location").value_or("");
    EXPECT_NE(location.find("error=unsupported_response_type"), std::string::npos) << type << " " << location;
    EXPECT_EQ(location.find("access_token"), std::string::npos) << type;
  }
  const auto response = server.authorize_but({});
  got_code(response);
  EXPECT_EQ(response.header("Location").value_or("").find("access_token"), std::string::npos);
}

REQUIREMENT(authorize_client_unknown) {
  shown_to_user(server.authorize_but({{"client_id", "nobody"}}));
  got_code(server.authorize_but({{"client_id", "app"}}));
}

REQUIREMENT(authorize_client_missing) {
  shown_to_user(server.authorize_but({{"client_id", ""}}));
  got_code(server.authorize_but({{"client_id", "app"}}));
}

REQUIREMENT(authorize_scope_invalid) {
  redirected_with(server.authorize_but({{"scope", "api.read no.such.scope"}}), "invalid_scope");
  got_code(server.authorize_but({{"scope", "api.read"}}));
}

REQUIREMENT(authorize_scope_order) {
  const auto scopes_of = [](const Json& tokens) {
    std::set<std::string> scopes;
    std::string text = text_at(tokens, "scope") + " ";
    for (std::size_t at; (at = text.find(' ')) != std::string::npos; text.erase(0, at + 1)) {
      scopes.insert(text.substr(0, at));
    }
    return scopes;
  };
  const auto there = scopes_of(server.login({{"scope", "openid api.read api.write"}}));
  EXPECT_EQ(there, scopes_of(server.login({{"scope", "api.write openid api.read"}})));
  EXPECT_EQ(there.size(), 3u);
}

constexpr std::string_view kOddState = "a&b=c d+e%20f/?#\"<>\\'\xc3\xa4;:@[]";

REQUIREMENT(authorize_state_echoed) {
  const std::string state = std::string(kOddState) + std::string(2000, 'x');
  const auto response = server.authorize_but({{"state", state}});
  got_code(response);
  EXPECT_EQ(location_of(response).one("state"), state);
}

REQUIREMENT(authorize_state_echoed_on_error) {
  const std::string state(kOddState);
  const auto response = server.authorize_but({{"state", state}, {"scope", "no.such.scope"}});
  redirected_with(response, "invalid_scope");
  EXPECT_EQ(location_of(response).one("state"), state);
}

REQUIREMENT(authorize_state_not_invented) {
  const auto response = server.authorize_but({{"state", ""}});
  got_code(response);
  EXPECT_EQ(location_of(response).count("state"), 0u);
  EXPECT_EQ(location_of(server.authorize_but({{"state", "mine"}})).one("state"), "mine");
}

REQUIREMENT(authorize_denied) {
  server.realm().decide(UserDecision::Deny);
  const auto denied = server.authorize_but({});
  redirected_with(denied, "access_denied");
  EXPECT_EQ(location_of(denied).one("state"), "xyz");

  server.realm().decide(UserDecision::Approve);
  got_code(server.authorize_but({}));
}

REQUIREMENT(authorize_error_characters) {
  const std::string hostile = "a\"b\\c\r\nd<\xc3\xa4>\x01";
  const auto bad_scope = server.authorize_but({{"scope", hostile}});
  const auto bad_type = server.authorize_but({{"response_type", hostile}});
  redirected_with(bad_scope, "invalid_scope");
  redirected_with(bad_type, "unsupported_response_type");
  for (const auto& response : {bad_scope, bad_type}) {
    is_oauth_text(location_of(response).one("error").value_or(""));
    is_oauth_text(location_of(response).one("error_description").value_or(""));
    EXPECT_EQ(response.header("Location").value_or("").find_first_of("\r\n"), std::string::npos);
  }
  got_code(server.authorize_but({}));
}

REQUIREMENT(authorize_iss_in_response) {
  const auto response = server.authorize_but({});
  got_code(response);
  EXPECT_EQ(location_of(response).one("iss"), metadata().string_at("issuer"));
}

REQUIREMENT(authorize_iss_in_error) {
  const auto response = server.authorize_but({{"response_type", "banana"}});
  redirected_with(response, "unsupported_response_type");
  EXPECT_EQ(location_of(response).one("iss"), metadata().string_at("issuer"));
}

// What a person may see: the page to sign in at, and the page that says what is wrong.
std::vector<HttpResponse> pages(Engine& server) {
  server.realm().decide(UserDecision::Abandon);
  const auto sign_in = server.authorize_but({});
  EXPECT_EQ(sign_in.status, 200);
  EXPECT_FALSE(sign_in.header("Location"));
  server.realm().decide(UserDecision::Approve);
  const auto error = server.authorize_but({{"client_id", "nobody"}});
  shown_to_user(error);
  return {sign_in, error};
}

REQUIREMENT(authorize_not_frameable) {
  for (const auto& page : pages(server)) {
    EXPECT_EQ(page.header("X-Frame-Options"), "DENY");
    EXPECT_NE(page.header("Content-Security-Policy").value_or("").find("frame-ancestors 'none'"), std::string::npos);
  }
}

REQUIREMENT(authorize_referrer_policy) {
  for (const auto& page : pages(server)) {
    EXPECT_EQ(page.header("Referrer-Policy"), "no-referrer");
    EXPECT_NE(page.header("Content-Security-Policy").value_or("").find("default-src 'none'"), std::string::npos);
    for (const char* loads : {"src=", "href=\"http", "url("}) {
      EXPECT_EQ(page.body.find(loads), std::string::npos) << loads;
    }
  }
  const auto redirect = server.authorize_but({});
  got_code(redirect);
  EXPECT_EQ(redirect.header("Referrer-Policy"), "no-referrer");
}

REQUIREMENT(authorize_no_cors) {
  const std::string target = "/authorize?" + Engine::authorization_request().encode();
  const Headers elsewhere = {{"Origin", "https://evil.example"}};
  const auto response = server.get(target, elsewhere);
  got_code(response);
  EXPECT_FALSE(response.header("Access-Control-Allow-Origin"));
  EXPECT_FALSE(server.get("/authorize?client_id=nobody", elsewhere).header("Access-Control-Allow-Origin"));
}

REQUIREMENT(authorize_no_307) {
  const auto response = server.post("/authorize", Engine::authorization_request());
  got_code(response);
  EXPECT_EQ(response.status, 303);
  EXPECT_EQ(server.authorize_but({{"response_type", "banana"}}).status, 303);
}

REQUIREMENT(authorize_response_not_cached) {
  const auto response = server.authorize_but({});
  got_code(response);
  EXPECT_EQ(response.header("Cache-Control"), "no-store");
  const auto error = server.authorize_but({{"response_type", "banana"}});
  redirected_with(error, "unsupported_response_type");
  EXPECT_EQ(error.header("Cache-Control"), "no-store");
}

REQUIREMENT(authorize_no_automatic_bad_redirect) {
  server.realm().decide(UserDecision::Abandon);
  const auto page = server.authorize_but({{"scope", "no.such.scope"}});
  EXPECT_EQ(page.status, 200);
  EXPECT_FALSE(page.header("Location"));
  redirected_with(server.authorize_but({{"scope", "no.such.scope"}, {"prompt", "none"}}), "invalid_scope");

  server.realm().decide(UserDecision::Approve);
  redirected_with(server.authorize_but({{"scope", "no.such.scope"}}), "invalid_scope");
  got_code(server.authorize_but({}));
}

REQUIREMENT(authorize_public_client_consent) {
  const auto first = server.authorize_but({});
  got_code(first);
  redirected_with(server.authorize_but({{"prompt", "none"}}, cookie_of(first)), "consent_required");
  // A confidential client has shown who it is, so what the user said still stands.
  const auto target = "/authorize?" + Parameters{{"response_type", "code"}, {"client_id", "web"}, {"scope", "openid"},
                                                 {"redirect_uri", std::string(kWebRedirect)}}.encode();
  const auto web = server.get(target);
  got_code(web);
  got_code(server.get(target + "&prompt=none", cookie_of(web)));
}

}  // namespace
}  // namespace mockoauth::server::testing
