// Which resource a token is for, and what in detail it allows.
#include "tests/requirements/requirement_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

constexpr const char* kUsual = "http://127.0.0.1:4321/resource";
constexpr const char* kCalendar = "http://127.0.0.1:4321/resource/calendar";
constexpr const char* kPayment =
    R"([{"type":"payment_initiation","actions":["initiate"],"instructedAmount":"1","creditorName":"Bob"}])";

HttpResponse use_at(Engine& server, const char* path, const Json& tokens) {
  return server.get(path, bearer(access_of(tokens)));
}

REQUIREMENT(resource_unknown_refused) {
  redirected_with(server.authorize_but({{"resource", "https://unknown.example/"}}), "invalid_target");
  got_code(server.authorize_but({{"resource", kUsual}}));
}

REQUIREMENT(resource_fragment_refused) {
  for (const char* resource : {"http://127.0.0.1:4321/resource#x", "/resource", "resource"}) {
    redirected_with(server.authorize_but({{"resource", resource}}), "invalid_target");
  }
  got_code(server.authorize_but({{"resource", kUsual}}));
}

REQUIREMENT(resource_restricts_audience) {
  const auto calendar = server.login({{"resource", kCalendar}});
  EXPECT_EQ(use_at(server, "/resource/calendar", calendar).status, 200);
  challenged(use_at(server, "/resource", calendar), 401, "invalid_token");
}

REQUIREMENT(resource_not_widened_at_token) {
  const auto code = server.code({{"resource", kUsual}});
  refused(server.redeem_but(code, {{"resource", kCalendar}}), 400, "invalid_target");
  granted(server.redeem_but(code, {{"resource", kUsual}}));
}

REQUIREMENT(rs_audience) {
  challenged(use_at(server, "/resource/calendar", server.login({{"resource", kUsual}})), 401, "invalid_token");
  EXPECT_EQ(use_at(server, "/resource/calendar", server.login({{"resource", kCalendar}})).status, 200);
}

REQUIREMENT(rar_unknown_type_refused) {
  for (const char* details : {R"([{"type":"no-such-type"}])", R"([{"actions":["initiate"]}])", "{}", "[1]", "[",
                              R"([{"type":"payment_initiation","instructedAmount":"1"}])"}) {
    redirected_with(server.authorize_but({{"authorization_details", details}}), "invalid_authorization_details");
  }
  got_code(server.authorize_but({{"authorization_details", kPayment}}));
}

REQUIREMENT(rar_granted_returned) {
  const auto tokens = server.login({{"authorization_details", kPayment}});
  ASSERT_NE(tokens.find("authorization_details"), nullptr);
  EXPECT_EQ(*tokens.find("authorization_details"), *Json::parse(kPayment));
  EXPECT_EQ(server.login().find("authorization_details"), nullptr);
}

}  // namespace
}  // namespace mockoauth::server::testing
