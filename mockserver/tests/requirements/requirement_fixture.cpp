#include "tests/requirements/requirement_fixture.hpp"

#include <algorithm>

#include <mimir/codec/jws.hpp>

namespace mockoauth::server::testing {

std::string Requirement::web_code(std::initializer_list<Parameters::Pair> changes) {
  Parameters request = Engine::authorization_request();
  request.set("client_id", "web");
  request.set("redirect_uri", std::string(kWebRedirect));
  request.set("scope", "openid api.read");
  for (const auto& [name, value] : changes) {
    if (value.empty()) {
      request.remove(name);
    } else {
      request.set(name, value);
    }
  }
  const auto response = server.authorize(request);
  const auto code = location_of(response).one("code");
  EXPECT_TRUE(code) << response.status << " " << response.header("Location").value_or(response.body);
  return code.value_or("");
}

HttpResponse Requirement::web_redeem(const std::string& code, std::initializer_list<Parameters::Pair> changes) {
  Parameters form = Engine::code_request(code);
  form.remove("client_id");
  form.set("redirect_uri", std::string(kWebRedirect));
  for (const auto& [name, value] : changes) {
    if (value.empty()) {
      form.remove(name);
    } else {
      form.set(name, value);
    }
  }
  return server.post("/token", form, basic("web", kWebSecret));
}

void granted(const HttpResponse& response) {
  EXPECT_EQ(response.status, 200) << response.body;
  EXPECT_FALSE(text_at(response, "access_token").empty()) << response.body;
}

void refused(const HttpResponse& response, int status, std::string_view code) { expect_error(response, status, code); }

void got_code(const HttpResponse& response) {
  EXPECT_EQ(response.status, 303) << response.body;
  EXPECT_TRUE(location_of(response).one("code")) << response.header("Location").value_or("no Location");
}

void shown_to_user(const HttpResponse& response) {
  EXPECT_GE(response.status, 400);
  EXPECT_LT(response.status, 500) << response.body;
  EXPECT_FALSE(response.header("Location"));
  EXPECT_EQ(response.header("Content-Type"), "text/html; charset=utf-8");
}

void redirected_with(const HttpResponse& response, std::string_view error) {
  EXPECT_EQ(response.status, 303) << response.body;
  const auto parameters = location_of(response);
  EXPECT_EQ(parameters.one("error"), error) << response.header("Location").value_or("no Location");
  EXPECT_FALSE(parameters.one("code"));
}

void challenged(const HttpResponse& response, int status, std::string_view code) {
  EXPECT_EQ(response.status, status) << response.body;
  const auto challenge = response.header("WWW-Authenticate").value_or("");
  const auto error = challenge.find("error=");
  if (code.empty()) {
    EXPECT_EQ(error, std::string::npos) << challenge;
  } else {
    EXPECT_NE(challenge.find("error=\"" + std::string(code) + "\""), std::string::npos) << challenge;
  }
}

void is_oauth_text(std::string_view text) {
  EXPECT_FALSE(text.empty());
  for (const char c : text) EXPECT_TRUE(c >= 0x20 && c <= 0x7e && c != '"' && c != '\\') << text;
}

bool signed_by_server(Engine& server, const std::string& jwt) {
  using mimir::codec::JwsAlgorithm;
  const auto keys = mimir::codec::KeySet::from_jwks(body_of(server.get("/jwks")));
  const auto jws = mimir::codec::Jws::parse(jwt);
  if (!keys || !jws) return false;
  const auto* key = keys->find(text_at(jws->header, "kid"));
  const JwsAlgorithm allowed[] = {JwsAlgorithm::RS256, JwsAlgorithm::ES256, JwsAlgorithm::EdDSA};
  return key != nullptr && mimir::codec::jws_verify(*jws, *key, allowed).has_value();
}

void unguessable(const std::function<std::string()>& make) {
  std::set<std::string> seen;
  std::set<std::string> beginnings;
  for (int i = 0; i < 8; ++i) {
    const std::string one = make();
    EXPECT_GE(one.size(), 22u) << "128 bits are 22 characters of base64url (RFC 6749 §10.10): " << one;
    EXPECT_TRUE(seen.insert(one).second) << "came twice: " << one;
    EXPECT_TRUE(beginnings.insert(one.substr(0, 8)).second) << "begins like another one: " << one;
  }
}

}  // namespace mockoauth::server::testing
