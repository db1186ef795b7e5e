#pragma once

#include <optional>
#include <string>
#include <vector>

#include <mimir/oauth/vocabulary.hpp>

namespace mimir::oauth {

/// How a program that has no client id of its own asks the provider for one (RFC 7591 §2, §3).
struct RegistrationRequest {
  std::string client_name = {};                        ///< Shown to the user at consent; may be empty.
  /// Where the provider lets only some register (§3). Sent once and never stored.
  std::optional<Secret> initial_access_token = {};

  [[nodiscard]] RegistrationRequest clone() const;
};

/// What is kept of a registration besides client id, secret and redirect URIs (RFC 7591 §3.2.1, RFC 7592 §3).
struct RegisteredClient {
  TimePoint registered_at = {};                        ///< Local clock.
  std::optional<TimePoint> secret_expires_at = {};     ///< Absent: never.
  std::string management_uri = {};                     ///< `registration_client_uri`; empty when there is none.
  std::optional<Secret> management_token = {};         ///< `registration_access_token`.
  std::vector<std::string> asked_scopes = {};
  std::string metadata = {};  ///< JSON object: the client metadata as the provider gave it back, without secrets.
  bool proven = false;           ///< A login with it came to its end.
  bool refused = false;          ///< The provider answered `invalid_client`; the next login registers anew.
  bool replaces_refused = false; ///< It was made because its predecessor was refused.

  [[nodiscard]] RegisteredClient clone() const;
};

}  // namespace mimir::oauth
