#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <mimir/oauth/oauth_manager.hpp>
#include <mimir/oauth/surroundings.hpp>

namespace mimir::cli {

/// What the command line said, checked for form. Secrets are never arguments: --client-secret-env names a variable. An empty
/// storage and a timeout of 0 were not said; then configuration and environment decide.
struct CommonArguments {
  std::string storage;
  bool trace = false;
};
struct ConnectArguments : CommonArguments {
  std::string name;
  std::string issuer;     ///< Empty together with client_id: use what is configured or stored.
  std::string client_id;
  bool registers = false;         ///< Register at the provider (RFC 7591).
  std::string initial_token_env;  ///< Variable with the token that lets us register.
  std::string like;       ///< A provider that is known beforehand; not empty: the rest comes on top of it.
  std::string client_secret_env;
  std::vector<std::string> scopes;
  std::vector<std::pair<std::string, std::string>> required_claims = {};  ///< Of whoever logs in.
  oauth::ExpectedAccount account = {};  ///< Of whoever logs in, too.
  std::vector<std::uint16_t> ports = {};  ///< In order of preference; empty: any free one.
  std::string redirect_uri;
  oauth::BrowserWish browser = oauth::BrowserWish::Guess;
  bool dpop = false;
  oauth::ManagerOptions::OtherLogin when_busy = oauth::ManagerOptions::OtherLogin::Wait;
  bool device = false;     ///< Log in on another device (RFC 8628).
  bool or_device = false;  ///< Offer that beside the browser.
  int timeout_seconds = 0;
};
struct StatusArguments : CommonArguments {
  std::string name;  ///< Empty: all.
  bool json = false;
};
struct TokenArguments : CommonArguments {
  std::string name;  ///< Empty: the default or the only one.
  bool json = false;
};
struct WhoamiArguments : CommonArguments {
  std::string name;  ///< Empty: the default or the only one.
  bool json = false;
};
struct RefreshArguments : CommonArguments {
  std::string name;
  bool json = false;
};
struct LogoutArguments : CommonArguments {
  std::string name;
  bool json = false;
  bool local_only = false;  ///< Delete without telling the provider.
  bool unregister = false;  ///< End the registration of this program there as well (RFC 7592).
};
struct AccountsArguments : CommonArguments {
  std::string default_name;  ///< Not empty: make it the default.
  std::string move_to;       ///< Not empty: move all logins to that storage.
  std::string import_file;   ///< Not empty: import the logins of that file; what follows is about it.
  std::string import_issuer;
  std::string import_client_id;
  std::string import_name;
  bool import_keeps_file = false;
  bool json = false;
};
struct DoctorArguments : CommonArguments {
  bool json = false;
  std::string pkce_of;  ///< Provider that is to be tried; empty: none.
};
struct ConfigArguments : CommonArguments {
  bool json = false;
  bool definitions = false;  ///< The providers known beforehand instead.
};
struct FetchArguments : CommonArguments {
  std::string name;
  std::string url;
  bool no_login = false;
  oauth::BrowserWish browser = oauth::BrowserWish::Guess;
  int timeout_seconds = 0;
};

using Arguments = std::variant<ConnectArguments, StatusArguments, TokenArguments, RefreshArguments, LogoutArguments,
                               AccountsArguments, DoctorArguments, ConfigArguments, FetchArguments, WhoamiArguments>;

/// Either what to do, or that all is done already: help was printed (status 0) or the usage was wrong (2).
std::variant<Arguments, int> parse_arguments(int argc, const char* const* argv);

}  // namespace mimir::cli
