#pragma once

#include <string>

#include <mimir/codec/base64url.hpp>
#include <mimir/codec/digest.hpp>

namespace mockoauth::server::testing {

/// A self-signed certificate (RFC 8705 §2.2), CN=client-one, good from November 2026 on for a hundred years; in base64
/// as `x5c` has it (RFC 7517 §4.7).
inline constexpr const char* kCertificate =
    "MIIBgTCCASegAwIBAgIUfD1qCqz05PrV+0Y/y/5Nk/X2jAwwCgYIKoZIzj0EAwIwFTETMBEGA1UEAwwKY2xpZW50LW9uZTAgFw0y"
    "NjExMjUxNjUxMjBaGA8yMTI2MTEwMTE2NTEyMFowFTETMBEGA1UEAwwKY2xpZW50LW9uZTBZMBMGByqGSM49AgEGCCqGSM49AwEH"
    "A0IABEnZ8bv+rYJGj0DyHs/qS5JqObL2hv1P1PzSP2atuB/KmD5T0MQZIWqtBCQ8yyt1G/aQmh6wG3QkcRHaRHZ+xz2jUzBRMB0G"
    "A1UdDgQWBBTrob14+Ca9SIuwAc5YAw6Ym9aLwDAfBgNVHSMEGDAWgBTrob14+Ca9SIuwAc5YAw6Ym9aLwDAPBgNVHRMBAf8EBTAD"
    "AQH/MAoGCCqGSM49BAMCA0gAMEUCIBtwWBHVCEDe87RohSb1ewDOv0OuRgps3KH/68ZQzHJjAiEA9LwqCTFvRuLhRjuGL6+IaTS2"
    "7EA6XxSfxcYumHKR1pw=";

inline std::string certificate_der() { return mimir::codec::base64_decode(kCertificate).value_or(""); }

/// As in `cnf` (RFC 8705 §3.1).
inline std::string certificate_x5t() { return mimir::codec::base64url_encode(mimir::codec::sha256(certificate_der())); }

}  // namespace mockoauth::server::testing
