#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mimir/codec/clock.hpp>
#include <mimir/codec/jwk.hpp>

namespace mockoauth::server {

/// What RFC 8705 needs to know of a client certificate. A value type. The listener has seen to it that the client holds
/// the key; whether the chain is trusted is the listener's business too.
struct Certificate {
  std::string subject_dn;               ///< RFC 4514, as normalized_dn() writes it.
  std::vector<std::string> dns_names;   ///< subjectAltName entries.
  std::vector<std::string> uris;
  std::vector<std::string> emails;
  std::vector<std::string> ip_addresses;  ///< In text.
  mimir::codec::TimePoint not_before;
  mimir::codec::TimePoint not_after;
  std::optional<mimir::codec::Key> key;   ///< Nothing: of a kind that JOSE has no name for.

  /// Nothing when the bytes are no X.509 certificate.
  static std::optional<Certificate> parse(std::string_view der);
};

/// base64url(SHA-256(DER)), RFC 8705 §3.1.
[[nodiscard]] std::string certificate_thumbprint(std::string_view der);

/// A distinguished name without what does not count when two are compared: white space around separators and the case
/// of attribute types (RFC 4514 §2, §3).
[[nodiscard]] std::string normalized_dn(std::string_view text);

}  // namespace mockoauth::server
