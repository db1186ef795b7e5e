#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace mimir::cli {

/// What the command line said, checked for form. Secrets are never arguments: --client-secret-env names a variable.
struct ConnectArguments {
  std::string name;
  std::string issuer;     ///< Empty together with client_id: use what is stored.
  std::string client_id;
  std::string client_secret_env;
  std::vector<std::string> scopes;
  std::vector<std::uint16_t> ports = {};  ///< In order of preference; empty: any free one.
  std::string redirect_uri;
  bool no_browser = false;
  int timeout_seconds = 300;
};
struct StatusArguments {
  std::string name;  ///< Empty: all.
  bool json = false;
};
struct RefreshArguments {
  std::string name;
};
struct LogoutArguments {
  std::string name;
};
struct FetchArguments {
  std::string name;
  std::string url;
  bool no_login = false;
  bool no_browser = false;
  int timeout_seconds = 300;
};

using Arguments =
    std::variant<ConnectArguments, StatusArguments, RefreshArguments, LogoutArguments, FetchArguments>;

/// Either what to do, or that all is done already: help was printed (status 0) or the usage was wrong (2).
std::variant<Arguments, int> parse_arguments(int argc, const char* const* argv);

}  // namespace mimir::cli
