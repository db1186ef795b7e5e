#include "internal/configuration_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mimir::oauth::internal {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

/// `LINE:COLUMN: why`, or nothing when the text is accepted.
std::string complaint_about(const std::string& text) {
  const auto read = read_configuration(text);
  if (read) return "";
  const auto& [place, message] = read.error();
  return std::to_string(place.line) + ':' + std::to_string(place.column) + ": " + message;
}

std::string in_provider(const std::string& line) { return "providers:\n  work:\n    " + line + "\n"; }

TEST(ConfigurationReader, ReadsEveryKey) {
  const auto read = read_configuration(R"(# what a person writes
storage: file
browser: false
login_timeout: 90
providers:
  work:
    issuer: https://as.example/tenant
    client_id: cli
    client_secret: s3cret
    redirect_uri: http://127.0.0.1:8080/callback
    alternative_ports: [8081, 8082]
    scopes:
      - openid
      - api.read
    resources: ["https://api.example/"]
    authorization_parameters: {prompt: consent, audience: "x y"}
    max_age: 0
    acr_values: [gold, silver]
    required_claims: {tid: company}
    account: {login_hint: ada@as.example, subject: "42", select: true}
    dpop_bound_access_tokens: true
    pushes_authorization: true
    client_key_id: k1
    endpoints:
      authorization: https://as.example/1
      token: https://as.example/2
      revocation: https://as.example/3
      userinfo: https://as.example/4
      jwks: https://as.example/5
      device_authorization: https://as.example/6
      pushed_authorization_request: https://as.example/7
      registration: https://as.example/8
  local: {issuer: "http://127.0.0.1:9000", client_id: cli, client_secret_env: WORK_SECRET}
  keyed:
    client_key: |
      -----BEGIN PRIVATE KEY-----
      AAAA
)");

  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->settings.storage, "file");
  EXPECT_EQ(read->settings.opens_browser, false);
  EXPECT_EQ(read->settings.login_timeout, std::chrono::seconds(90));
  const auto& work = read->providers.at("work").oauth;
  EXPECT_EQ(work.issuer, "https://as.example/tenant");
  EXPECT_EQ(work.client_id, "cli");
  EXPECT_EQ(work.client_secret->expose(), "s3cret");
  EXPECT_EQ(work.redirect_uri, "http://127.0.0.1:8080/callback");
  EXPECT_THAT(work.alternative_ports, ElementsAre(8081, 8082));
  EXPECT_THAT(work.scopes, ElementsAre("openid", "api.read"));
  EXPECT_THAT(work.resources, ElementsAre("https://api.example/"));
  EXPECT_THAT(work.authorization_parameters, ElementsAre(Pair("prompt", "consent"), Pair("audience", "x y")));
  EXPECT_EQ(work.max_age, std::chrono::seconds(0));
  EXPECT_EQ(work.required_claims, (std::vector<std::pair<std::string, std::string>>{{"tid", "company"}}));
  EXPECT_EQ(work.account, (ExpectedAccount{.subject = "42", .login_hint = "ada@as.example", .selects = true}));
  EXPECT_THAT(work.acr_values, ElementsAre("gold", "silver"));
  EXPECT_TRUE(work.dpop_bound_access_tokens);
  EXPECT_TRUE(work.pushes_authorization);
  EXPECT_EQ(work.client_key_id, "k1");
  EXPECT_EQ(work.endpoints.authorization, "https://as.example/1");
  EXPECT_EQ(work.endpoints.token, "https://as.example/2");
  EXPECT_EQ(work.endpoints.revocation, "https://as.example/3");
  EXPECT_EQ(work.endpoints.userinfo, "https://as.example/4");
  EXPECT_EQ(work.endpoints.jwks, "https://as.example/5");
  EXPECT_EQ(work.endpoints.device_authorization, "https://as.example/6");
  EXPECT_EQ(work.endpoints.pushed_authorization_request, "https://as.example/7");
  EXPECT_EQ(work.endpoints.registration, "https://as.example/8");
  EXPECT_EQ(read->providers.at("local").client_secret_env, "WORK_SECRET");
  EXPECT_EQ(read->providers.at("keyed").oauth.client_key->expose(), "-----BEGIN PRIVATE KEY-----\nAAAA\n");
  EXPECT_TRUE(read->has_secret);
  EXPECT_EQ(read->setting_lines.at("login_timeout"), 4);
  EXPECT_EQ(read->providers.at("work").origins.at("endpoints.token").line, 26);
}

TEST(ConfigurationReader, NothingIsAConfiguration) {
  for (const auto* text : {"", "\n", "# only a comment\n", "---\n", "{}", "providers: {}", "\xEF\xBB\xBFstorage: file\n"}) {
    EXPECT_EQ(complaint_about(text), "") << text;
  }
}

struct BadConfiguration {
  std::string text;
  std::string complaint;
};
class ConfigurationFault : public ::testing::TestWithParam<BadConfiguration> {};

TEST_P(ConfigurationFault, NamesThePlaceAndWhatIsWrong) {  // CH-CF-01, CH-CF-05, CH-CF-07, CH-CF-10
  EXPECT_THAT(complaint_about(GetParam().text), ::testing::StartsWith(GetParam().complaint)) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    UnknownKeys, ConfigurationFault,
    ::testing::Values(
        BadConfiguration{"storrage: file", "1:1: there is no key \"storrage\" here; did you mean \"storage\"?"},
        BadConfiguration{"\n\nprovider: {}", "3:1: there is no key \"provider\" here; did you mean \"providers\"?"},
        BadConfiguration{"no_such: 1", "1:1: there is no key \"no_such\" here"},
        BadConfiguration{in_provider("isuser: https://as.example"),
                         "3:5: there is no key \"isuser\" of a provider; did you mean \"issuer\"?"},
        BadConfiguration{in_provider("scope: [a]"), "3:5: there is no key \"scope\" of a provider; did you mean \"scopes\"?"},
        BadConfiguration{in_provider("clientid: a"), "3:5: there is no key \"clientid\" of a provider; did you mean \"client_id\"?"},
        BadConfiguration{in_provider("endpoints: {tokne: https://as.example}"),
                         "3:17: there is no key \"tokne\" of a provider; did you mean \"token\"?"},
        BadConfiguration{in_provider("endpoints.token: https://as.example:0x"), "3:22: "},
        BadConfiguration{in_provider("\"x\\e[2J\": 1"), "3:5: there is no key \"x?[2J\" of a provider"}));

INSTANTIATE_TEST_SUITE_P(
    WrongTypes, ConfigurationFault,
    ::testing::Values(
        BadConfiguration{"browser: no", "1:10: \"browser\" is \"no\", expected true or false"},
        BadConfiguration{"browser: yes", "1:10: \"browser\" is \"yes\", expected true or false"},
        BadConfiguration{"browser: \"true\"", "1:10: \"browser\" is \"true\", expected true or false"},
        BadConfiguration{"browser: True", "1:10: \"browser\" is \"True\", expected true or false"},
        BadConfiguration{"login_timeout: 0777", "1:16: \"login_timeout\" is \"0777\", expected a number from 1 to 3600"},
        BadConfiguration{"login_timeout: 1e3", "1:16: \"login_timeout\" is \"1e3\", expected a number"},
        BadConfiguration{"login_timeout: \"90\"", "1:16: \"login_timeout\" is \"90\", expected a number"},
        BadConfiguration{"login_timeout: 0", "1:16: \"login_timeout\" is \"0\", expected a number"},
        BadConfiguration{"login_timeout: 3601", "1:16: \"login_timeout\" is \"3601\", expected a number"},
        BadConfiguration{"login_timeout: -1", "1:16: \"login_timeout\" is \"-1\", expected a number"},
        BadConfiguration{"login_timeout: 99999999999999999999", "1:16: \"login_timeout\" is"},
        BadConfiguration{"storage: [file]", "1:10: \"storage\" is a list, expected text"},
        BadConfiguration{"storage: null", "1:1: \"storage\" is null, expected text; leave the key out instead"},
        BadConfiguration{"storage: ~", "1:1: \"storage\" is null"},
        BadConfiguration{"storage:", "1:1: \"storage\" is null"},
        BadConfiguration{"storage: \"\"", "1:10: \"storage\" is an empty text"},
        BadConfiguration{"providers: [work]", "1:12: \"providers\" is a list, expected a map of providers"},
        BadConfiguration{"providers: {work: https://as.example}", "1:19: \"work\" is \"https://as.example\", expected a map"},
        BadConfiguration{"providers:\n  ../evil: {}", "2:3: \"../evil\" is no name for a provider"},
        BadConfiguration{"- storage", "1:1: this is no map of keys"},
        BadConfiguration{in_provider("scopes: openid api"), "3:13: \"scopes\" is \"openid api\", expected a list of texts"},
        BadConfiguration{in_provider("scopes: [\"openid api\"]"), "3:14: \"scopes\" is not one value"},
        BadConfiguration{in_provider("scopes: [null]"), "3:14: \"scopes\" is null, expected text"},
        BadConfiguration{in_provider("alternative_ports: [8080, 0]"),
                         "3:31: \"alternative_ports\" is \"0\", expected a number from 1 to 65535"},
        BadConfiguration{in_provider("alternative_ports: [65536]"), "3:25: \"alternative_ports\" is \"65536\""},
        BadConfiguration{in_provider("alternative_ports: 8080"), "3:24: \"alternative_ports\" is \"8080\", expected a list"},
        BadConfiguration{in_provider("max_age: -1"), "3:14: \"max_age\" is \"-1\", expected a number from 0"},
        BadConfiguration{in_provider("dpop_bound_access_tokens: on"), "3:31: \"dpop_bound_access_tokens\" is \"on\""},
        BadConfiguration{in_provider("endpoints: https://as.example"), "3:16: \"endpoints\" is \"https://as.example\", expected a map"},
        BadConfiguration{in_provider("authorization_parameters: [a]"), "3:31: \"authorization_parameters\" is a list, expected a map"},
        BadConfiguration{in_provider("authorization_parameters: {a: {b: c}}"), "3:35: \"a\" is a map, expected text"},
        BadConfiguration{in_provider("client_id: \"a\\nb\""), "3:16: \"client_id\" is no single line of printable ASCII"},
        BadConfiguration{in_provider("client_secret: \"hush\\nhush\""), "3:20: \"client_secret\" is no single line"},
        BadConfiguration{in_provider("client_secret_env: $X"), "3:24: \"client_secret_env\" is no name of an environment variable"},
        BadConfiguration{in_provider("client_key: /home/ada/key.pem"), "3:17: \"client_key\" is no private key in PEM"},
        BadConfiguration{in_provider("issuer: http://as.example"), "3:13: \"issuer\" is no https address"},
        BadConfiguration{in_provider("issuer: https://u:p@as.example"), "3:13: \"issuer\" is no https address"},
        BadConfiguration{in_provider("issuer: as.example"), "3:13: \"issuer\" is no https address"},
        BadConfiguration{in_provider("endpoints: {token: http://as.example/token}"), "3:24: \"token\" is no https address"},
        BadConfiguration{in_provider("endpoints: {authorization: \"javascript:alert(1)\"}"), "3:32: \"authorization\" is no https"},
        BadConfiguration{in_provider("redirect_uri: https://127.0.0.1/"), "3:19: \"redirect_uri\" is no http address of this machine"},
        BadConfiguration{in_provider("redirect_uri: http://as.example/"), "3:19: \"redirect_uri\" is no http address of this machine"},
        BadConfiguration{in_provider("redirect_uri: http://127.0.0.1/#x"), "3:19: \"redirect_uri\" is no http address"},
        BadConfiguration{in_provider("resources: [api]"), "3:17: \"resources\" is no absolute address"}));

INSTANTIATE_TEST_SUITE_P(
    Yaml, ConfigurationFault,
    ::testing::Values(
        BadConfiguration{"a: &a [x, x]\nb: &b [*a, *a]\n", "2:8: aliases are not used here"},
        BadConfiguration{"storage: file\nbrowser: true\nstorage: memory", "3:1: \"storage\" is there twice, first in line 1"},
        BadConfiguration{in_provider("issuer: https://good.example\n    issuer: https://evil.example"),
                         "4:5: \"issuer\" is there twice, first in line 3"},
        BadConfiguration{"providers:\n  work: {}\n  \"work\": {}", "3:3: \"work\" is there twice, first in line 2"},
        BadConfiguration{"storage: !!binary ZmlsZQ==", "1:10: tags are not used here"},
        BadConfiguration{"a: [[[[[[[[[x]]]]]]]]]", "1:11: nested deeper than 8 levels"},
        BadConfiguration{"? [a]\n: b", "1:3: a name must be text"},
        BadConfiguration{"? {a: b}\n: c", "1:3: a name must be text"},
        BadConfiguration{"~: b", "1:1: a name must be text"},
        BadConfiguration{"storage: file\n---\nstorage: memory", "2:1: there is a second document"},
        BadConfiguration{"storage: \"file\n", "1:14: this is not YAML: a quote or bracket is not closed"},
        BadConfiguration{"a: [x", "1:5: this is not YAML: a quote or bracket is not closed"},
        BadConfiguration{"a: b: c", "1:5: this is not YAML: "},
        BadConfiguration{std::string("storage: file\n\x04\nbrowser: perhaps", 31), "2:1: a byte that is no text"},
        BadConfiguration{std::string("storage: fi\0le", 14), "1:12: a byte that is no text"},
        BadConfiguration{"\xFE\xFF\0s", "1:1: a byte that is no text"},
        BadConfiguration{std::string(64 * 1024 + 1, '#'), "1:1: larger than 64 KiB"}));

INSTANTIATE_TEST_SUITE_P(
    InsecureSwitches, ConfigurationFault,  // CH-CF-07: there are none, in no build
    ::testing::Values(BadConfiguration{"allow_http: true", "1:1: there is no key"},
                      BadConfiguration{"skip_verify: true", "1:1: there is no key"},
                      BadConfiguration{in_provider("allow_http: true"), "3:5: there is no key"},
                      BadConfiguration{in_provider("skip_verify: true"), "3:5: there is no key"},
                      BadConfiguration{in_provider("plain_pkce: true"), "3:5: there is no key"},
                      BadConfiguration{in_provider("ca_file: /tmp/ca.pem"), "3:5: there is no key"},
                      BadConfiguration{in_provider("proxy: http://127.0.0.1:3128"), "3:5: there is no key"},
                      BadConfiguration{in_provider("token_endpoint_auth_method: none"), "3:5: there is no key"}));

INSTANTIATE_TEST_SUITE_P(
    TwoCredentials, ConfigurationFault,
    ::testing::Values(BadConfiguration{in_provider("client_secret: a\n    client_secret_env: B"),
                                       "4:5: \"client_secret_env\" beside \"client_secret\": a client has one credential"},
                      BadConfiguration{in_provider("client_key: \"-----BEGIN X\"\n    client_secret: a"),
                                       "4:5: \"client_secret\" beside \"client_key\": a client has one credential"},
                      BadConfiguration{in_provider("client_secret: a\n    api_key: b"), "4:5: there is no key \"api_key\""}));

TEST(ConfigurationReader, TextsAreTextsWhateverTheyLookLike) {  // CH-CF-05: strings are typed by the schema
  for (const auto* text : {"no", "0777", "1e3", "true", "2001-12-14", ".inf", "0x1F", "1:30"}) {
    const auto read = read_configuration(in_provider("client_id: " + std::string(text)));
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(read->providers.at("work").oauth.client_id, text);
  }
}

TEST(ConfigurationReader, AFaultRepeatsNoSecret) {
  for (const auto* line : {"client_secret: \"hush\\nhush\"", "client_key: hush"}) {
    EXPECT_THAT(complaint_about(in_provider(line)), ::testing::Not(HasSubstr("hush"))) << line;
  }
}

TEST(ConfigurationReader, BracketsWithoutEndOrDepthAreRefusedSoon) {
  EXPECT_NE(complaint_about(std::string(60'000, '[')), "");
  EXPECT_NE(complaint_about(std::string(60'000, '{')), "");
  std::string steps;
  for (int i = 0; i < 10'000; ++i) steps += "- ";
  EXPECT_THAT(complaint_about(steps), HasSubstr("nested deeper than 8 levels"));
}

}  // namespace
}  // namespace mimir::oauth::internal
