// Logs in to a provider in the browser and calls its API: login ISSUER CLIENT_ID URL
#include <iostream>

#include <mimir/oauth/token_source.hpp>

using namespace mimir::oauth;

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: login ISSUER CLIENT_ID URL\n";
    return 2;
  }
  SystemClock clock;
  SystemRandom random;
  const auto http = make_curl_transport();
  const auto browser = make_system_browser();
  const auto callbacks = make_callback_server_factory();
  const auto storage = make_memory_storage();
  OAuthManager manager({.http = *http, .browser = *browser, .callbacks = *callbacks, .storage = *storage,
                        .clock = clock, .random = random, .events = [](const Event& event) {
                          if (event.kind == Event::Kind::AuthorizationUrl) std::cerr << "Visit " << event.text << '\n';
                        }});
  manager.add_provider("example", {.issuer = argv[1], .client_id = argv[2]});

  TokenSource source(manager, "example", LoginPolicy::WhenNeeded);
  const auto response = source.send({.url = argv[3]});
  if (!response) {
    std::cerr << response.error().message << '\n' << response.error().hint << '\n';
    return 1;
  }
  std::cout << response->body.expose() << '\n';
}
