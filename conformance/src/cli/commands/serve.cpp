// mockoauth serve: a provider to develop against.
#include <signal.h>
#include <unistd.h>

#include <iostream>

#include <mockoauth/server/server.hpp>
#include <mockoauth/wire/origins.hpp>

#include "../command.hpp"

namespace mockoauth::cli {
namespace {

using mimir::codec::Json;

struct Options {
  std::string provider = "plain";
  std::uint16_t port = 0;
  std::uint64_t seed = 0;
  std::string client_id = "mockoauth-client";
  std::vector<std::string> redirect_uris = {"http://127.0.0.1/callback", "http://[::1]/callback"};
};

mimir::codec::Expected<server::Profile, document::DataFileError> profile_of(const std::string& name) {
  const bool path = name.find('/') != std::string::npos || name.ends_with(".yaml");
  return path ? server::Profile::load(name) : server::Profile::find(name);
}

int serve(const Options& options) {
  auto profile = profile_of(options.provider);
  if (!profile) return complain(profile.error().to_string(), kUsage);

  // Blocked before any thread starts, so that only sigwait below sees them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  auto origins = wire::Origins::bind({.port = options.port}, profile->origins().size());
  if (!origins) return complain(origins.error().message, kUsage);
  const mimir::codec::SystemClock clock;
  server::Server server(clock, origins->urls());
  server::RealmOptions realm_options{.profile = *profile, .seed = options.seed};
  realm_options.clients.push_back({.client_id = options.client_id, .redirect_uris = options.redirect_uris});
  auto realm = server.create_realm(std::move(realm_options));
  if (!realm) return complain(realm.error().message, kBench);
  origins->start(server);

  Json urls = Json::array();
  for (const auto& url : origins->urls()) urls.push_back(Json(url));
  std::cout << Json::object({{"ready", true},
                             {"issuer", (*realm)->issuer()},
                             {"origins", std::move(urls)},
                             {"port", static_cast<int>(origins->port())},
                             {"provider", profile->id()},
                             {"client_id", options.client_id},
                             {"resource", (*realm)->resource_url()},
                             {"pid", static_cast<int>(::getpid())}})
                   .dump()
            << std::endl;
  int signal = 0;
  sigwait(&signals, &signal);
  origins->stop();
  return kHeld;
}

}  // namespace

void register_serve(Commands& commands) {
  commands.add({"serve", "Run a mock provider on a loopback port; prints one JSON line when it is ready", [](CLI::App& app, const Trailing&) {
    auto options = std::make_shared<Options>();
    app.add_option("--provider", options->provider, "A profile's id (see `mockoauth providers`) or a file")->capture_default_str();
    app.add_option("--port", options->port, "0: any free port")->capture_default_str();
    app.add_option("--seed", options->seed, "Same seed, same codes and tokens; 0: unpredictable ones")->capture_default_str();
    app.add_option("--client-id", options->client_id, "The public client that is registered")->capture_default_str();
    app.add_option("--redirect-uri", options->redirect_uris, "Its redirect URIs; loopback ones match on any port");
    return [options] { return serve(*options); };
  }});
}

}  // namespace mockoauth::cli
