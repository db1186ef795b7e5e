#include <mimir/codec/url.hpp>

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace mimir::codec {
namespace {

using namespace std::string_literals;

TEST(Url, TakesEveryPartAsItIsWritten) {
  const Url url = Url::parse("HTTPS://Example.COM:8443/a%2Fb/../C?x=%41&y=+#frag%20").value();

  EXPECT_EQ(url.scheme(), "https");
  EXPECT_EQ(url.host(), "example.com");
  EXPECT_EQ(url.explicit_port(), 8443);
  EXPECT_EQ(url.path(), "/a%2Fb/../C");
  EXPECT_EQ(url.query(), "x=%41&y=+");
  EXPECT_EQ(url.fragment(), "frag%20");
  EXPECT_EQ(url.origin(), "https://example.com:8443");
  EXPECT_EQ(url.authority(), "example.com:8443");
  EXPECT_EQ(url.target(), "/a%2Fb/../C?x=%41&y=+");
  EXPECT_TRUE(url.is_https());
}

// RFC 8414 §4: issuers are compared as text, so reading one must not change it.
TEST(Url, WritesBackWhatItRead) {
  for (const char* text :
       {"http://a", "http://a/", "http://a?", "http://a/?", "http://a#", "http://a/?#", "https://a:443/", "http://a:80",
        "http://127.0.0.1:49152/callback", "http://[::1]:8080/x?y#z", "https://a/b/./c/../d//e/",
        "https://a/%7Euser/~user",
        "https://login.example/tenant/v2.0", "https://a-b.c_d.example", "http://a:0/", "http://a/?x=?/&y=:@"}) {
    const auto url = Url::parse(text);
    ASSERT_TRUE(url.has_value()) << text << ": " << url.error().message;
    EXPECT_EQ(url->to_string(), text);
  }
}

TEST(Url, KnowsTheDefaultPorts) {
  EXPECT_EQ(Url::parse("http://a").value().port(), 80);
  EXPECT_EQ(Url::parse("https://a").value().port(), 443);
  EXPECT_EQ(Url::parse("https://a:1").value().port(), 1);
  EXPECT_EQ(Url::parse("https://a").value().explicit_port(), std::nullopt);
}

TEST(Url, AsksForAtLeastTheRoot) {
  EXPECT_EQ(Url::parse("http://a").value().target(), "/");
  EXPECT_EQ(Url::parse("http://a?b").value().target(), "/?b");
  EXPECT_EQ(Url::parse("http://a/c#d").value().target(), "/c");
}

TEST(Url, TellsLoopbackLiteralsFromNames) {
  for (const char* text : {"http://127.0.0.1", "http://127.0.0.1:80/x", "http://127.255.255.254", "http://[::1]",
                           "http://[0:0:0:0:0:0:0:1]:1/"}) {
    EXPECT_TRUE(Url::parse(text).value().is_loopback_literal()) << text;
  }
  for (const char* text : {"http://localhost", "http://127.0.0.1.example", "http://128.0.0.1", "http://127.1",
                           "http://0x7f.0.0.1", "http://2130706433", "http://[::2]", "http://[::ffff:127.0.0.1]",
                           "http://0.0.0.0", "http://127.0.0.256"}) {
    EXPECT_FALSE(Url::parse(text).value().is_loopback_literal()) << text;
  }
  EXPECT_TRUE(Url::parse("http://LOCALHOST:1").value().is_localhost());
  EXPECT_FALSE(Url::parse("http://localhost.example").value().is_localhost());
}

// RFC 6749 §3.1: the query of an endpoint must be retained.
TEST(Url, AddsParametersToTheQueryThatIsThere) {
  const Parameters parameters{{"scope", "a b"}, {"state", "&"}};

  EXPECT_EQ(Url::parse("https://a/authorize?tenant=1%202#f").value().with_parameters(parameters).to_string(),
            "https://a/authorize?tenant=1%202&scope=a+b&state=%26#f");
  EXPECT_EQ(Url::parse("https://a").value().with_parameters(parameters).to_string(), "https://a?scope=a+b&state=%26");
  EXPECT_EQ(Url::parse("https://a/?").value().with_parameters(parameters).query(), "scope=a+b&state=%26");
  EXPECT_EQ(Url::parse("https://a/?x").value().with_parameters({}).to_string(), "https://a/?x");
}

TEST(Url, ReplacesPartsWithoutTouchingTheOthers) {
  const Url url = Url::parse("http://a:1/b?c#d").value();

  EXPECT_EQ(url.with_port(2).to_string(), "http://a:2/b?c#d");
  EXPECT_EQ(url.with_path("/x/y").to_string(), "http://a:1/x/y?c#d");
  EXPECT_EQ(url.with_path("x").path(), "/x");
  EXPECT_EQ(url.with_path("").to_string(), "http://a:1?c#d");
  EXPECT_EQ(url.without_query_and_fragment().to_string(), "http://a:1/b");
}

TEST(Url, StaysAUrlWhateverPathItIsGiven) {
  const Url url = Url::parse("http://a/b").value().with_path("/a b?c#d%2F\r\n\xC3\xA9");

  EXPECT_EQ(url.path(), "/a%20b%3Fc%23d%2F%0D%0A%C3%A9");
  EXPECT_TRUE(Url::parse(url.to_string()).has_value());
}

TEST(Url, RefusesEverythingElse) {
  const std::vector<std::pair<std::string, std::string>> refusals{
      {"", "url.syntax"}, {"/path", "url.syntax"}, {"//host/path", "url.syntax"}, {"example.com", "url.syntax"},
      {"?x", "url.syntax"}, {"http", "url.syntax"}, {"://a", "url.syntax"}, {"1http://a", "url.syntax"},
      {"http://a/%", "url.syntax"}, {"http://a/%zz", "url.syntax"}, {"http://a?%1", "url.syntax"},
      {"http://[::1", "url.syntax"}, {"http://[::1]x", "url.syntax"}, {"http://[1::2::3]", "url.syntax"},
      {"http://::1/", "url.syntax"}, {"http://a:1:2/", "url.syntax"}, {"http://a:x/", "url.syntax"},
      {"http://a:-1/", "url.syntax"}, {"http://a\\@b/", "url.syntax"}, {"http://a/<b>", "url.syntax"},
      {"http://a/\"b\"", "url.syntax"}, {"http://a/{b}", "url.syntax"}, {"http://a#b#c", "url.syntax"},
      {"ftp://a/", "url.scheme"}, {"javascript:alert(1)", "url.scheme"}, {"file:///etc/passwd", "url.scheme"},
      {"urn:ietf:wg:oauth:2.0:oob", "url.scheme"}, {"com.example.app:/cb", "url.scheme"},
      {"localhost:8080", "url.scheme"},
      {"httpss://a", "url.scheme"},
      {"http:", "url.host"}, {"http:/a", "url.host"}, {"http:a", "url.host"}, {"http://", "url.host"},
      {"http:///a", "url.host"}, {"http://:80/", "url.host"}, {"http://%6cocalhost/", "url.host"},
      {"http://user@a/", "url.userinfo"}, {"http://user:secret@a/", "url.userinfo"}, {"http://@a/", "url.userinfo"},
      {"https://good.example@evil.example/", "url.userinfo"},
      {"http://a:/", "url.port"}, {"http://a:65536/", "url.port"}, {"http://a:99999999999999999999/", "url.port"},
      {"http://a:080/", "url.port"},
      {"http://a b/", "url.character"}, {" http://a", "url.character"}, {"http://a\n", "url.character"},
      {"http://a/\r\nHost: b", "url.character"}, {"http://a/\t", "url.character"}, {"http://a/\0"s, "url.character"},
      {"http://a/\x7F", "url.character"}, {"http://b\xC3\xBC" "cher.example/", "url.character"},
      {"\xEF\xBB\xBFhttp://a", "url.character"},
      {"http://a/" + std::string(16 * 1024, 'x'), "url.too_long"},
  };
  for (const auto& [text, code] : refusals) {
    const auto result = Url::parse(text);
    ASSERT_FALSE(result.has_value()) << text;
    EXPECT_EQ(result.error().code, code) << text;
    EXPECT_EQ(result.error().message.find("secret"), std::string::npos);
  }
}

// Boost.URL 1.81 would see the host 127.0.0.1 in each of these.
TEST(Url, ReadsANameThatBeginsLikeAnAddressAsAName) {
  for (const char* host : {"127.0.0.1.example", "127.0.0.1.nip.io", "127.0.0.1x", "1.2.3.4-5", "127.0.0.1."}) {
    const auto url = Url::parse("http://"s + host + ":81/p?q");
    ASSERT_TRUE(url.has_value()) << host;
    EXPECT_EQ(url->host(), host);
    EXPECT_EQ(url->port(), 81);
    EXPECT_EQ(url->path(), "/p");
    EXPECT_FALSE(url->is_loopback_literal());
    EXPECT_EQ(Url::parse("http://"s + host).value().host(), host);
  }
  for (const char* text : {"http://[::1]x", "http://[::1].evil.example/y", "http://[::1]:1x",
      "http://127.0.0.1:80x/"}) {
    EXPECT_EQ(Url::parse(text).error().code, "url.syntax") << text;
  }
  EXPECT_EQ(Url::parse("http://u@127.0.0.1x/").error().code, "url.userinfo");
}

TEST(Url, NamesThePlaceOfABadByte) {
  EXPECT_EQ(Url::parse("http://a/\xC3").error().offset, 9U);
  EXPECT_EQ(Url::parse("http://a:x y").error().offset, 10U);
  EXPECT_EQ(Url::parse("http://abc:70000/").error().offset, 11U);
}

TEST(Url, TakesWhatIsJustWithinTheLimit) {
  EXPECT_TRUE(Url::parse("http://a/" + std::string(16 * 1024 - 9, 'x')).has_value());
}

}  // namespace
}  // namespace mimir::codec
