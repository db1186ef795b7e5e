// The only file that knows CLI11: its header alone costs seconds to compile.
#include <arguments.hpp>

#include <iostream>
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
  command.add_option("--storage", into, "Where logins are kept: auto, file, secret-service, memory, environment")
      ->envname("MIMIR_STORAGE")
      ->capture_default_str();
}

void add_login_options(CLI::App& command, bool& no_browser, int& timeout) {
  command.add_flag("--no-browser", no_browser, "Only print the URL to visit");
  command.add_option("--timeout", timeout, "Seconds to wait for you to log in")
      ->check(CLI::Range(1, 3600))
      ->capture_default_str();
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
  app.footer(
      "Exit status: 0 done, 2 usage, 3 refused, 4 you declined, 5 try later, 6 this machine, 7 login required, "
      "130 interrupted.");

  ConnectArguments connect;
  bool oauth = false;
  auto* connect_command = app.add_subcommand("connect", "Log in to a provider in the browser");
  add_name(*connect_command, connect.name)->required();
  connect_command->add_flag("--oauth", oauth, "Log in with OAuth")->required();
  auto* issuer = connect_command->add_option("--issuer", connect.issuer, "Issuer URL, exactly as the provider has it");
  auto* client = connect_command->add_option("--client-id", connect.client_id, "Client id registered at the provider");
  issuer->needs(client);
  client->needs(issuer);
  connect_command
      ->add_option("--client-secret-env", connect.client_secret_env, "Environment variable that holds the client secret")
      ->needs(client);
  connect_command->add_option("--scope", connect.scopes, "Scope to ask for; may be repeated")->needs(client);
  auto* redirect = connect_command->add_option("--redirect-uri", connect.redirect_uri, "Registered loopback redirect URI")
                       ->needs(client);
  connect_command->add_option("--port", connect.ports, "Port to listen on; given again: the next to try; any free one by default")
      ->check(CLI::Range(1, 65535))
      ->excludes(redirect)
      ->needs(client);
  connect_command->add_flag("--dpop", connect.dpop, "Bind the tokens to a key of this login (RFC 9449)")->needs(client);
  connect_command->add_flag("--device", connect.device, "Log in with a browser on another device, by a short code");
  add_login_options(*connect_command, connect.no_browser, connect.timeout_seconds);
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
  logout_command->add_flag("--local-only", logout.local_only, "Forget the login here without revoking it");
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
  add_storage(*doctor_command, doctor.storage);

  FetchArguments fetch;
  auto* fetch_command = app.add_subcommand("fetch", "GET a URL with the login's token and print the body");
  add_name(*fetch_command, fetch.name)->required();
  fetch_command->add_option("URL", fetch.url, "What to get")->required();
  fetch_command->add_flag("--no-login", fetch.no_login, "Fail instead of logging in again");
  add_login_options(*fetch_command, fetch.no_browser, fetch.timeout_seconds);
  add_storage(*fetch_command, fetch.storage);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error, std::cout, std::cerr);
    return code == 0 ? kDone : static_cast<int>(kUsage);
  }
  if (connect_command->parsed()) return Arguments(connect);
  if (status_command->parsed()) return Arguments(status);
  if (token_command->parsed()) return Arguments(token);
  if (accounts_command->parsed()) return Arguments(accounts);
  if (doctor_command->parsed()) return Arguments(doctor);
  if (refresh_command->parsed()) return Arguments(refresh);
  if (logout_command->parsed()) return Arguments(logout);
  return Arguments(fetch);
}

}  // namespace mimir::cli
