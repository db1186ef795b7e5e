// WWW-Authenticate as servers write it, RFC 9110 §11.6.1.
#include <internal/challenge.hpp>

#include <gtest/gtest.h>

namespace mimir::oauth::testing {
namespace {

using internal::Challenge;

std::vector<Challenge> read(std::vector<std::string> fields) {
  HttpResponse response{.status = 401};
  for (auto& field : fields) response.headers.emplace_back("www-authenticate", std::move(field));
  return internal::challenges_of(response);
}

TEST(Challenges, AreReadFromOneFieldAndFromSeveral) {
  const auto found = read({R"(Negotiate, NTLM YWJj/+==, BEARER realm="a, b=\"c\"" , Error = invalid_token,,DPoP algs="ES256")",
                           R"(Basic realm=x)"});

  ASSERT_EQ(found.size(), 5U);
  EXPECT_EQ(found[0].scheme, "negotiate");
  EXPECT_EQ(found[1].scheme, "ntlm");
  EXPECT_TRUE(found[1].parameters.empty());
  EXPECT_EQ(found[2].scheme, "bearer");
  EXPECT_EQ(found[2].one("realm"), R"(a, b="c")");
  EXPECT_EQ(found[2].one("error"), "invalid_token");
  EXPECT_EQ(found[3].one("algs"), "ES256");
  EXPECT_EQ(found[4].one("realm"), "x");
}

TEST(Challenges, UnquotedUrlIsUnderstood) {
  EXPECT_EQ(read({"Bearer resource_metadata=https://api.example/.well-known/x, error=a"})[0].one("resource_metadata"),
            "https://api.example/.well-known/x");
}

TEST(Challenges, ParameterThatIsThereTwiceSaysNothing) {
  EXPECT_FALSE(read({R"(Bearer error="a", error="b")"})[0].one("error"));
}

TEST(Challenges, OtherSchemesAreNotAsked) {
  EXPECT_FALSE(internal::challenge_parameter(read({R"(Basic error="use_dpop_nonce")"}), "error"));
  EXPECT_EQ(internal::challenge_parameter(read({R"(Basic error="x", DPoP error="y")"}), "error"), "y");
}

TEST(Challenges, NonsenseEndsItsFieldOnly) {
  for (const auto* field : {"", ",,,", "=", "a=b", "Bearer error=\"open", "Bearer error=\"x\\", "\"", "Bearer =x", "\xff\xfe",
                            "Bearer \x01", "Bearer error"}) {
    const auto found = read({field, "DPoP error=x"});
    ASSERT_FALSE(found.empty()) << field;
    EXPECT_EQ(found.back().scheme, "dpop") << field;
  }
}

TEST(Challenges, AreBounded) {
  std::string many;
  for (int i = 0; i < 5000; ++i) many += "Bearer,";
  EXPECT_EQ(read({many}).size(), 32U);
  std::string wide = "Bearer a=b";
  for (int i = 0; i < 5000; ++i) wide += ",a=b";
  EXPECT_LE(read({wide})[0].parameters.size(), 64U);
}

}  // namespace
}  // namespace mimir::oauth::testing
