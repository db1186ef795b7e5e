// Pushed authorization requests.
#include "tests/requirements/requirement_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

std::string uri_of(const HttpResponse& pushed) { return text_at(pushed, "request_uri"); }

HttpResponse use_uri(Engine& server, const std::string& request_uri, std::string_view client = "app") {
  return server.authorize({{"client_id", std::string(client)}, {"request_uri", request_uri}});
}

REQUIREMENT(par_created) {
  const auto pushed = server.push();
  EXPECT_EQ(pushed.status, 201) << pushed.body;
  EXPECT_TRUE(pushed.header("Content-Type").value_or("").starts_with("application/json"));
  EXPECT_EQ(pushed.header("Cache-Control"), "no-store");
  EXPECT_FALSE(uri_of(pushed).empty());
  EXPECT_GT(body_of(pushed).int_at("expires_in").value_or(0), 0);

  const auto answer = use_uri(server, uri_of(pushed));
  got_code(answer);
  granted(server.redeem(location_of(answer).one("code").value_or("")));
}

REQUIREMENT(par_authenticates) {
  const Parameters request{
      {"response_type", "code"}, {"client_id", "web"}, {"redirect_uri", std::string(kWebRedirect)}};
  refused(server.post("/par", request), 401, "invalid_client");
  refused(server.post("/par", request, basic("web", "wrong")), 401, "invalid_client");
  EXPECT_EQ(server.post("/par", request, basic("web", kWebSecret)).status, 201);
}

REQUIREMENT(par_validates_early) {
  refused(server.push({{"scope", "no.such.scope"}}), 400, "invalid_scope");
  refused(server.push({{"redirect_uri", "https://evil.example/"}}), 400, "invalid_request");
  refused(server.push({{"code_challenge_method", "S999"}}), 400, "invalid_request");
  refused(server.push({{"code_challenge", ""}, {"code_challenge_method", ""}}), 400, "invalid_request");
  refused(server.push({{"response_type", "banana"}}), 400, "unsupported_response_type");
  EXPECT_EQ(server.push().status, 201);
}

REQUIREMENT(par_refuses_request_uri) {
  const auto uri = uri_of(server.push());
  refused(server.push({{"request_uri", uri}}), 400, "invalid_request");
  EXPECT_EQ(server.push().status, 201);
}

REQUIREMENT(par_post_only) {
  const auto answer = server.get("/par?" + Engine::authorization_request().encode());
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(answer.header("Allow"), "POST");
  EXPECT_EQ(server.push().status, 201);
}

REQUIREMENT(par_too_large) {
  EXPECT_EQ(server.push({{"state", std::string(200'000, 'x')}}).status, 413);
  EXPECT_EQ(server.push({{"state", std::string(2000, 'x')}}).status, 201);
}

REQUIREMENT(par_bound_to_client) {
  const auto uri = uri_of(server.push());
  shown_to_user(use_uri(server, uri, "other"));
  got_code(use_uri(server, uri));
}

REQUIREMENT(par_expires) {
  const auto early = server.push();
  const auto late = server.push();
  const auto life = std::chrono::seconds(body_of(late).int_at("expires_in").value_or(0));
  server.advance(life - 1s);
  got_code(use_uri(server, uri_of(early)));
  server.advance(1s);
  shown_to_user(use_uri(server, uri_of(late)));
}

REQUIREMENT(par_single_use) {
  const auto uri = uri_of(server.push());
  got_code(use_uri(server, uri));
  shown_to_user(use_uri(server, uri));
}

REQUIREMENT(par_request_uri_unguessable) {
  constexpr std::string_view prefix = "urn:ietf:params:oauth:request_uri:";
  unguessable([&] {
    const auto uri = uri_of(server.push());
    EXPECT_TRUE(uri.starts_with(prefix)) << uri;
    return uri.substr(std::min(uri.size(), prefix.size()));
  });
}

REQUIREMENT(par_required_enforced) {
  server.realm().add_client({.client_id = "pusher",
                             .redirect_uris = {"http://127.0.0.1/callback"},
                             .require_pushed_authorization_requests = true});
  redirected_with(server.authorize_but({{"client_id", "pusher"}}), "invalid_request");
  got_code(use_uri(server, uri_of(server.push({{"client_id", "pusher"}})), "pusher"));

  Engine strict(plain_but({{"authorize.require_pushed", true}}));
  redirected_with(strict.authorize_but({}), "invalid_request");
  got_code(use_uri(strict, uri_of(strict.push())));
}

}  // namespace
}  // namespace mockoauth::server::testing
