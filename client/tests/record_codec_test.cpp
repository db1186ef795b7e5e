// A stored login comes back with everything that was in it: a setting that is lost there is lost at the next refresh.
#include "internal/record_codec.hpp"

#include <gtest/gtest.h>

namespace mimir::oauth::internal {
namespace {

StoredLogin login_with_everything() {
  return {.config = {.issuer = "https://as.example",
                     .client_id = "cli",
                     .client_secret = Secret("the-secret"),
                     .redirect_uri = "http://[::1]:8080/back",
                     .scopes = {"openid", "api"},
                     .endpoints = {.authorization = "https://as.example/a",
                                   .token = "https://as.example/t",
                                   .revocation = "https://as.example/r",
                                   .userinfo = "https://as.example/u",
                                   .jwks = "https://as.example/j",
                                   .device_authorization = "https://as.example/d",
                                   .pushed_authorization_request = "https://as.example/p",
                                   .registration = "https://as.example/register"},
                     .alternative_ports = {8081, 8082},
                     .resources = {"https://api.example/a"},
                     .authorization_parameters = {{"prompt", "consent"}, {"audience", "x"}},
                     .max_age = std::chrono::seconds(600),
                     .acr_values = {"mfa", "phr"},
                     .dpop_bound_access_tokens = true,
                     .pushes_authorization = true,
                     .client_key = Secret("the-key"),
                     .client_key_id = "key-1",
                     .token_endpoint_auth_method = "client_secret_post",
                     .required_claims = {{"tid", "company"}},
                     .account = {.subject = "42", .login_hint = "ada", .selects = true},
                     .registration = RegistrationRequest{.client_name = "Ada's tool",
                                                         .initial_access_token = Secret("once")},
                     .dialect = {.client_secret_method = "client_secret_post",
                                 .scope_separator = ",",
                                 .granted_scope_separator = "list",
                                 .json_requests = true,
                                 .state_in_token_request = true,
                                 .redirect_uri_in_refresh = true,
                                 .bearer_when_silent = true,
                                 .request_headers = {{"Api-Version", "1"}},
                                 .error_synonyms = {{"bad_token", "invalid_grant"}},
                                 .parameter_names = {{"client_id", "client_key"}}}},
          .tokens = {.access_token = Secret("access"),
                     .token_type = "DPoP",
                     .refresh_token = Secret("refresh"),
                     .id_token = Secret("id"),
                     .expires_at = TimePoint(std::chrono::milliseconds(1'800'000'000'123)),
                     .obtained_at = TimePoint(std::chrono::milliseconds(1'799'996'400'456)),
                     .dpop_key = Secret("bound-key"),
                     .scopes = {"api"}},
          .generation = 42,
          .registered = RegisteredClient{.registered_at = TimePoint(std::chrono::milliseconds(1'700'000'000'000)),
                                         .secret_expires_at = TimePoint(std::chrono::milliseconds(1'900'000'000'000)),
                                         .management_uri = "https://as.example/register/cli",
                                         .management_token = Secret("manage"),
                                         .asked_scopes = {"api"},
                                         .metadata = R"({"x":1})",
                                         .proven = true,
                                         .refused = true,
                                         .replaces_refused = true}};
}

TEST(RecordCodec, BringsBackEverything) {
  const auto login = login_with_everything();

  const auto back = decode_record(encode_record(login).expose());

  ASSERT_TRUE(back);
  const auto& [config, tokens, generation, registered] = *back;
  EXPECT_EQ(config.issuer, login.config.issuer);
  EXPECT_EQ(config.client_id, login.config.client_id);
  EXPECT_EQ(config.client_secret->expose(), "the-secret");
  EXPECT_EQ(config.redirect_uri, login.config.redirect_uri);
  EXPECT_EQ(config.scopes, login.config.scopes);
  EXPECT_EQ(config.endpoints.authorization, login.config.endpoints.authorization);
  EXPECT_EQ(config.endpoints.token, login.config.endpoints.token);
  EXPECT_EQ(config.endpoints.revocation, login.config.endpoints.revocation);
  EXPECT_EQ(config.endpoints.userinfo, login.config.endpoints.userinfo);
  EXPECT_EQ(config.endpoints.jwks, login.config.endpoints.jwks);
  EXPECT_EQ(config.endpoints.device_authorization, login.config.endpoints.device_authorization);
  EXPECT_EQ(config.endpoints.pushed_authorization_request, login.config.endpoints.pushed_authorization_request);
  EXPECT_EQ(config.alternative_ports, login.config.alternative_ports);
  EXPECT_EQ(config.resources, login.config.resources);
  EXPECT_EQ(config.authorization_parameters, login.config.authorization_parameters);
  EXPECT_EQ(config.max_age, login.config.max_age);
  EXPECT_EQ(config.acr_values, login.config.acr_values);
  EXPECT_TRUE(config.dpop_bound_access_tokens);
  EXPECT_TRUE(config.pushes_authorization);
  EXPECT_EQ(config.client_key->expose(), "the-key");
  EXPECT_EQ(config.client_key_id, "key-1");
  EXPECT_EQ(config.dialect, login.config.dialect);
  EXPECT_EQ(tokens.access_token.expose(), "access");
  EXPECT_EQ(tokens.token_type, "DPoP");
  EXPECT_EQ(tokens.refresh_token->expose(), "refresh");
  EXPECT_EQ(tokens.id_token->expose(), "id");
  EXPECT_EQ(tokens.expires_at, login.tokens.expires_at);
  EXPECT_EQ(tokens.obtained_at, login.tokens.obtained_at);
  EXPECT_EQ(tokens.dpop_key->expose(), "bound-key");
  EXPECT_EQ(tokens.scopes, login.tokens.scopes);
  EXPECT_EQ(generation, 42U);
  EXPECT_EQ(config.endpoints.registration, login.config.endpoints.registration);
  EXPECT_EQ(config.token_endpoint_auth_method, "client_secret_post");
  EXPECT_EQ(config.required_claims, login.config.required_claims);
  const ExpectedAccount kept{.subject = "42", .login_hint = "ada"};  // selecting was for that one login
  EXPECT_EQ(config.account, kept);
  EXPECT_EQ(config.registration->client_name, "Ada's tool");
  EXPECT_FALSE(config.registration->initial_access_token);  // good for one registration, which is done
  ASSERT_TRUE(registered);
  EXPECT_EQ(registered->registered_at, login.registered->registered_at);
  EXPECT_EQ(registered->secret_expires_at, login.registered->secret_expires_at);
  EXPECT_EQ(registered->management_uri, "https://as.example/register/cli");
  EXPECT_EQ(registered->management_token->expose(), "manage");
  EXPECT_EQ(registered->asked_scopes, login.registered->asked_scopes);
  EXPECT_EQ(registered->metadata, R"({"x":1})");
  EXPECT_TRUE(registered->proven);
  EXPECT_TRUE(registered->refused);
  EXPECT_TRUE(registered->replaces_refused);
}

TEST(RecordCodec, LeavesAbsentWhatIsAbsent) {
  StoredLogin bare;
  bare.config.issuer = "https://as.example";

  const auto back = decode_record(encode_record(bare).expose());

  ASSERT_TRUE(back);
  EXPECT_FALSE(back->config.client_secret);
  EXPECT_FALSE(back->config.max_age);
  EXPECT_FALSE(back->config.dpop_bound_access_tokens);
  EXPECT_FALSE(back->config.pushes_authorization);
  EXPECT_FALSE(back->config.client_key);
  EXPECT_FALSE(back->config.registration);
  EXPECT_FALSE(back->registered);
  EXPECT_EQ(back->config.dialect, ProviderDialect());
  EXPECT_FALSE(back->tokens.refresh_token);
  EXPECT_FALSE(back->tokens.expires_at);
  EXPECT_FALSE(back->tokens.dpop_key);
}

}  // namespace
}  // namespace mimir::oauth::internal
