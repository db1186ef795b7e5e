#include <leaking_variables.hpp>

#include <cstdlib>

namespace mimir::cli {
namespace {

// libcurl writes to the file of the first; GLib prints messages of D-Bus, and with them those to a keyring, for the others.
constexpr const char* kLeakingVariables[] = {"SSLKEYLOGFILE", "G_DBUS_DEBUG", "G_MESSAGES_DEBUG"};

std::vector<std::string>& removed() {
  static std::vector<std::string> names;
  return names;
}

}  // namespace

void remove_leaking_variables() {
  for (const auto* const name : kLeakingVariables) {
    if (const char* const value = std::getenv(name); value != nullptr && *value != 0) removed().emplace_back(name);
    ::unsetenv(name);
  }
}

const std::vector<std::string>& removed_variables() { return removed(); }

}  // namespace mimir::cli
