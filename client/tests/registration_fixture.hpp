#pragma once

#include <string>
#include <utility>
#include <vector>

#include "login_fixture.hpp"

namespace mimir::oauth::testing {

inline constexpr const char* kRegistrationEndpoint = "https://as.example/register";

/// A configuration without a client id, which asks for one.
inline OAuthConfig registering(std::vector<std::string> scopes = {"api"}) {
  return {.issuer = std::string(kIssuer),
          .scopes = std::move(scopes),
          .registration = RegistrationRequest{.client_name = "Ada's tool"}};
}

/// What the provider answers to a public client.
inline codec::Json issued(const std::string& client_id = "issued-1") {
  return codec::Json::object({{"client_id", client_id}, {"token_endpoint_auth_method", "none"}});
}

/// What it answers to one with a secret.
inline codec::Json issued_with_secret(const std::string& secret) {
  return codec::Json::object(
      {{"client_id", "issued-1"}, {"token_endpoint_auth_method", "client_secret_post"}, {"client_secret", secret}});
}

/// A provider that lets programs register, and one that wants to.
class RegistrationTest : public LoginTest {
 protected:
  RegistrationTest() { manager_.add_provider("mock", registering()); }

  static codec::Json open_metadata() {
    auto document = metadata();
    document.set("registration_endpoint", kRegistrationEndpoint);
    return document;
  }
  void expect_registration(const codec::Json& answer, int status = 201) {
    http_.expect("POST", kRegistrationEndpoint, status, answer.dump());
  }
  /// From discovery to the tokens, with this answer to the registration.
  Result<OAuthTokens> log_in_registering(const codec::Json& answer) {
    expect_discovery(open_metadata());
    expect_registration(answer);
    expect_token(200, tokens());
    return manager_.initiate_flow("mock");
  }
  std::string client_id_shown() {
    const auto url = codec::Url::parse(user_.opened.back());
    return codec::Parameters::parse(*url->query())->one("client_id").value_or("");
  }
  std::size_t registrations() {
    std::size_t count = 0;
    for (const auto& request : http_.requests()) count += request.url == kRegistrationEndpoint ? 1 : 0;
    return count;
  }
};

}  // namespace mimir::oauth::testing
