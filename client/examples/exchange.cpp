// Turns a token into one for another API: exchange ISSUER CLIENT_ID SCOPE, the token on standard input (RFC 8693). The
// client's secret, if it has one, is in $CLIENT_SECRET: command lines are public.
#include <cstdlib>
#include <iostream>
#include <string>
#include <utility>

#include <mimir/oauth/oauth_manager.hpp>

using namespace mimir::oauth;

int main(int argc, char** argv) {
  std::string token;
  if (argc != 4 || !std::getline(std::cin, token)) {
    std::cerr << "usage: exchange ISSUER CLIENT_ID SCOPE <TOKEN\n";
    return 2;
  }
  SystemClock clock;
  SystemRandom random;
  const auto http = make_curl_transport();
  const auto browser = make_system_browser();
  const auto callbacks = make_callback_server_factory();
  const auto storage = make_memory_storage();
  OAuthManager manager({.http = *http, .browser = *browser, .callbacks = *callbacks, .storage = *storage,
                        .clock = clock, .random = random});
  OAuthConfig config{.issuer = argv[1], .client_id = argv[2]};
  if (const char* const secret = std::getenv("CLIENT_SECRET")) config.client_secret = Secret(secret);
  manager.add_provider("example", std::move(config));

  const auto tokens = manager.exchange_token("example", {.subject_token = Secret(token), .scopes = {argv[3]}});
  if (!tokens) {
    std::cerr << tokens.error().message << '\n' << tokens.error().hint << '\n';
    return 1;
  }
  std::cout << tokens->access_token.expose() << '\n';
}
