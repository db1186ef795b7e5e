// mimir connect NAME --oauth: log in in the browser and keep the tokens.
#include <cstdio>

#include <commands/commands.hpp>
#include <exit_status.hpp>
#include <session.hpp>

namespace mimir::cli {
namespace {

int usage(const std::string& message) {
  std::fprintf(stderr, "error: %s\n", message.c_str());
  return kUsage;
}

}  // namespace

int run_command(const ConnectArguments& arguments) {
  auto session = Session::open({.storage = arguments.storage,
                                .opens_browser = !arguments.no_browser,
                                .login_timeout = std::chrono::seconds(arguments.timeout_seconds)});
  if (!session) {
    std::fprintf(stderr, "error: %s\n", session.error().message.c_str());
    return exit_status_of(session.error(), false);
  }
  auto& manager = (*session)->manager();
  const auto& terminal = (*session)->terminal();

  if (!arguments.issuer.empty()) {
    oauth::OAuthConfig config{.issuer = arguments.issuer, .client_id = arguments.client_id, .scopes = arguments.scopes};
    if (!arguments.client_secret_env.empty()) {
      const auto secret = (*session)->environment()(arguments.client_secret_env);
      if (!secret || secret->empty()) return usage("the variable " + arguments.client_secret_env + " is not set");
      config.client_secret = oauth::Secret(*secret);
    }
    if (!arguments.ports.empty()) {
      config.redirect_uri = "http://127.0.0.1:" + std::to_string(arguments.ports.front()) + "/callback";
      config.alternative_ports.assign(arguments.ports.begin() + 1, arguments.ports.end());
    }
    config.dpop_bound_access_tokens = arguments.dpop;
    if (!arguments.redirect_uri.empty()) config.redirect_uri = arguments.redirect_uri;
    manager.add_provider(arguments.name, std::move(config));
  }
  terminal.progress("Authenticating with " + arguments.name + "...");
  auto options = (*session)->call_options();
  if (arguments.device) options.timeout = std::chrono::seconds(arguments.timeout_seconds);
  const auto tokens = arguments.device ? manager.device_login(arguments.name, options)
                                       : manager.initiate_flow(arguments.name, options);
  if (!tokens) return (*session)->report(tokens.error(), arguments.name);
  terminal.success("Authentication successful!");
  return terminal.result("You are logged in to " + arguments.name + ".\n") ? kDone : kLocal;
}

}  // namespace mimir::cli
