// The only file that knows CLI11: its header alone costs seconds to compile.
#include <arguments.hpp>

#include <iostream>
#include <map>
#include <string_view>

#include <CLI/CLI.hpp>

#include <exit_status.hpp>

namespace mimir::cli {
namespace {

/// Names become file names and go into messages.
std::string check_name(const std::string& name) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
  const bool good = !name.empty() && name.size() <= 64 && name.front() != '.' && name.front() != '-' &&
                    name.find_first_not_of(kAllowed) == std::string::npos;
  return good ? "" : "a name has 1 to 64 letters, digits, dots, dashes or underscores, and starts with a letter or digit";
}

CLI::Option* add_name(CLI::App& command, std::string& into) {
  return command.add_option("NAME", into, "Name you give to the provider")->check(check_name);
}

/// Which there are is the library's business, and its message.
void add_storage(CLI::App& command, std::string& into) {
  command.add_option("--storage", into,
                     "Where logins are kept: auto, file, secret-service, memory, environment; also $MIMIR_STORAGE");
}

void add_login_options(CLI::App& command, oauth::BrowserWish& browser, int& timeout) {
  using oauth::BrowserWish;
  auto* open = command.add_flag_callback(
      "--browser", [&browser] { browser = BrowserWish::Open; }, "Open a browser even where nobody seems to see it");
  command
      .add_flag_callback("--no-browser", [&browser] { browser = BrowserWish::DoNotOpen; }, "Only print the URL to visit")
      ->excludes(open);
  command.add_option("--timeout", timeout, "Seconds to wait for you to log in; 300 if nothing else is configured")
      ->check(CLI::Range(1, 3600));
}

void add_required_claims(CLI::App& command, std::vector<std::pair<std::string, std::string>>& into) {
  command
      .add_option_function<std::vector<std::string>>(
          "--require-claim",
          [&into](const std::vector<std::string>& words) {
            for (const auto& word : words) {
              const auto at = word.find('=');
              into.emplace_back(word.substr(0, at), word.substr(at + 1));
            }
          },
          "NAME=VALUE that the account must have, for example hd=company.example; may be repeated")
      ->check([](const std::string& word) {
        const auto at = word.find('=');
        return at != std::string::npos && at > 0 ? "" : "a claim is NAME=VALUE";
      });
}

void add_expected_account(CLI::App& command, oauth::ExpectedAccount& into) {
  command.add_option("--account", into.login_hint,
                     "E-mail address or user name of the account that must log in; the provider is told");
  command.add_option("--subject", into.subject, "Identifier (sub) at the provider of the account that must log in");
  command.add_flag("--select-account", into.selects, "Let the provider show its accounts even if one is signed in");
}

void add_when_busy(CLI::App& command, oauth::ManagerOptions::OtherLogin& into) {
  using OtherLogin = oauth::ManagerOptions::OtherLogin;
  static const std::map<std::string, OtherLogin> kWords{
      {"wait", OtherLogin::Wait}, {"fail", OtherLogin::Refuse}, {"start", OtherLogin::GoOn}};
  command
      .add_option("--when-busy", into,
                  "If another login of this name is under way: wait for it (default), fail, or start one beside it")
      ->transform(CLI::CheckedTransformer(kWords).description("{wait,fail,start}"));
}

CLI::Option* add_import(CLI::App& command, AccountsArguments& into) {
  auto* file = command.add_option("--import", into.import_file,
                                  "Import logins that an older program keeps in this JSON file, and remove it");
  command.add_option("--issuer", into.import_issuer, "Issuer URL of imported logins whose file does not say it")->needs(file);
  command.add_option("--client-id", into.import_client_id, "Client id of imported logins whose file does not say it")
      ->needs(file);
  command.add_option("--name", into.import_name, "Name of the one login that is imported")->check(check_name)->needs(file);
  command.add_flag("--keep-file", into.import_keeps_file, "Do not remove the imported file")->needs(file);
  return file;
}

}  // namespace

std::variant<Arguments, int> parse_arguments(int argc, const char* const* argv) {
  CLI::App app{"Logs in to OAuth providers and uses them.", "mimir"};
  app.set_version_flag("--version", "mimir " MIMIR_VERSION);
  app.require_subcommand(1);
  app.fallthrough();
  bool trace = false;
  app.add_flag("--trace", trace, "Write down what is done, without secrets, in the state folder");
  app.footer(
      "Exit status: 0 done, 2 usage, 3 refused, 4 you declined, 5 try later, 6 this machine, 7 login required, "
      "130 interrupted.");

  ConnectArguments connect;
  bool oauth = false;
  auto* connect_command = app.add_subcommand("connect", "Log in to a provider in the browser");
  add_name(*connect_command, connect.name)->required();
  connect_command->add_flag("--oauth", oauth, "Log in with OAuth")->required();
  connect_command->add_option("--issuer", connect.issuer, "Issuer URL, exactly as the provider has it");
  connect_command->add_option("--client-id", connect.client_id, "Client id registered at the provider");
  connect_command->add_option("--like", connect.like, "A provider known beforehand; `mimir config --definitions` lists them");
  auto* registers = connect_command->add_flag(
      "--register", connect.registers, "Let the provider issue a client id to this program; one is kept for each provider");
  connect_command
      ->add_option("--initial-token-env", connect.initial_token_env,
                   "Environment variable that holds the token with which the provider lets us register")
      ->needs(registers);
  connect_command->add_option("--client-secret-env", connect.client_secret_env,
                              "Environment variable that holds the client secret");
  connect_command->add_option("--scope", connect.scopes, "Scope to ask for; may be repeated");
  auto* redirect = connect_command->add_option("--redirect-uri", connect.redirect_uri, "Registered loopback redirect URI");
  connect_command->add_option("--port", connect.ports, "Port to listen on; given again: the next to try; any free one by default")
      ->check(CLI::Range(1, 65535))
      ->excludes(redirect);
  add_required_claims(*connect_command, connect.required_claims);
  add_expected_account(*connect_command, connect.account);
  connect_command->add_flag("--dpop", connect.dpop, "Bind the tokens to a key of this login (RFC 9449)");
  auto* const device =
      connect_command->add_flag("--device", connect.device, "Log in with a browser on another device, by a short code");
  connect_command->add_flag("--or-device", connect.or_device, "Offer that beside the browser here; whichever comes first counts")
      ->excludes(device);
  add_when_busy(*connect_command, connect.when_busy);
  add_login_options(*connect_command, connect.browser, connect.timeout_seconds);
  add_storage(*connect_command, connect.storage);

  auto* auth = app.add_subcommand("auth", "Look after logins");
  auth->require_subcommand(1);
  StatusArguments status;
  auto* status_command = auth->add_subcommand("status", "Show logins");
  add_name(*status_command, status.name);
  status_command->add_flag("--json", status.json, "Print JSON");
  add_storage(*status_command, status.storage);
  TokenArguments token;
  auto* token_command = auth->add_subcommand("token", "Print a usable access token, renewed if need be");
  add_name(*token_command, token.name);
  token_command->add_flag("--json", token.json, "Print JSON");
  add_storage(*token_command, token.storage);
  RefreshArguments refresh;
  auto* refresh_command = auth->add_subcommand("refresh", "Renew the access token now");
  add_name(*refresh_command, refresh.name)->required();
  refresh_command->add_flag("--json", refresh.json, "Print JSON");
  add_storage(*refresh_command, refresh.storage);
  LogoutArguments logout;
  auto* logout_command = auth->add_subcommand("logout", "Revoke the login and forget it");
  add_name(*logout_command, logout.name)->required();
  auto* local_only =
      logout_command->add_flag("--local-only", logout.local_only, "Forget the login here without revoking it");
  logout_command
      ->add_flag("--unregister", logout.unregister, "End the registration that --register made; other logins by it end too")
      ->excludes(local_only);
  logout_command->add_flag("--json", logout.json, "Print JSON");
  add_storage(*logout_command, logout.storage);

  AccountsArguments accounts;
  auto* accounts_command = app.add_subcommand("accounts", "List logins, choose the default, move or import them");
  accounts_command->add_flag("--json", accounts.json, "Print JSON");
  auto* make_default =
      accounts_command->add_option("--default", accounts.default_name, "Make this login the default")->check(check_name);
  accounts_command->add_option("--move-to", accounts.move_to, "Move all logins to this storage")->excludes(make_default);
  add_import(*accounts_command, accounts)->excludes(make_default);
  add_storage(*accounts_command, accounts.storage);

  DoctorArguments doctor;
  auto* doctor_command = app.add_subcommand("doctor", "Look for what could keep a login from working here");
  doctor_command->add_flag("--json", doctor.json, "Print JSON");
  doctor_command->add_option("--prove-pkce", doctor.pkce_of,
                             "Also try whether this provider refuses codes without the right verifier; opens the browser twice");
  add_storage(*doctor_command, doctor.storage);

  ConfigArguments config;
  auto* config_command = app.add_subcommand("config", "Show what is configured, and who says so");
  config_command->add_flag("--json", config.json, "Print JSON");
  config_command->add_flag("--definitions", config.definitions, "List the providers that are known beforehand instead");
  add_storage(*config_command, config.storage);

  WhoamiArguments whoami;
  auto* whoami_command = app.add_subcommand("whoami", "Ask the provider who is logged in");
  add_name(*whoami_command, whoami.name);
  whoami_command->add_flag("--json", whoami.json, "Print JSON");
  add_storage(*whoami_command, whoami.storage);

  FetchArguments fetch;
  auto* fetch_command = app.add_subcommand("fetch", "GET a URL with the login's token and print the body");
  add_name(*fetch_command, fetch.name)->required();
  fetch_command->add_option("URL", fetch.url, "What to get")->required();
  fetch_command->add_flag("--no-login", fetch.no_login, "Fail instead of logging in again");
  add_login_options(*fetch_command, fetch.browser, fetch.timeout_seconds);
  add_storage(*fetch_command, fetch.storage);

  try {
    app.parse(argc, argv);
    const bool names_a_server = !connect.issuer.empty() || !connect.like.empty();
    const bool names_a_client = !connect.client_id.empty() || connect.registers;
    if (names_a_server != names_a_client) {
      throw CLI::RequiredError(names_a_server ? "a provider requires --client-id or --register" : "a client requires --issuer or --like", CLI::ExitCodes::RequiresError);
    }
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error, std::cout, std::cerr);
    return code == 0 ? kDone : static_cast<int>(kUsage);
  }
  const auto chosen = [trace](auto arguments) {
    arguments.trace = trace;
    return Arguments(std::move(arguments));
  };
  if (connect_command->parsed()) return chosen(connect);
  if (status_command->parsed()) return chosen(status);
  if (token_command->parsed()) return chosen(token);
  if (accounts_command->parsed()) return chosen(accounts);
  if (doctor_command->parsed()) return chosen(doctor);
  if (config_command->parsed()) return chosen(config);
  if (refresh_command->parsed()) return chosen(refresh);
  if (logout_command->parsed()) return chosen(logout);
  if (whoami_command->parsed()) return chosen(whoami);
  return chosen(fetch);
}

}  // namespace mimir::cli
