// Authorization codes at the token endpoint.
#include <thread>

#include "tests/requirements/requirement_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

REQUIREMENT(code_single_use) {
  const auto code = server.code();
  granted(server.redeem(code));
  refused(server.redeem(code), 400, "invalid_grant");
}

REQUIREMENT(code_reuse_revokes) {
  const auto code = server.code();
  const auto tokens = body_of(server.redeem(code));
  EXPECT_EQ(server.use(access_of(tokens)).status, 200);

  refused(server.redeem(code), 400, "invalid_grant");

  challenged(server.use(access_of(tokens)), 401, "invalid_token");
  refused(server.refresh(refresh_of(tokens)), 400, "invalid_grant");
}

REQUIREMENT(code_bad_replay_harmless) {
  const auto code = server.code();
  const auto tokens = body_of(server.redeem(code));

  refused(server.redeem_but(code, {{"code_verifier", std::string(43, 'w')}}), 400, "invalid_grant");

  EXPECT_EQ(server.use(access_of(tokens)).status, 200);
  granted(server.refresh(refresh_of(tokens)));
}

REQUIREMENT(code_concurrent_redemption) {
  for (int round = 0; round < 8; ++round) {
    const auto code = server.code();
    HttpResponse first;
    HttpResponse second;
    {
      std::jthread other([&] { first = server.redeem(code); });
      second = server.redeem(code);
    }
    EXPECT_EQ((first.status == 200) + (second.status == 200), 1);
    refused(first.status == 200 ? second : first, 400, "invalid_grant");
  }
}

REQUIREMENT(code_expires) {
  const auto early = server.code();
  const auto late = server.code();
  server.advance(599s);
  granted(server.redeem(early));
  server.advance(1s);
  refused(server.redeem(late), 400, "invalid_grant");
}

REQUIREMENT(code_life_ten_minutes) {
  const auto code = server.code();
  server.advance(10min);
  refused(server.redeem(code), 400, "invalid_grant");
  granted(server.redeem(server.code()));
}

REQUIREMENT(code_bound_to_client) {
  const auto code = server.code();
  refused(server.redeem_but(code, {{"client_id", "other"}}), 400, "invalid_grant");
  granted(server.redeem(code));
}

REQUIREMENT(code_bound_to_redirect_uri) {
  const auto code = server.code();
  refused(server.redeem_but(code, {{"redirect_uri", "http://127.0.0.1:5556/callback"}}), 400, "invalid_grant");
  refused(server.redeem_but(code, {{"redirect_uri", ""}}), 400, "invalid_grant");
  granted(server.redeem(code));
}

REQUIREMENT(code_entropy) {
  unguessable([this] { return server.code(); });
}

REQUIREMENT(code_garbage) {
  refused(server.redeem("no-such-code"), 400, "invalid_grant");
  granted(server.redeem(server.code()));
}

}  // namespace
}  // namespace mockoauth::server::testing
