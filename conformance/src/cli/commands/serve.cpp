// mockoauth serve: a provider to develop against.
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <unistd.h>

#include <fstream>
#include <iostream>
#include <optional>

#include <mockoauth/server/control.hpp>
#include <mockoauth/server/journal_export.hpp>
#include <mockoauth/server/server.hpp>
#include <mockoauth/wire/fetcher.hpp>
#include <mockoauth/wire/origins.hpp>

#include "../command.hpp"
#include "../generated_keys.hpp"
#include "../selection.hpp"

namespace mockoauth::cli {
namespace {

using mimir::codec::Json;

struct ServeOptions {
  std::string provider = "plain";
  std::string variant;
  std::uint16_t port = 0;
  std::uint64_t seed = 0;
  std::string client_id = "mockoauth-client";
  std::string client_secret;  ///< Empty: a public client.
  std::string control_token;  ///< Empty: none is asked for.
  std::string keys = "published";
  std::size_t max_grants = server::RealmOptions().max_grants;
  std::size_t max_realms = server::ServerLimits().realms;
  std::string journal;  ///< File; empty: none is written.
  bool with_secrets = false;
  bool fetch_anywhere = false;
  std::vector<std::string> redirect_uris = {"http://127.0.0.1/callback", "http://[::1]/callback"};
};

// Made before the server runs, so that a path that cannot be written is told at once. For its owner only: with secrets
// asked for, it holds tokens.
bool make_file(const std::string& path) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return false;
  ::close(file);
  return true;
}

int write_journal(const ServeOptions& options, server::Realm& realm, const std::vector<std::string>& base_urls) {
  const auto exchanges = realm.journal().exchanges();
  const bool har = options.journal.ends_with(".har");
  std::ofstream file(options.journal, std::ios::binary);
  file << (har ? server::journal_as_har(exchanges, base_urls, !options.with_secrets)
               : server::journal_as_json_lines(exchanges, !options.with_secrets));
  if (!file.flush()) return complain("the journal cannot be written to " + options.journal, kBench);
  if (const auto dropped = realm.journal().dropped(); dropped > 0) {
    std::cerr << "the journal holds the last " << exchanges.size() << " exchanges; " << dropped
              << " before them were dropped\n";
  }
  return kHeld;
}

// One heap for both workers, taken from the kernel in large pieces. A heap of its own for each thread, which is glibc's
// way, grows by a page at a time, with a system call for every second request.
void keep_memory_in_one_place() {
#ifdef M_ARENA_MAX
  ::mallopt(M_ARENA_MAX, 1);
  ::mallopt(M_TOP_PAD, 1024 * 1024);
#endif
}

// Those that are published from the start: see KeyRing.
std::vector<mimir::codec::JwsAlgorithm> algorithms_of(const server::Profile& profile) {
  using mimir::codec::JwsAlgorithm;
  std::vector<JwsAlgorithm> all{JwsAlgorithm::RS256, JwsAlgorithm::ES256, JwsAlgorithm::EdDSA};
  for (const char* knob : {"id_token.alg", "access.alg"}) {
    if (const auto own = mimir::codec::parse_jws_algorithm(profile.text(knob))) all.push_back(*own);
  }
  return all;
}

int serve(const ServeOptions& options) {
  const auto& journal = options.journal;
  if (!journal.empty() && !journal.ends_with(".jsonl") && !journal.ends_with(".har")) {
    return complain("--journal takes a file that ends with .jsonl or .har, not " + journal, kUsage);
  }
  auto profile = select_profile(options.provider, options.variant);
  if (!profile) return complain(profile.error().to_string(), kUsage);
  if (!journal.empty() && !make_file(journal)) return complain("the journal cannot be written to " + journal, kUsage);

  keep_memory_in_one_place();
  // Blocked before any thread starts, so that only sigwait below sees them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  auto origins = wire::Origins::bind({.port = options.port}, profile->origins().size());
  if (!origins) return complain(origins.error().message, kUsage);
  const mimir::codec::SystemClock clock;
  std::optional<GeneratedKeys> keys;
  if (options.keys == "generate") keys.emplace(algorithms_of(*profile));
  server::Server server(clock, origins->urls(), {.realms = options.max_realms});
  server::RealmOptions realm_options{.profile = *profile, .seed = options.seed, .max_grants = options.max_grants};
  realm_options.fetcher = wire::make_fetcher({.beyond_loopback = options.fetch_anywhere});
  if (keys) realm_options.key_source = keys->source();
  realm_options.clients.push_back({.client_id = options.client_id,
                                   .client_secret = options.client_secret,
                                   .redirect_uris = options.redirect_uris});
  auto realm = server.create_realm(std::move(realm_options));
  if (!realm) return complain(realm.error().message, kBench);
  server::Control control(server, {.token = options.control_token});
  origins->start([&](server::HttpRequest request) {
    return server::Control::is_for(request) ? control.handle(request) : server.handle(std::move(request));
  });

  Json urls = Json::array();
  for (const auto& url : origins->urls()) urls.push_back(Json(url));
  std::cout << Json::object({{"ready", true},
                             {"issuer", (*realm)->configured_issuer()},
                             {"origins", std::move(urls)},
                             {"port", static_cast<int>(origins->port())},
                             {"provider", profile->id()},
                             {"client_id", options.client_id},
                             {"resource", (*realm)->resource_url()},
                             {"control", origins->urls().front() + "/_mock"},
                             {"pid", static_cast<int>(::getpid())}})
                   .dump()
            << std::endl;
  int signal = 0;
  sigwait(&signals, &signal);
  server.end_realms();  // A held call would keep its worker.
  origins->stop();
  return journal.empty() ? kHeld : write_journal(options, **realm, origins->urls());
}

}  // namespace

void register_serve(Commands& commands) {
  commands.add({"serve", "Run a mock provider on a loopback port; prints one JSON line when it is ready", [](CLI::App& app, const Trailing&) {
    auto options = std::make_shared<ServeOptions>();
    app.add_option("--provider", options->provider, "A profile's id (see `mockoauth providers`), ID:VARIANT, or a file")->capture_default_str();
    app.add_option("--variant", options->variant, "One of the profile's variants");
    app.add_option("--port", options->port, "0: any free port")->capture_default_str();
    app.add_option("--seed", options->seed, "Same seed, same codes and tokens; 0: unpredictable ones")->capture_default_str();
    app.add_option("--client-id", options->client_id, "The client that is registered; public unless it gets a secret")->capture_default_str();
    app.add_option("--client-secret", options->client_secret, "Makes it a confidential client, which may act for itself");
    app.add_option("--redirect-uri", options->redirect_uris, "Its redirect URIs; loopback ones match on any port");
    app.add_option("--control-token", options->control_token, "What calls of /_mock/ have to bring as a bearer token; better given by the environment")
        ->envname("MOCKOAUTH_CONTROL_TOKEN");
    app.add_option("--keys", options->keys, "published: the test keys of this project; generate: new ones, made in the background")
        ->check(CLI::IsMember({"published", "generate"}))->capture_default_str();
    app.add_option("--max-grants", options->max_grants, "Logins and refresh tokens that a realm remembers; then the oldest is forgotten")
        ->check(CLI::Range(std::size_t{1}, std::size_t{100'000'000}))->capture_default_str();
    app.add_option("--max-realms", options->max_realms, "How many realms there may be")
        ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}))->capture_default_str();
    app.add_option("--journal", options->journal, "Write the journal there on stop: .jsonl, or .har for browsers and proxies");
    app.add_flag("--with-secrets", options->with_secrets, "Tokens and secrets stand in the journal as they were sent");
    app.add_flag("--fetch-anywhere", options->fetch_anywhere, "Fetch clients' metadata documents and keys from any public host, not only from loopback");
    return [options] { return serve(*options); };
  }});
}

}  // namespace mockoauth::cli
