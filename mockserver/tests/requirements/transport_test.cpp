// General conduct, at every endpoint.
#include "tests/requirements/requirement_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

constexpr const char* kPaths[] = {"/authorize", "/token", "/revoke", "/resource", "/userinfo", "/jwks", "/nothing"};

REQUIREMENT(errors_quiet) {
  const std::string secret = "hunter2-is-a-secret";
  const auto is_quiet = [&](const HttpResponse& answer, const char* path) {
    EXPECT_LT(answer.status, 500) << path;
    for (const char* leak : {"what()", "std::", ".cpp", "exception", "Traceback", "0x7f", "/usr/"}) {
      EXPECT_EQ(answer.body.find(leak), std::string::npos) << path << ": " << answer.body;
    }
    EXPECT_EQ(answer.body.find(secret), std::string::npos) << path << ": " << answer.body;
  };
  for (const char* path : kPaths) {
    is_quiet(server.get(std::string(path) + "?%zz=%"), path);
    is_quiet(server.post(path, {{"client_id", "web"}, {"client_secret", secret}, {"code", secret}, {"token", secret},
                                {"grant_type", "authorization_code"}, {"code_verifier", secret}}), path);
    const Parameters refresh{{"grant_type", "refresh_token"}, {"refresh_token", secret}, {"client_id", "app"}};
    is_quiet(server.post(path, refresh), path);
    is_quiet(server.get(path, bearer(secret)), path);
    is_quiet(server.get(path, basic("web", secret)), path);
    const Headers as_form = {{"Content-Type", std::string(kFormType)}};
    is_quiet(server.realm().handle({.method = "POST", .target = path, .headers = as_form,
                                    .body = std::string("a=\0b%", 6)}), path);
  }
  granted(server.redeem(server.code()));
}

// Wrong secrets in a row until the server has had enough; the answer that said so.
HttpResponse guess_until_stopped(Engine& server) {
  const Parameters form{{"grant_type", "refresh_token"}, {"refresh_token", "any"}};
  HttpResponse answer;
  for (int i = 0; i < 40 && answer.status != 429; ++i) {
    answer = server.post("/token", form, basic("web", "guess-" + std::to_string(i)));
  }
  return answer;
}

REQUIREMENT(rate_limit_polite) {
  const auto answer = guess_until_stopped(server);
  EXPECT_EQ(answer.status, 429);
  const auto wait = answer.header("Retry-After").value_or("");
  ASSERT_FALSE(wait.empty());
  ASSERT_EQ(wait.find_first_not_of("0123456789"), std::string::npos) << wait;
  const auto code = web_code();
  const std::chrono::seconds seconds(std::stoi(wait));
  EXPECT_GE(seconds, 1s);
  server.advance(seconds - 1s);
  EXPECT_EQ(web_redeem(code).status, 429);
  server.advance(1s);
  granted(web_redeem(code));
}

REQUIREMENT(request_size_bounded) {
  std::string many;
  for (int i = 0; i < 10'000; ++i) many += "p" + std::to_string(i) + "=1&";
  const std::string large = "grant_type=" + std::string(900'000, 'x');
  for (const std::string& text : {many, large}) {
    const auto by_body = server.realm().handle(
        {.method = "POST", .target = "/token", .headers = {{"Content-Type", std::string(kFormType)}}, .body = text});
    EXPECT_TRUE(by_body.status == 413 || by_body.status == 400) << by_body.status;
    const auto by_url = server.get("/authorize?" + text);
    EXPECT_TRUE(by_url.status == 414 || by_url.status == 413 || by_url.status == 400) << by_url.status;
    EXPECT_FALSE(by_url.header("Location"));
  }
  granted(server.redeem(server.code()));
}

REQUIREMENT(method_errors) {
  for (const char* path : {"/authorize", "/token", "/revoke", "/resource", "/userinfo", "/jwks",
                           "/.well-known/oauth-authorization-server"}) {
    const auto answer = server.realm().handle({.method = "PATCH", .target = path});
    EXPECT_EQ(answer.status, 405) << path;
    const auto allow = answer.header("Allow").value_or("");
    EXPECT_FALSE(allow.empty()) << path;
    EXPECT_EQ(allow.find("PATCH"), std::string::npos) << path;
    const bool by_get = allow.find("GET") != std::string::npos;
    EXPECT_NE((by_get ? server.get(path) : server.post(path, {})).status, 405) << path << " says " << allow;
  }
}

}  // namespace
}  // namespace mockoauth::server::testing
