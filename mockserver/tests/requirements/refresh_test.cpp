// Refresh tokens.
#include <thread>

#include "tests/requirements/requirement_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

REQUIREMENT(refresh_works) {
  const auto tokens = server.login();
  const auto answer = server.refresh(refresh_of(tokens));
  granted(answer);
  EXPECT_NE(text_at(answer, "access_token"), access_of(tokens));
  EXPECT_EQ(server.use(text_at(answer, "access_token")).status, 200);
}

REQUIREMENT(refresh_bound_to_client) {
  const auto token = refresh_of(server.login());
  refused(server.refresh(token, {{"client_id", "other"}}), 400, "invalid_grant");
  granted(server.refresh(token));
}

REQUIREMENT(refresh_confidential_authenticates) {
  const Parameters form{{"grant_type", "refresh_token"}, {"refresh_token", refresh_of(web_login())}};
  auto bare = form;
  bare.set("client_id", "web");
  refused(token(bare), 401, "invalid_client");
  refused(token(form, basic("web", "wrong")), 401, "invalid_client");
  granted(token(form, basic("web", kWebSecret)));
}

REQUIREMENT(refresh_rotates_or_bound) {
  const auto token = refresh_of(server.login());
  const auto answer = server.refresh(token);
  granted(answer);
  EXPECT_FALSE(text_at(answer, kRefresh).empty());
  EXPECT_NE(text_at(answer, kRefresh), token);
}

REQUIREMENT(refresh_old_refused_after_rotation) {
  const auto token = refresh_of(server.login());
  granted(server.refresh(token));
  refused(server.refresh(token), 400, "invalid_grant");
}

REQUIREMENT(refresh_reuse_kills_family) {
  const auto oldest = refresh_of(server.login());
  const auto bystander = refresh_of(server.login());
  const auto second = text_at(server.refresh(oldest), kRefresh);
  const auto answer = server.refresh(second);
  granted(answer);

  refused(server.refresh(oldest), 400, "invalid_grant");

  refused(server.refresh(text_at(answer, kRefresh)), 400, "invalid_grant");
  challenged(server.use(text_at(answer, "access_token")), 401, "invalid_token");
  granted(server.refresh(bystander));
}

REQUIREMENT(refresh_concurrent) {
  for (int round = 0; round < 8; ++round) {
    const auto token = refresh_of(server.login());
    HttpResponse first;
    HttpResponse second;
    {
      std::jthread other([&] { first = server.refresh(token); });
      second = server.refresh(token);
    }
    // The later one is reuse, so at most one was granted anything, and what it was granted is not a second family.
    EXPECT_EQ((first.status == 200) + (second.status == 200), 1);
    int live = 0;
    for (const auto& answer : {first, second}) {
      const auto next = text_at(answer, kRefresh);
      if (!next.empty() && server.refresh(next).status == 200) ++live;
    }
    EXPECT_LE(live, 1);
  }
}

REQUIREMENT(as_refresh_scope_not_widened) {
  const auto token = refresh_of(server.login({{"scope", "api.read"}}));
  refused(server.refresh(token, {{"scope", "api.read api.write"}}), 400, "invalid_scope");
  granted(server.refresh(token, {{"scope", "api.read"}}));
}

REQUIREMENT(refresh_scope_narrowed) {
  const auto tokens = server.login({{"scope", "openid api.read api.write"}});
  EXPECT_EQ(server.get("/userinfo", bearer(access_of(tokens))).status, 200);

  const auto narrowed = body_of(server.refresh(refresh_of(tokens), {{"scope", "api.read"}}));

  EXPECT_EQ(narrowed.string_at("scope"), "api.read");
  EXPECT_EQ(body_of(server.use(access_of(narrowed))).find("scopes")->dump(), "[\"api.read\"]");
  challenged(server.get("/userinfo", bearer(access_of(narrowed))), 403, "insufficient_scope");
}

REQUIREMENT(refresh_scope_omitted) {
  const auto tokens = server.login({{"scope", "api.read api.write"}});
  const auto narrowed = body_of(server.refresh(refresh_of(tokens), {{"scope", "api.read"}}));
  EXPECT_EQ(narrowed.string_at("scope"), "api.read");
  EXPECT_EQ(body_of(server.refresh(refresh_of(narrowed))).string_at("scope"), "api.read api.write");
}

REQUIREMENT(refresh_new_token_same_scope) {
  const auto tokens = server.login({{"scope", "api.read api.write"}});
  const auto narrowed = body_of(server.refresh(refresh_of(tokens), {{"scope", "api.read"}}));
  ASSERT_NE(refresh_of(narrowed), refresh_of(tokens));
  const auto wide = body_of(server.refresh(refresh_of(narrowed), {{"scope", "api.read api.write"}}));
  EXPECT_EQ(wide.string_at("scope"), "api.read api.write");
}

REQUIREMENT(refresh_garbage) {
  refused(server.refresh("no-such-token"), 400, "invalid_grant");
  granted(server.refresh(refresh_of(server.login())));
}

REQUIREMENT(refresh_idle_expiry) {
  Engine idle(plain_but({{"refresh.idle_ttl_s", 86'400}}));
  auto token = refresh_of(idle.login());
  for (int day = 0; day < 3; ++day) {
    idle.advance(24h - 1s);
    const auto answer = idle.refresh(token);
    granted(answer);
    token = text_at(answer, kRefresh);
  }
  idle.advance(24h);
  refused(idle.refresh(token), 400, "invalid_grant");
}

REQUIREMENT(refresh_token_not_an_access_token) {
  const auto tokens = server.login();
  challenged(server.use(refresh_of(tokens)), 401, "invalid_token");
  EXPECT_EQ(server.use(access_of(tokens)).status, 200);
}

}  // namespace
}  // namespace mockoauth::server::testing
