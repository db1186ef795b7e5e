// One process of the race in ci/race: refresh_race FOLDER NAME THREADS CLOCK_AHEAD_S. Starts its threads when stdin ends
// and prints one line: `ok` and a fingerprint of the token that all of them got, or what went wrong.
#include <cstdio>
#include <cstdlib>
#include <set>
#include <thread>

#include <unistd.h>

#include <mimir/codec/digest.hpp>
#include <mimir/oauth/token_source.hpp>

using namespace mimir;
using namespace mimir::oauth;

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  SystemRandom random;
  const codec::ManualClock clock(SystemClock().now() + std::chrono::seconds(std::atol(argv[4])));
  const auto http = make_curl_transport();
  const auto browser = make_system_browser();
  const auto callbacks = make_callback_server_factory();
  const auto storage = make_encrypted_file_storage({.folder = argv[1]}, random);
  OAuthManager manager({.http = *http, .browser = *browser, .callbacks = *callbacks, .storage = *storage, .clock = clock,
                        .random = random});
  TokenSource source(manager, argv[2]);
  char byte = 0;
  while (::read(STDIN_FILENO, &byte, 1) > 0) {
  }
  std::mutex mutex;
  std::set<std::string> results;
  {
    std::vector<std::jthread> threads;
    for (long i = std::atol(argv[3]); i > 0; --i) {
      threads.emplace_back([&] {
        const auto token = source.access_token();
        auto result = token ? "ok " + codec::hex_encode(codec::sha256(token->expose())) : "failed " + token.error().message;
        const std::lock_guard guard(mutex);
        results.insert(std::move(result));
      });
    }
  }
  for (const auto& result : results) std::printf("%s\n", result.c_str());
  return results.size() == 1 && results.begin()->starts_with("ok ") ? 0 : 1;
}
