// Calls enough of the library that everything it stands on must be linked.
#include <iostream>
#include <mimir/oauth/token_source.hpp>

using namespace mimir::oauth;

int main() {
  SystemClock clock;
  SystemRandom random;
  const auto http = make_curl_transport();
  const auto browser = make_system_browser();
  const auto callbacks = make_callback_server_factory();
  const auto storage = make_memory_storage();
  OAuthManager manager({*http, *browser, *callbacks, *storage, clock, random});
  const auto token = TokenSource(manager, "nobody").access_token();
  std::cout << (!token && token.error().category == Category::LoginRequired ? "not logged in" : "?") << '\n';
}
