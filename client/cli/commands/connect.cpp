// mimir connect NAME --oauth: log in in the browser and keep the tokens.

#include <commands/commands.hpp>
#include <exit_status.hpp>
#include <session.hpp>

namespace mimir::cli {
namespace {

bool says_more_than_the_name(const ConnectArguments& arguments) {
  return !arguments.issuer.empty() || !arguments.like.empty() || !arguments.client_secret_env.empty() ||
         !arguments.scopes.empty() || !arguments.required_claims.empty() || arguments.account != oauth::ExpectedAccount() ||
         !arguments.ports.empty() || !arguments.redirect_uri.empty() || arguments.dpop;
}

oauth::Error usage_error(std::string message) {
  return {.category = oauth::Category::Misconfigured, .code = "usage", .message = std::move(message)};
}

/// What is configured for the name, else what its login was made with.
oauth::Result<std::optional<oauth::OAuthConfig>> known_config(Session& session, const std::string& name) {
  auto entry = session.configuration().provider(name, session.environment());
  if (!entry || *entry) return entry;
  auto login = session.storage().load(name);
  if (!login) return oauth::fail(std::move(login.error()));
  if (!*login) return std::optional<oauth::OAuthConfig>();
  return std::optional(std::move((*login)->config));
}

/// Flags over the configuration. An issuer on the command line is another provider: of the entry nothing is kept, its
/// secret least of all.
oauth::Result<oauth::OAuthConfig> with_flags(const ConnectArguments& arguments, std::optional<oauth::OAuthConfig> entry,
                                             const oauth::EnvironmentLookup& environment) {
  const auto read_secret = [&](const std::string& variable) -> oauth::Result<oauth::Secret> {
    const auto secret = environment(variable);
    if (!secret || secret->empty()) return oauth::fail(usage_error("The variable " + variable + " is not set."));
    return oauth::Secret(*secret);
  };
  if (!arguments.like.empty()) {
    entry = oauth::Configuration::definition(arguments.like, arguments.issuer);
    if (!entry) return oauth::fail(usage_error("No provider \"" + printable(arguments.like) + "\" is known beforehand."));
    entry->client_id = arguments.client_id;
  } else if (!arguments.issuer.empty()) {
    entry = oauth::OAuthConfig{.issuer = arguments.issuer, .client_id = arguments.client_id};
  }
  if (!entry) {
    return oauth::fail(usage_error(arguments.name + " is neither configured nor logged in: give --issuer and --client-id as well."));
  }
  auto config = *std::move(entry);
  if (!arguments.client_secret_env.empty()) {
    auto secret = read_secret(arguments.client_secret_env);
    if (!secret) return oauth::fail(std::move(secret.error()));
    config.client_secret = *std::move(secret);
    config.client_key.reset();
  }
  if (!arguments.scopes.empty()) config.scopes = arguments.scopes;
  if (!arguments.ports.empty()) {
    config.redirect_uri = "http://127.0.0.1:" + std::to_string(arguments.ports.front()) + "/callback";
    config.alternative_ports.assign(arguments.ports.begin() + 1, arguments.ports.end());
  }
  if (!arguments.redirect_uri.empty()) config.redirect_uri = arguments.redirect_uri;
  if (arguments.registers) config.registration = oauth::RegistrationRequest{.client_name = "mimir"};
  if (!arguments.initial_token_env.empty()) {
    auto token = read_secret(arguments.initial_token_env);
    if (!token) return oauth::fail(std::move(token.error()));
    config.registration->initial_access_token = *std::move(token);
  }
  if (!arguments.required_claims.empty()) config.required_claims = arguments.required_claims;
  if (!arguments.account.login_hint.empty()) config.account.login_hint = arguments.account.login_hint;
  if (!arguments.account.subject.empty()) config.account.subject = arguments.account.subject;
  config.account.selects = config.account.selects || arguments.account.selects;
  if (arguments.dpop) config.dpop_bound_access_tokens = true;
  return config;
}

}  // namespace

int run_command(const ConnectArguments& arguments) {
  auto session = Session::open({.storage = arguments.storage,
                                .browser = arguments.browser,
                                .login_timeout = std::chrono::seconds(arguments.timeout_seconds),
                                .device_beside_browser = arguments.or_device,
                                .other_login = arguments.when_busy,
                                .trace = arguments.trace});
  if (!session) return report_unopened(session.error());
  auto& manager = (*session)->manager();
  const auto& terminal = (*session)->terminal();

  if (says_more_than_the_name(arguments)) {
    auto entry = known_config(**session, arguments.name);
    if (!entry) return (*session)->report(entry.error(), arguments.name);
    auto config = with_flags(arguments, *std::move(entry), (*session)->environment());
    if (!config) return (*session)->report(config.error(), arguments.name);
    manager.add_provider(arguments.name, *std::move(config));
  } else if (const auto known = (*session)->configure(arguments.name); !known) {
    return (*session)->report(known.error(), arguments.name);
  }
  if (const auto unattended = (*session)->unattended(); unattended && !arguments.device && !arguments.or_device) {
    terminal.error(*unattended);
    return exit_status_of(*unattended, false);
  }
  terminal.progress("Authenticating with " + arguments.name + "...");
  auto options = (*session)->call_options();
  if (arguments.device) options.timeout = (*session)->configuration().settings().login_timeout;
  const auto tokens = arguments.device ? manager.device_login(arguments.name, options)
                                       : manager.initiate_flow(arguments.name, options);
  if (!tokens) return (*session)->report(tokens.error(), arguments.name);
  terminal.success("Authentication successful!");
  return terminal.result("You are logged in to " + arguments.name + ".\n") ? kDone : kLocal;
}

}  // namespace mimir::cli
