// Revocation.
#include "tests/requirements/requirement_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

REQUIREMENT(as_revoke_refresh_token) {
  const auto revoked = refresh_of(server.login());
  const auto kept = refresh_of(server.login());
  EXPECT_EQ(server.revoke(revoked).status, 200);
  refused(server.refresh(revoked), 400, "invalid_grant");
  granted(server.refresh(kept));
}

REQUIREMENT(revoke_cascades) {
  const auto tokens = server.login();
  EXPECT_EQ(server.use(access_of(tokens)).status, 200);
  EXPECT_EQ(server.revoke(refresh_of(tokens)).status, 200);
  challenged(server.use(access_of(tokens)), 401, "invalid_token");
}

REQUIREMENT(revoke_access_token) {
  const auto tokens = server.login();
  EXPECT_EQ(server.use(access_of(tokens)).status, 200);
  EXPECT_EQ(server.revoke(access_of(tokens)).status, 200);
  challenged(server.use(access_of(tokens)), 401, "invalid_token");
}

REQUIREMENT(revoke_unknown_200) {
  EXPECT_EQ(server.revoke("no-such-token").status, 200);
  const auto token = refresh_of(server.login());
  EXPECT_EQ(server.revoke(token).status, 200);
  EXPECT_EQ(server.revoke(token).status, 200);
  refused(server.revoke(""), 400, "invalid_request");
}

REQUIREMENT(revoke_wrong_hint) {
  for (const char* hint : {"access_token", "refresh_token", "no_such_type"}) {
    const auto refresh = refresh_of(server.login());
    const auto access = access_of(server.login());
    EXPECT_EQ(server.revoke(refresh, {{"token_type_hint", hint}}).status, 200);
    EXPECT_EQ(server.revoke(access, {{"token_type_hint", hint}}).status, 200);
    refused(server.refresh(refresh), 400, "invalid_grant");
    challenged(server.use(access), 401, "invalid_token");
  }
  granted(server.refresh(refresh_of(server.login())));
}

REQUIREMENT(revoke_other_clients_token) {
  const auto tokens = server.login();
  refused(server.revoke(refresh_of(tokens), {{"client_id", "other"}}), 400, "unauthorized_client");
  EXPECT_EQ(server.use(access_of(tokens)).status, 200);
  granted(server.refresh(refresh_of(tokens)));
}

REQUIREMENT(revoke_confidential_authenticates) {
  const auto tokens = web_login();
  refused(server.revoke(refresh_of(tokens), {{"client_id", "web"}}), 401, "invalid_client");
  EXPECT_EQ(server.use(access_of(tokens)).status, 200);
  EXPECT_EQ(server.post("/revoke", {{"token", refresh_of(tokens)}}, basic("web", kWebSecret)).status, 200);
  challenged(server.use(access_of(tokens)), 401, "invalid_token");
}

REQUIREMENT(revoke_post_only) {
  const auto tokens = server.login();
  const Parameters form{{"client_id", "app"}, {"token", refresh_of(tokens)}};
  EXPECT_EQ(server.get("/revoke?" + form.encode()).status, 405);
  EXPECT_EQ(server.use(access_of(tokens)).status, 200);
  EXPECT_EQ(server.post("/revoke", form).status, 200);
  challenged(server.use(access_of(tokens)), 401, "invalid_token");
}

}  // namespace
}  // namespace mockoauth::server::testing
