#pragma once

#include <map>
#include <string>
#include <string_view>

#include "internal/configuration_keys.hpp"

namespace mimir::oauth::internal {

/// What one file says.
struct ConfigurationText {
  Settings settings = {};
  std::map<std::string, int, std::less<>> setting_lines = {};  ///< Line of each setting that it has.
  std::map<std::string, Configuration::Provider> providers = {};  ///< The origins have lines only.
  bool has_secret = false;
};

/// Reads the text of a configuration file. Keys that are not in the tables are faults with the nearest name (CH-CF-01),
/// and so are two credentials of one provider.
codec::Expected<ConfigurationText, YamlFault> read_configuration(std::string_view text);

}  // namespace mimir::oauth::internal
