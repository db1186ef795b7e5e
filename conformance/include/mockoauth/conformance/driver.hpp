#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <mimir/codec/result.hpp>
#include <mockoauth/conformance/scenario.hpp>
#include <mockoauth/server/realm.hpp>

namespace mockoauth::conformance {

/// What a client under test is told about the provider.
struct ClientSetup {
  std::string provider;                        ///< Profile id; a client may use it as a name.
  std::string issuer;
  std::string resource_url;
  std::string client_id;
  std::string client_secret = {};              ///< Empty: a public client.
  std::vector<std::string> scopes;
  std::vector<std::uint16_t> ports = {};       ///< Registered callback ports in order; empty: any free port.
  std::uint64_t seed = 1;
  std::string ca_pem = {};                     ///< What it has to trust; empty: the provider speaks plain http.
};

/// What the person at the browser does, and what the browser met.
struct BrowserPlan {
  std::map<std::string, std::string> tamper = {};
};

struct ClientResult {
  Outcome outcome = Outcome::Failed;
  std::string detail;                ///< `exit status 3`, `ended by signal 11`, or the error code in process.
  std::vector<std::string> said;     ///< Everything it wrote, by line.
  std::vector<std::string> browser;  ///< What the browser did, a line each.
  int browser_opened = 0;
};

/// What the client keeps, as far as it can be seen.
struct StoredState {
  std::string refresh_token;  ///< Empty: none.
};

/// One client with its own home, its own store and its own clock, for the length of one play.
class Session {
 public:
  virtual ~Session() = default;
  /// Runs one step to its end. Errors are the bench's own (`bench.*`), not the client's.
  virtual mimir::codec::Result<ClientResult> run(const std::string& action, const BrowserPlan& plan) = 0;
  virtual mimir::codec::Result<> advance_clock(std::chrono::milliseconds by) = 0;
  virtual mimir::codec::Result<> occupy_port(std::uint16_t port) = 0;
  virtual void free_port(std::uint16_t port) = 0;
  /// Nothing when the store cannot be looked into from outside.
  virtual std::optional<StoredState> stored() = 0;
};

/// The provider's side of one play: a realm that the driver can reach.
struct Stage {
  std::shared_ptr<server::Realm> realm;
  std::string issuer;
  std::string resource_url;
  std::vector<std::uint16_t> ports = {};  ///< As many as the scenario asked for.
  std::string ca_pem = {};                ///< Of ClientSetup.
};

struct StageRequest {
  server::Profile profile;
  std::string user;
  int ports = 0;
  std::uint64_t seed = 1;
  bool tls = false;  ///< https only.
};

/// How a client under test is worked.
class Driver {
 public:
  virtual ~Driver() = default;
  [[nodiscard]] virtual std::string name() const = 0;    ///< `native` or `command`
  [[nodiscard]] virtual std::string client() const = 0;  ///< `mimir`, or what the adapter says.
  /// `refresh`, `logout`, `ports`, `tls`, … : what the client claims to have.
  [[nodiscard]] virtual bool can(const std::string& capability) const = 0;
  virtual mimir::codec::Result<Stage> set_up(const StageRequest& request) = 0;
  virtual mimir::codec::Result<std::unique_ptr<Session>> start(const Stage& stage, const ClientSetup& setup) = 0;
};

struct NativeOptions {
  bool log_in_again = true;  ///< False: the client never opens a browser on its own; for testing the tests.
};
/// The bundled client in process, over memory, in virtual time.
std::unique_ptr<Driver> make_native_driver(NativeOptions options = {});

/// How a program is run, from an adapter file.
struct Adapter {
  struct Command {
    std::vector<std::string> arguments;                  ///< Templates; the first is the program.
  };
  std::string client;                                    ///< Name for reports.
  std::map<std::string, Command> steps;                  ///< login, call, refresh, logout; `*` for all others.
  std::map<std::string, std::string> environment;        ///< Templates.
  std::map<int, Outcome> exit_status = {{0, Outcome::Done}, {3, Outcome::Refused}, {4, Outcome::Declined}};
  std::set<std::string> capabilities = {};
  std::vector<std::string> redirect_uris = {"http://127.0.0.1/callback", "http://[::1]/callback"};
  std::string login_url = "browser";                     ///< `browser` ($BROWSER is run) or `output` (it prints the URL).
  std::chrono::seconds timeout{30};                      ///< Of one step, in real time.
};
FileResult<Adapter> parse_adapter(std::string_view text, const std::string& file);
/// By the id of a built-in adapter or a path.
FileResult<Adapter> find_adapter(const std::string& name);
/// The default contract: the program is run as it is for every step and reads MOCKOAUTH_* from its environment.
Adapter contract_adapter(std::vector<std::string> command);

struct CommandOptions {
  std::string mimir;      ///< Path of the bundled program, for `{mimir}` in adapters.
  std::string self;       ///< Path of mockoauth, which plays the browser.
  bool keep_sandbox = false;
};
/// Any program as a process, in a sandbox with a scripted browser, against a real listener.
std::unique_ptr<Driver> make_command_driver(Adapter adapter, CommandOptions options);

}  // namespace mockoauth::conformance
