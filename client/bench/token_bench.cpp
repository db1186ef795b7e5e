// What a token costs once it is there, and whether many logins slow one down; printed as JSON for ci/bench/client.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <thread>

#include <stdlib.h>
#include <time.h>

#include <mimir/codec/json.hpp>
#include <mimir/oauth/token_source.hpp>

using namespace mimir;
using namespace mimir::oauth;

namespace {

using Steady = std::chrono::steady_clock;

StoredLogin login(std::size_t token_bytes) {
  const auto now = SystemClock().now();
  return {.config = {.issuer = "https://as.example", .client_id = "cli"},
          .tokens = {.access_token = Secret(std::string(token_bytes, 'x')),
                     .token_type = "Bearer",
                     .refresh_token = Secret("refresh"),
                     .expires_at = now + std::chrono::hours(10),
                     .obtained_at = now}};
}

/// Of this thread alone: other programs on the machine do not count.
double cpu_ns() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

/// Nanoseconds a call, the slowest thread's.
double access_token_ns(TokenSource& source, int threads) {
  constexpr int kCalls = 1'000'000;
  std::vector<double> each(static_cast<std::size_t>(threads));
  {
    std::vector<std::jthread> workers;
    for (auto& mine : each) {
      workers.emplace_back([&source, &mine] {
        const double start = cpu_ns();
        for (int i = 0; i < kCalls; ++i) {
          if (!source.access_token()) std::abort();
        }
        mine = (cpu_ns() - start) / kCalls;
      });
    }
  }
  return *std::max_element(each.begin(), each.end());
}

template <class Action>
double microseconds(Action action) {
  std::vector<double> all;
  for (int i = 0; i < 200; ++i) {
    const auto start = Steady::now();
    action();
    all.push_back(std::chrono::duration<double, std::micro>(Steady::now() - start).count());
  }
  std::nth_element(all.begin(), all.begin() + 100, all.end());
  return all[100];
}

}  // namespace

int main() {
  SystemRandom random;
  const SystemClock clock;
  const auto http = make_curl_transport();
  const auto browser = make_system_browser();
  const auto callbacks = make_callback_server_factory();
  const auto memory = make_memory_storage();
  OAuthManager manager({.http = *http, .browser = *browser, .callbacks = *callbacks, .storage = *memory, .clock = clock,
                        .random = random});
  auto figures = codec::Json::object();
  (void)memory->store("mock", login(40), 0);
  (void)memory->store("jwt", login(1200), 0);
  TokenSource source(manager, "mock");
  TokenSource jwt(manager, "jwt");
  (void)access_token_ns(source, 1);
  figures.set("access_token_ns", access_token_ns(source, 1));
  figures.set("access_token_1200_bytes_ns", access_token_ns(jwt, 1));
  figures.set("access_token_2_threads_ns", access_token_ns(source, 2));

  std::string pattern = (std::filesystem::temp_directory_path() / "mimir-bench-XXXXXX").string();
  const std::filesystem::path folder = ::mkdtemp(pattern.data());
  const auto storage = make_encrypted_file_storage({.folder = folder / "one"}, random);
  const auto many = make_encrypted_file_storage({.folder = folder / "many"}, random);
  (void)storage->store("login-0", login(1200), 0);
  for (int i = 0; i < 1000; ++i) (void)many->store("login-" + std::to_string(i), login(1200), 0);
  std::uint64_t one_generation = 1;
  std::uint64_t many_generation = 1;
  const auto pairs = {std::pair{"load", microseconds([&] { (void)storage->load("login-0"); }) },
                      std::pair{"load_of_1000", microseconds([&] { (void)many->load("login-500"); })},
                      std::pair{"store", microseconds([&] { one_generation = *storage->store("login-0", login(1200), one_generation); })},
                      std::pair{"store_of_1000", microseconds([&] { many_generation = *many->store("login-0", login(1200), many_generation); })},
                      std::pair{"probe", microseconds([&] { (void)storage->probe(); })},
                      std::pair{"probe_of_1000", microseconds([&] { (void)many->probe(); })}};
  for (const auto& [name, value] : pairs) figures.set(std::string(name) + "_us", value);
  std::filesystem::remove_all(folder);
  std::printf("%s\n", figures.dump().c_str());
}
