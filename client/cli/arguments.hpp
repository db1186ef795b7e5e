#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace mimir::cli {

/// What the command line said, checked for form. Secrets are never arguments: --client-secret-env names a variable.
struct ConnectArguments {
  std::string storage = "auto";
  std::string name;
  std::string issuer;     ///< Empty together with client_id: use what is stored.
  std::string client_id;
  std::string client_secret_env;
  std::vector<std::string> scopes;
  std::vector<std::uint16_t> ports = {};  ///< In order of preference; empty: any free one.
  std::string redirect_uri;
  bool no_browser = false;
  bool dpop = false;
  bool device = false;  ///< Log in on another device (RFC 8628).
  int timeout_seconds = 300;
};
struct StatusArguments {
  std::string storage = "auto";
  std::string name;  ///< Empty: all.
  bool json = false;
};
struct TokenArguments {
  std::string storage = "auto";
  std::string name;  ///< Empty: the default or the only one.
  bool json = false;
};
struct RefreshArguments {
  std::string storage = "auto";
  std::string name;
  bool json = false;
};
struct LogoutArguments {
  std::string storage = "auto";
  std::string name;
  bool json = false;
  bool local_only = false;  ///< Delete without telling the provider.
};
struct AccountsArguments {
  std::string storage = "auto";
  std::string default_name;  ///< Not empty: make it the default.
  std::string move_to;       ///< Not empty: move all logins to that storage.
  std::string import_file;   ///< Not empty: import the logins of that file; what follows is about it.
  std::string import_issuer;
  std::string import_client_id;
  std::string import_name;
  bool import_keeps_file = false;
  bool json = false;
};
struct DoctorArguments {
  std::string storage = "auto";
  bool json = false;
};
struct FetchArguments {
  std::string storage = "auto";
  std::string name;
  std::string url;
  bool no_login = false;
  bool no_browser = false;
  int timeout_seconds = 300;
};

using Arguments = std::variant<ConnectArguments, StatusArguments, TokenArguments, RefreshArguments, LogoutArguments,
                               AccountsArguments, DoctorArguments, FetchArguments>;

/// Either what to do, or that all is done already: help was printed (status 0) or the usage was wrong (2).
std::variant<Arguments, int> parse_arguments(int argc, const char* const* argv);

}  // namespace mimir::cli
