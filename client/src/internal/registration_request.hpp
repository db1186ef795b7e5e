#pragma once

#include <string>
#include <vector>

#include <internal/metadata.hpp>
#include <mimir/codec/json.hpp>

namespace mimir::oauth::internal {

/// Where a registered program is to be found by the browser: one redirect URI and more ports for it, as OAuthConfig has
/// them.
struct RedirectForm {
  std::string redirect_uri;
  std::vector<std::uint16_t> alternative_ports = {};

  /// As they are registered: an arbitrary port is left out, since the server must allow any then (RFC 8252 §7.3).
  [[nodiscard]] std::vector<std::string> uris() const;
};

/// What is registered for a configuration. One that leaves the redirect URI as it is by default gets a path of its own for
/// each issuer: an answer of one server can then not be taken for that of another that sends no `iss` (RFC 8252 §8.10).
[[nodiscard]] RedirectForm redirect_form(const OAuthConfig& config);

/// The record in which the registration at this issuer for this redirect form is kept.
[[nodiscard]] std::string registration_record_name(const OAuthConfig& config);

/// The client metadata to register (RFC 7591 §2): a native application without a secret where the server has such, with
/// the grants that this library uses and the server lists.
[[nodiscard]] codec::Json wanted_client_metadata(const OAuthConfig& config, const Metadata& metadata);

}  // namespace mimir::oauth::internal
