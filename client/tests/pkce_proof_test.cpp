// Whether a server holds codes to their challenges, found out by codes that it should refuse (CH-AZ-04).
#include <mimir/codec/pkce.hpp>

#include "login_fixture.hpp"

namespace mimir::oauth::testing {
namespace {

constexpr auto* kRefused = R"({"error":"invalid_grant"})";

class PkceProof : public LoginTest {
 protected:
  PkceProof() { manager_.add_provider("mock", config()); }
  void expect_revocations(int count) {
    for (int i = 0; i < count; ++i) http_.expect("POST", "https://as.example/revoke", 200, "");
  }
  std::vector<RecordedRequest> exchanges() {
    std::vector<RecordedRequest> found;
    for (const auto& request : http_.requests()) {
      if (request.url == "https://as.example/token") found.push_back(request);
    }
    return found;
  }
};

TEST_F(PkceProof, AServerThatLooksRefusesBoth) {
  expect_discovery();
  expect_token(400, R"({"error":"invalid_request"})");  // as some call a verifier that is missing
  expect_token(400, kRefused);

  const auto proof = manager_.prove_pkce("mock");

  ASSERT_TRUE(proof) << proof.error().message;
  EXPECT_TRUE(proof->refuses_missing);
  EXPECT_TRUE(proof->refuses_wrong);
  ASSERT_EQ(user_.opened.size(), 2u);
  for (const auto& url : user_.opened) EXPECT_NE(url.find("code_challenge_method=S256"), std::string::npos);
  const auto sent = exchanges();
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_FALSE(sent[0].form.one("code_verifier"));
  const auto wrong = sent[1].form.one("code_verifier");
  ASSERT_TRUE(wrong);
  EXPECT_EQ(wrong->size(), 128u);  // of the right form, so that it is refused for its value
  EXPECT_EQ(user_.opened[1].find(codec::pkce_s256_challenge(*wrong)), std::string::npos);
  EXPECT_FALSE(*storage_->load("mock"));
}

TEST_F(PkceProof, WhatComesIsRevokedAndNotKept) {
  store_login("mine", "my-refresh");
  expect_discovery();
  expect_token(200, tokens("access-x", "refresh-x"));
  expect_revocations(2);
  expect_token(200, tokens("access-y", "refresh-y"));
  expect_revocations(2);

  const auto proof = manager_.prove_pkce("mock");

  ASSERT_TRUE(proof) << proof.error().message;
  EXPECT_FALSE(proof->refuses_missing);
  EXPECT_FALSE(proof->refuses_wrong);
  std::vector<std::string> revoked;
  for (const auto& request : http_.requests()) {
    if (request.url == "https://as.example/revoke") revoked.push_back(request.form.one("token").value_or(""));
  }
  EXPECT_EQ(revoked, (std::vector<std::string>{"refresh-x", "access-x", "refresh-y", "access-y"}));
  EXPECT_EQ(stored_tokens().access_token.expose(), "mine");
}

TEST_F(PkceProof, AServerThatDoesNotLookIsTold) {
  for (const bool without : {true, false}) {
    if (without) expect_discovery();
    expect_token(without ? 200 : 400, without ? tokens() : kRefused);
    if (without) expect_revocations(2);
    expect_token(without ? 400 : 200, without ? kRefused : tokens());
    if (!without) expect_revocations(2);

    const auto proof = manager_.prove_pkce("mock");

    ASSERT_TRUE(proof) << proof.error().message;
    EXPECT_EQ(proof->refuses_missing, !without);
    EXPECT_EQ(proof->refuses_wrong, without);
  }
}

TEST_F(PkceProof, AnyOtherFailureProvesNothing) {
  expect_discovery();
  expect_token(400, R"({"error":"unauthorized_client"})");
  EXPECT_EQ(manager_.prove_pkce("mock").error().code, "unauthorized_client");

  user_.play = [](const auto&) { return Result<CallbackResult>(CallbackResult{.error = "access_denied"}); };
  EXPECT_EQ(manager_.prove_pkce("mock").error().category, Category::UserDeclined);
}

}  // namespace
}  // namespace mimir::oauth::testing
