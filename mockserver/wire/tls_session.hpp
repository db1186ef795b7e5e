#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <mockoauth/server/welcome.hpp>
#include <mockoauth/wire/tls_authority.hpp>

#include "wire/openssl_handles.hpp"

namespace mockoauth::wire {

/// The TLS side of one connection: bytes in, bytes out, no socket. So TLS waits for nobody, and what a rule wants of the
/// handshake is done in the middle of it. Not thread-safe.
class TlsSession {
 public:
  /// Asked once, when the ClientHello is read. @param server_name in lower case; empty: none.
  using Doorman = std::function<server::Welcome(const std::string& server_name)>;

  TlsSession(std::shared_ptr<TlsAuthority> authority, Doorman doorman);
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  struct Got {
    std::string plain = {};
    bool has_ended = false;  ///< By the client's close_notify, or because this is no TLS that can be gone on with.
    server::Welcome::Deed deed = server::Welcome::Deed::Serve;  ///< Else: what to do to the connection now.
  };
  [[nodiscard]] Got feed(std::string_view bytes);
  [[nodiscard]] std::string seal(std::string_view plain);
  [[nodiscard]] std::string take_output();  ///< What is to be sent now: handshake and alerts.
  [[nodiscard]] std::string say_goodbye();  ///< close_notify (RFC 8446 §6.1).
  [[nodiscard]] bool is_open() const { return is_open_; }  ///< The handshake is done.
  [[nodiscard]] std::chrono::milliseconds stall() const { return welcome_.stall; }
  /// DER of the certificate that the client has shown and proven to hold the key of; empty: none.
  [[nodiscard]] const std::string& client_certificate() const { return client_certificate_; }

  /// For OpenSSL's callback.
  int meet(int* alert);

 private:
  void note_client_certificate();

  std::shared_ptr<TlsAuthority> authority_;
  Doorman doorman_;
  SslConnection ssl_;
  BIO* in_ = nullptr;   ///< Owned by ssl_.
  BIO* out_ = nullptr;  ///< Owned by ssl_.
  server::Welcome welcome_;
  bool is_open_ = false;
  bool is_broken_ = false;
  std::string client_certificate_;
};

}  // namespace mockoauth::wire
