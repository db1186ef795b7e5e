#pragma once

#include <map>
#include <mutex>
#include <string>
#include <utility>

#include <mockoauth/server/welcome.hpp>
#include <mockoauth/wire/tls_authority.hpp>

#include "wire/openssl_handles.hpp"

namespace mockoauth::wire {

/// OpenSSL's client_hello_cb: asks the TlsSession that the connection belongs to.
int on_tls_client_hello(SSL* ssl, int* alert, void* unused);

struct TlsAuthority::Impl {
  EvpKey ca_key;
  X509Certificate ca;
  EvpKey stranger_key;  ///< Of a CA that nobody trusts.
  X509Certificate stranger;
  X509Certificate forged;  ///< By the stranger's key, and with the name of the CA.
  EvpKey key;           ///< Of all server certificates.
  SslContext context;   ///< What every connection begins with.
  std::string ca_pem;

  /// For that name beside the loopback ones. Kept, for a bounded number of names. Null when OpenSSL fails.
  [[nodiscard]] X509* certificate_for(server::Welcome::Certificate kind, const std::string& server_name);

 private:
  [[nodiscard]] X509Certificate make(server::Welcome::Certificate kind, const std::string& server_name) const;

  std::mutex mutex_;
  std::map<std::pair<server::Welcome::Certificate, std::string>, X509Certificate> made_;
};

}  // namespace mockoauth::wire
