#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <mimir/oauth/configuration.hpp>

namespace mimir::oauth::internal {

/// One file of client/providers: a provider's entry as a configuration file has it, without a client.
struct ProviderDefinition {
  std::string_view file;  ///< `NAME.yaml`
  std::string_view text;
};

/// Sorted by name. Static storage.
std::span<const ProviderDefinition> provider_definitions();

[[nodiscard]] std::vector<std::string> provider_definition_names();

/// What is known of that provider; nothing when it has no definition.
/// @param issuer  of the installation, when it was said. One with another issuer than the definition's speaks alike and is
///                somewhere else: none of the endpoints is its own.
[[nodiscard]] std::optional<Configuration::Provider> find_provider_definition(std::string_view name, std::string_view issuer);

}  // namespace mimir::oauth::internal
