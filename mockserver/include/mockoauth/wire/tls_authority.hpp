#pragma once

#include <memory>
#include <string>

#include <mimir/codec/result.hpp>

namespace mockoauth::wire {

/// A CA that lives as long as this object, and the certificates that it gives its own server, good ones and, for faults,
/// bad ones. Its keys are made when it is and are written nowhere. Thread-safe.
class TlsAuthority {
 public:
  /// Fails with `tls.keys` when OpenSSL cannot make keys.
  static mimir::codec::Result<std::shared_ptr<TlsAuthority>> create();
  ~TlsAuthority();
  TlsAuthority(const TlsAuthority&) = delete;
  TlsAuthority& operator=(const TlsAuthority&) = delete;

  /// What a client has to trust (PEM): point SSL_CERT_FILE at it.
  [[nodiscard]] const std::string& ca_pem() const;

  struct Impl;
  [[nodiscard]] Impl& impl() { return *impl_; }

 private:
  TlsAuthority();
  std::unique_ptr<Impl> impl_;
};

}  // namespace mockoauth::wire
