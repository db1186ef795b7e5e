// A whole life of a login with everything real, then nothing of it may be left: secrets_probe ISSUER FOLDER. Says
// `released` when all objects are gone and waits for the end of its input, so that its memory can be searched.
#include <cstdio>
#include <cstdlib>

#include <unistd.h>

#include <mimir/oauth/token_source.hpp>

using namespace mimir::oauth;

namespace {

bool wipes() {
  static const bool yes = std::getenv("MIMIR_TEST_NO_WIPE") == nullptr;
  return yes;
}

}  // namespace

/// Instead of OpenSSL's, for every caller in this process: the search must find what it is meant to find, too.
extern "C" void OPENSSL_cleanse(void* memory, std::size_t size) {
  if (!wipes()) return;
  volatile auto* bytes = static_cast<volatile unsigned char*>(memory);
  while (size-- > 0) *bytes++ = 0;
}

namespace {

int live(const std::string& issuer, const std::string& folder) {
  SystemRandom random;
  const SystemClock clock;
  const auto http = make_curl_transport();
  const auto browser = make_system_browser();
  const auto callbacks = make_callback_server_factory();
  const auto storage = make_encrypted_file_storage({.folder = folder}, random);
  OAuthManager manager({.http = *http, .browser = *browser, .callbacks = *callbacks, .storage = *storage, .clock = clock,
                        .random = random,
                        .events = [](const Event& event) {
                          if (event.kind != Event::Kind::AuthorizationUrl) std::fprintf(stderr, "%s\n", event.text.c_str());
                        }});
  manager.add_provider("mock", {.issuer = issuer, .client_id = "cli", .scopes = {"api"}});
  const auto step = [](const char* what, const auto& result) {
    if (!result) std::fprintf(stderr, "%s: %s\n", what, result.error().message.c_str());
    return result.has_value();
  };
  if (!step("login", manager.initiate_flow("mock"))) return 1;
  if (!step("refresh", manager.refresh_token("mock"))) return 1;
  TokenSource source(manager, "mock");
  const auto response = source.send({.url = issuer + "/resource"});
  if (!step("resource", response) || response->status != 200) return 1;
  if (!step("cached token", source.access_token())) return 1;
  if (!step("logout", manager.revoke_access("mock"))) return 1;
  return source.access_token() ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  if (const int failed = live(argv[1], argv[2])) return failed;
  std::puts("released");
  std::fflush(stdout);
  char byte = 0;
  while (::read(STDIN_FILENO, &byte, 1) > 0) {
  }
}
