// Section 6 of the requirements catalogue: what a token endpoint may answer.
#include <internal/token_response.hpp>

#include <gtest/gtest.h>

#include <internal/http_date.hpp>

namespace mimir::oauth::internal {
namespace {

const TimePoint kReceived{std::chrono::sys_days(std::chrono::year(2026) / 11 / 24)};

Result<TokenGrant> judge(int status, const std::string& body, const std::string& type = "application/json",
                         Step step = Step::CodeExchange, std::vector<std::pair<std::string, std::string>> headers = {}) {
  headers.emplace_back("content-type", type);
  return validate_token_response({.status = status, .headers = std::move(headers), .body = Secret(body)},
                                 {.step = step, .provider = "mock", .url = "https://as.example/token", .now = kReceived});
}

struct Refusal {
  const char* what;
  int status;
  const char* body;
  const char* type;
  const char* code;
  Category category;
};

class RefusedTokenAnswer : public ::testing::TestWithParam<Refusal> {};

TEST_P(RefusedTokenAnswer, IsAClearError) {
  const auto& refusal = GetParam();

  const auto result = judge(refusal.status, refusal.body, refusal.type);

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, refusal.code) << result.error().message;
  EXPECT_EQ(result.error().category, refusal.category) << result.error().message;
  EXPECT_FALSE(result.error().message.empty());
  EXPECT_EQ(result.error().message.find("CANARY"), std::string::npos);  // CH-LG-04: never the body
}

constexpr auto* kJson = "application/json";
INSTANTIATE_TEST_SUITE_P(
    Table, RefusedTokenAnswer,
    ::testing::Values(
        Refusal{"token-type-unknown-rejected", 200, R"({"access_token":"CANARY","token_type":"mac"})", kJson,
                "token.type_unknown", Category::ProviderBroken},
        Refusal{"token-type-missing-rejected", 200, R"({"access_token":"CANARY"})", kJson, "token.member_missing",
                Category::ProviderBroken},
        Refusal{"access-token-missing-rejected", 200, R"({"token_type":"Bearer"})", kJson, "token.member_missing",
                Category::ProviderBroken},
        Refusal{"access token empty", 200, R"({"access_token":"","token_type":"Bearer"})", kJson,
                "token.member_missing", Category::ProviderBroken},
        Refusal{"access token null", 200, R"({"access_token":null,"token_type":"Bearer"})", kJson,
                "token.member_missing", Category::ProviderBroken},
        Refusal{"access token a number", 200, R"({"access_token":7,"token_type":"Bearer"})", kJson,
                "token.member_type", Category::ProviderBroken},
        Refusal{"CH-TK-08 line break", 200, R"({"access_token":"a\r\nX: y","token_type":"Bearer"})", kJson,
                "token.characters", Category::ProviderBroken},
        Refusal{"CH-TK-08 blank", 200, R"({"access_token":"a b","token_type":"Bearer"})", kJson, "token.characters",
                Category::ProviderBroken},
        Refusal{"refresh token an object", 200, R"({"access_token":"a","token_type":"Bearer","refresh_token":{}})",
                kJson, "token.member_type", Category::ProviderBroken},
        Refusal{"token-response-repeated-members", 200,
                R"({"access_token":"CANARY","access_token":"b","token_type":"Bearer"})", kJson, "token.malformed_json",
                Category::ProviderBroken},
        Refusal{"token-response-truncated", 200, R"({"access_token":"CANARY","token_ty)", kJson,
                "token.malformed_json", Category::ProviderBroken},
        Refusal{"error-in-200", 200, R"({"error":"invalid_grant","access_token":"CANARY","token_type":"Bearer"})",
                kJson, "invalid_grant", Category::ProviderBroken},
        Refusal{"error-unknown-code", 400, R"({"error":"blue_moon"})", kJson, "blue_moon", Category::ProviderBroken},
        Refusal{"error not a string", 400, R"({"error":{"code":5}})", kJson, "token.error_malformed",
                Category::ProviderBroken},
        Refusal{"error-html-body", 502, "<html>CANARY", "text/html", "token.unavailable", Category::TryLater},
        Refusal{"error-without-json", 400, "", "text/plain", "token.unexpected_status", Category::ProviderBroken},
        Refusal{"token-response-200-html", 200, "<html>CANARY", "text/html", "token.html", Category::ProviderBroken},
        Refusal{"html under a false label", 200, "  <!doctype html>CANARY", kJson, "token.html",
                Category::ProviderBroken},
        Refusal{"token-response-form-encoded", 200, "access_token=CANARY&token_type=bearer",
                "application/x-www-form-urlencoded", "token.form_encoded", Category::ProviderBroken},
        Refusal{"no content", 204, "", kJson, "token.unexpected_status", Category::ProviderBroken},
        Refusal{"created", 201, R"({"access_token":"CANARY","token_type":"Bearer"})", kJson, "token.unexpected_status",
                Category::ProviderBroken},
        Refusal{"JSON of another kind", 200, "[1]", kJson, "token.not_json", Category::ProviderBroken},
        Refusal{"token-endpoint-redirect-not-followed", 307, "", kJson, "token.redirected", Category::ProviderBroken},
        Refusal{"rate limit", 429, "", kJson, "token.rate_limited", Category::TryLater},
        Refusal{"server error states invalid_grant", 500, R"({"error":"invalid_grant"})", kJson, "invalid_grant",
                Category::TryLater},
        Refusal{"invalid client", 401, R"({"error":"invalid_client"})", kJson, "invalid_client",
                Category::Misconfigured}));

TEST(TokenResponse, BombsEndAsErrors) {  // CH-TK-05
  EXPECT_FALSE(judge(200, std::string(200'000, '[')));
  EXPECT_FALSE(judge(200, "{\"a\":" + std::string(200'000, '[')));
  EXPECT_FALSE(judge(200, R"({"access_token":"a","token_type":"Bearer","x":1e999})"));
}

TEST(TokenResponse, ErrorTextIsInert) {  // error-text-inert
  const auto result = judge(400, R"({"error":"invalid_request","error_description":"\u001b[2J\r\n\u202e<b>x"})");

  ASSERT_FALSE(result);
  for (const char c : result.error().message + result.error().http->description) EXPECT_TRUE(c >= ' ' && c <= '~');
}

TEST(TokenResponse, LongErrorTextIsCut) {  // CH-TK-11
  const auto result =
      judge(400, R"({"error":")" + std::string(5000, 'e') + R"(","error_description":")" + std::string(9000, 'd') + "\"}");

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code.size(), 64U);
  EXPECT_LT(result.error().message.size(), 1000U);
}

TEST(TokenResponse, HtmlErrorAtARefreshIsPassing) {  // refresh-html-error-keeps-token
  const auto result = judge(400, "<html>", "text/html", Step::Refresh);

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().category, Category::TryLater);
}

TEST(TokenResponse, AcceptsWhatHttpAndJsonAllow) {
  // token-response-unknown-members-ignored, -null-members, -content-type, -encodings, access-token-long
  const auto result = judge(200,
                            "\xEF\xBB\xBF{\"access_token\":\"" + std::string(16'384, 'a') +
                                R"(","token_type":"bearer","refresh_token":null,"scope":null,"expires_in":null,)"
                                R"("error":null,"x":[1,{"y":null}],"z":1.5})",
                            "text/plain");

  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->access_token.size(), 16'384U);
  EXPECT_FALSE(result->refresh_token);
  EXPECT_FALSE(result->lifetime);
  EXPECT_FALSE(result->scopes);
}

struct Lifetime {
  const char* json;
  std::optional<std::chrono::seconds> expected;
};

class ExpiresIn : public ::testing::TestWithParam<Lifetime> {};

TEST_P(ExpiresIn, IsReadWithoutOverflow) {
  const auto result =
      judge(200, R"({"access_token":"a","token_type":"Bearer","expires_in":)" + std::string(GetParam().json) + "}");

  ASSERT_TRUE(result);
  EXPECT_EQ(result->lifetime, GetParam().expected);
}

constexpr std::chrono::seconds kYear{365 * 24 * 3600};
INSTANTIATE_TEST_SUITE_P(  // expires-in-absent, expires-in-string, expires-in-extreme, CH-TK-07, CH-TM-04
    Table, ExpiresIn,
    ::testing::Values(Lifetime{"3600", std::chrono::seconds(3600)}, Lifetime{"\"3600\"", std::chrono::seconds(3600)},
                      Lifetime{"3600.0", std::chrono::seconds(3600)}, Lifetime{"59.9", std::chrono::seconds(59)},
                      Lifetime{"0", std::chrono::seconds(0)}, Lifetime{"-5", std::chrono::seconds(0)},
                      Lifetime{"-1e300", std::chrono::seconds(0)}, Lifetime{"1000000000000000000", kYear},
                      Lifetime{"1e300", kYear}, Lifetime{"\"99999999999999999999999\"", kYear},
                      Lifetime{"null", std::nullopt}, Lifetime{"\"soon\"", std::nullopt}, Lifetime{"\"\"", std::nullopt},
                      Lifetime{"true", std::nullopt}, Lifetime{"[]", std::nullopt}));

TEST(RetryAfter, IsReadInBothForms) {  // retry-after-honoured, CH-NT-10
  const auto wait = [](const std::string& value, const std::string& date = "") {
    HttpResponse response{.status = 429, .headers = {{"Retry-After", value}}};
    if (!date.empty()) response.headers.emplace_back("Date", date);
    return retry_after(response, kReceived);
  };
  using std::chrono::seconds;

  EXPECT_EQ(wait("120"), seconds(120));
  EXPECT_EQ(wait("0"), seconds(0));
  EXPECT_EQ(wait("Tue, 24 Nov 2026 00:02:00 GMT"), seconds(120));
  EXPECT_EQ(wait("Tuesday, 24-Nov-26 00:02:00 GMT"), seconds(120));
  EXPECT_EQ(wait("Tue Nov 24 00:02:00 2026"), seconds(120));
  EXPECT_EQ(wait("Tue, 24 Nov 2026 10:02:00 GMT", "Tue, 24 Nov 2026 10:00:00 GMT"), seconds(120));  // its own clock
  EXPECT_EQ(wait("Mon, 23 Nov 2026 00:00:00 GMT"), seconds(0));
  EXPECT_EQ(wait("1000000000000"), seconds(3600));
  for (const auto* nonsense : {"-1", "soon", "1.5", "Tue, 99 Foo 2026 00:02:00 GMT", "Tue, 24 Nov 2026 99:02:00 GMT"}) {
    EXPECT_FALSE(wait(nonsense)) << nonsense;
  }
}

}  // namespace
}  // namespace mimir::oauth::internal
