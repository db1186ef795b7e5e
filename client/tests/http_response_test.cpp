#include <mimir/oauth/http_transport.hpp>

#include <gtest/gtest.h>

namespace mimir::oauth {
namespace {

TEST(HttpResponse, FindsHeadersWithoutCaseAndKeepsDuplicatesInOrder) {
  const HttpResponse response{.status = 200, .headers = {{"X-One", "a"}, {"Other", "b"}, {"x-one", "c"}}};

  EXPECT_EQ(response.header("x-ONE"), "a");
  EXPECT_EQ(response.all("X-one"), (std::vector<std::string>{"a", "c"}));
  EXPECT_EQ(response.header("missing"), std::nullopt);
  EXPECT_TRUE(response.all("missing").empty());
}

}  // namespace
}  // namespace mimir::oauth
