// mockoauth serve: a provider to develop against.
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <limits>
#include <optional>

#include <mockoauth/server/control.hpp>
#include <mockoauth/server/journal_export.hpp>
#include <mockoauth/server/server.hpp>
#include <mockoauth/wire/fetcher.hpp>
#include <mockoauth/wire/listener.hpp>
#include <mockoauth/wire/origins.hpp>
#include <mockoauth/wire/tls_authority.hpp>

#include "../command.hpp"
#include "../generated_keys.hpp"
#include "../json_config_file.hpp"
#include "../passing_file.hpp"
#include "../selection.hpp"

namespace mockoauth::cli {
namespace {

using mimir::codec::Json;

struct ServeOptions {
  std::string provider = "plain";
  std::string variant;
  std::uint16_t port = 0;
  std::uint64_t seed = 0;
  std::string login;  ///< Empty: as the profile has it.
  std::string client_id = "mockoauth-client";
  std::string client_secret;  ///< Empty: a public client.
  std::string control_token;  ///< Empty: none is asked for.
  std::string keys = "published";
  std::size_t max_grants = server::RealmOptions().max_grants;
  std::size_t max_realms = server::ServerLimits().realms;
  std::string journal;  ///< File; empty: none is written.
  bool with_secrets = false;
  bool fetch_anywhere = false;
  std::string listen = "127.0.0.1";
  bool tls = false;
  std::string ca_out;      ///< File; empty: a temporary one.
  std::string ready_file;  ///< Empty: none.
  bool print_env = false;
  bool exit_with_parent = false;
  std::string json_config;  ///< File; empty: what the environment says.
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

// A heap for each worker and one for the rest: workers that share one wait for each other at every signature. What a
// worker has got from the kernel it keeps, as the next request needs it again. (jemalloc, where it is linked in, does so unasked.)
void keep_memory(int workers) {
#ifdef M_ARENA_MAX
  ::mallopt(M_ARENA_MAX, workers + 1);
  ::mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
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

bool is_loopback(const std::string& host) {
  return host == "localhost" || host == "::1" || host == "[::1]" || host.starts_with("127.");
}

// What stands in the way of serving, in a sentence; empty: nothing.
std::string objection(const ServeOptions& options) {
  const auto& journal = options.journal;
  if (!journal.empty() && !journal.ends_with(".jsonl") && !journal.ends_with(".har")) {
    return "--journal takes a file that ends with .jsonl or .har, not " + journal;
  }
  if (!is_loopback(options.listen) && options.control_token.empty()) {
    return "at " + options.listen + " others than this machine could steer the server: give --control-token, or listen on 127.0.0.1";
  }
  if (!options.ca_out.empty() && !options.tls) return "--ca-out means something only with --tls";
  if (!journal.empty() && !make_file(journal)) return "the journal cannot be written to " + journal;
  return {};
}

// The signal that asks for the end comes from the kernel when the parent has gone (prctl(2)).
bool follow_parent() {
  const auto parent = ::getppid();
  return ::prctl(PR_SET_PDEATHSIG, SIGTERM) == 0 && ::getppid() == parent && parent != 1;
}

// As a word of a POSIX shell, whatever it holds.
std::string quoted(const std::string& text) {
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + "'";
}

std::string as_environment(const Json& ready) {
  constexpr std::pair<const char*, const char*> kVariables[] = {
      {"MOCKOAUTH_ISSUER", "issuer"}, {"MOCKOAUTH_RESOURCE", "resource"}, {"MOCKOAUTH_CLIENT_ID", "client_id"},
      {"MOCKOAUTH_CONTROL", "control"}, {"SSL_CERT_FILE", "ca_file"}};
  std::string text;
  for (const auto& [variable, member] : kVariables) {
    if (const auto value = ready.string_at(member)) text += std::string("export ") + variable + "=" + quoted(*value) + "\n";
  }
  return text + "export MOCKOAUTH_PID=" + std::to_string(::getpid()) + "\n";
}

/// What listens: where the provider is, and with TLS the same without it, for whoever steers the server.
struct Doors {
  std::shared_ptr<wire::TlsAuthority> authority;
  std::optional<PassingFile> ca_file;
  std::optional<wire::Origins> provider;
  std::optional<wire::Origins> plain;

  [[nodiscard]] const std::string& control_origin() const { return (plain ? plain : provider)->urls().front(); }
  void start(const wire::ListenerCalls& calls) {
    provider->start(calls);
    if (plain) plain->start(calls);
  }
  void stop() {
    provider->stop();
    if (plain) plain->stop();
  }
};

mimir::codec::Result<Doors> open_doors(const ServeOptions& options, std::size_t origins) {
  Doors doors;
  wire::ListenerOptions listening{.host = options.listen, .port = options.port};
  if (options.tls) {
    auto authority = wire::TlsAuthority::create();
    if (!authority) return tl::unexpected(authority.error());
    doors.authority = *authority;
    const auto& pem = doors.authority->ca_pem();
    auto file = options.ca_out.empty() ? PassingFile::write_temporary(".pem", pem) : PassingFile::write(options.ca_out, pem);
    if (!file) return tl::unexpected(file.error());
    doors.ca_file.emplace(std::move(*file));
    auto plain = wire::Origins::bind({.host = options.listen}, origins);
    if (!plain) return tl::unexpected(plain.error());
    doors.plain.emplace(std::move(*plain));
    listening.tls = doors.authority;
  }
  auto provider = wire::Origins::bind(listening, origins);
  if (!provider) return tl::unexpected(provider.error());
  doors.provider.emplace(std::move(*provider));
  return doors;
}

Json ready_line(const ServeOptions& options, const Doors& doors, const server::Realm& realm) {
  Json urls = Json::array();
  for (const auto& url : doors.provider->urls()) urls.push_back(Json(url));
  Json ready = Json::object({{"ready", true},
                             {"issuer", realm.configured_issuer()},
                             {"origins", std::move(urls)},
                             {"port", static_cast<int>(doors.provider->port())},
                             {"provider", realm.profile().id()},
                             {"client_id", options.client_id},
                             {"resource", realm.resource_url()},
                             {"control", doors.control_origin() + "/_mock"},
                             {"pid", static_cast<int>(::getpid())}});
  if (doors.ca_file) ready.set("ca_file", Json(std::filesystem::absolute(doors.ca_file->path()).string()));
  return ready;
}

int serve(const ServeOptions& options) {
  auto profile = select_profile(options.provider, options.variant);
  if (!profile) return complain(profile.error().to_string(), kUsage);
  if (const auto why = objection(options); !why.empty()) return complain(why, kUsage);
  const auto config = asked_json_config(options.json_config);
  if (!config) return complain(config.error(), kUsage);
  if (options.exit_with_parent && !follow_parent()) return complain("the parent of this process is gone already", kBench);

  keep_memory(wire::ListenerOptions().threads);
  // Blocked before any thread starts, so that only sigwait below sees them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  auto doors = open_doors(options, profile->origins().size());
  if (!doors) return complain(doors.error().message, kUsage);
  const mimir::codec::SystemClock clock;
  std::optional<GeneratedKeys> keys;
  if (options.keys == "generate") keys.emplace(algorithms_of(*profile));
  const auto& base_urls = doors->provider->urls();
  server::Server server(clock, base_urls, {.realms = options.max_realms});
  const server::RealmDefaults defaults{.fetcher = wire::make_fetcher({.beyond_loopback = options.fetch_anywhere}),
                                       .key_source = keys ? keys->source() : server::KeySource()};
  server.set_defaults(defaults);
  server::RealmOptions realm_options{.profile = *profile, .seed = options.seed, .max_grants = options.max_grants};
  if (!options.login.empty()) realm_options.login_by_form = options.login == "form";
  realm_options.clients.push_back({.client_id = options.client_id,
                                   .client_secret = options.client_secret,
                                   .redirect_uris = options.redirect_uris});
  auto realm = server.create_realm(std::move(realm_options));
  if (!realm) return complain(realm.error().message, kBench);
  std::vector<std::string> issuers;
  if (*config) {
    auto served = serve_json_config(server, defaults, **config);
    if (!served) return complain(served.error().message, kBench);
    issuers = std::move(*served);
  }
  server::Control control(server, {.token = options.control_token});
  doors->start({.handler = [&](server::HttpRequest request) {
                  return server::Control::is_for(request) ? control.handle(request) : server.handle(std::move(request));
                },
                .may_block = [&](const server::HttpRequest& request) {
                  return server::Control::is_for(request) ? server::Control::may_block(request) : server.may_block(request);
                },
                .welcome = [&](const server::Arrival& arrival) { return server.welcome(arrival); }});

  Json ready = ready_line(options, *doors, **realm);
  for (const auto& issuer : issuers) {
    if (ready.find("issuers") == nullptr) ready.set("issuers", Json::array());
    ready.find("issuers")->push_back(Json(issuer));
  }
  std::optional<PassingFile> ready_file;
  if (!options.ready_file.empty()) {
    auto written = PassingFile::write(options.ready_file, ready.dump() + "\n");
    if (!written) return complain(written.error().message, kUsage);
    ready_file.emplace(std::move(*written));
  }
  std::cout << (options.print_env ? as_environment(ready) : ready.dump() + "\n") << std::flush;
  int signal = 0;
  sigwait(&signals, &signal);
  server.end_realms();  // A held call would keep the listener.
  doors->stop();
  return options.journal.empty() ? kHeld : write_journal(options, **realm, base_urls);
}

}  // namespace

void register_serve(Commands& commands) {
  commands.add({"serve", "Run a mock provider on a loopback port; prints one JSON line when it is ready", [](CLI::App& app, const Trailing&) {
    auto options = std::make_shared<ServeOptions>();
    app.add_option("--provider", options->provider, "A profile's id (see `mockoauth providers`), ID:VARIANT, or a file")->capture_default_str();
    app.add_option("--variant", options->variant, "One of the profile's variants");
    app.add_option("--port", options->port, "0: any free port")->capture_default_str();
    app.add_option("--listen", options->listen, "127.0.0.1, ::1, localhost for both, or an address of this machine, which needs a --control-token")->capture_default_str();
    app.add_flag("--tls", options->tls, "https, by a CA made for this run; the same without TLS and the control API beside it on a port of their own");
    app.add_option("--ca-out", options->ca_out, "Write its certificate there, for clients to trust; else to a temporary file that the ready line names");
    app.add_option("--ready-file", options->ready_file, "Write the ready line there, too; the file goes when the server does");
    app.add_flag("--print-env", options->print_env, "Print what is ready as shell variables instead of JSON");
    app.add_flag("--exit-with-parent", options->exit_with_parent, "Stop when the process that started this one is gone");
    app.add_option("--json-config", options->json_config, "Issuers as in the JSON_CONFIG of mock-oauth2-server, at /ISSUER; also by the variables JSON_CONFIG and JSON_CONFIG_PATH");
    app.add_option("--seed", options->seed, "Same seed, same codes and tokens; 0: unpredictable ones")->capture_default_str();
    app.add_option("--login", options->login, "auto: the person of the realm signs in and decides at once; form: pages ask whoever sits at the browser. "
                                               "Left out: as the profile has it")
        ->check(CLI::IsMember({"auto", "form"}));
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
