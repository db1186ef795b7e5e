#pragma once

#include <cstdint>
#include <string>

#include <openssl/err.h>
#include <openssl/pem.h>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wire/openssl_handles.hpp"

namespace mockoauth::wire::testing {

/// A client that trusts one CA and nothing else, and checks all that a client has to (RFC 6125).
class TlsClient {
 public:
  struct Options {
    EVP_PKEY* key = nullptr;      ///< Of `certificate`, which it shows when it is asked for one.
    X509* certificate = nullptr;
    int newest_version = 0;       ///< TLS1_1_VERSION and the like; 0: all that OpenSSL knows.
  };
  TlsClient(std::uint16_t port, const std::string& ca_pem, const std::string& host)
      : TlsClient(port, ca_pem, host, Options()) {}
  TlsClient(std::uint16_t port, const std::string& ca_pem, const std::string& host, const Options& options)
      : context_(SSL_CTX_new(TLS_client_method())), socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const OpenSslBio pem(BIO_new_mem_buf(ca_pem.data(), static_cast<int>(ca_pem.size())));
    const X509Certificate ca(PEM_read_bio_X509(pem.get(), nullptr, nullptr, nullptr));
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context_.get()), ca.get());
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    if (options.key != nullptr) {
      SSL_CTX_use_certificate(context_.get(), options.certificate);
      SSL_CTX_use_PrivateKey(context_.get(), options.key);
    }
    if (options.newest_version != 0) {
      SSL_CTX_set_security_level(context_.get(), 0);  // Else OpenSSL itself refuses what the server shall refuse.
      SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
      SSL_CTX_set_max_proto_version(context_.get(), options.newest_version);
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return;
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_fd(ssl_.get(), socket_);
    SSL_set1_host(ssl_.get(), host.c_str());
    // The macro SSL_set_tlsext_host_name casts in C's way.
    SSL_ctrl(ssl_.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, const_cast<char*>(host.c_str()));
    ERR_clear_error();
    is_open_ = SSL_connect(ssl_.get()) == 1;
    if (!is_open_) {
      char text[256] = {};
      ERR_error_string_n(ERR_peek_last_error(), text, sizeof text);
      error_ = text;
    }
  }
  ~TlsClient() {
    ssl_.reset();
    ::close(socket_);
  }
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  [[nodiscard]] bool is_open() const { return is_open_; }
  [[nodiscard]] const std::string& error() const { return error_; }
  /// Why the certificate is not believed; empty: it is.
  [[nodiscard]] std::string distrust() const {
    const long result = SSL_get_verify_result(ssl_.get());
    return result == X509_V_OK ? "" : X509_verify_cert_error_string(result);
  }
  std::string ask(const std::string& request) {
    SSL_write(ssl_.get(), request.data(), static_cast<int>(request.size()));
    return read();
  }
  std::string read() {
    std::string got;
    char buffer[4096];
    for (;;) {
      const int count = SSL_read(ssl_.get(), buffer, sizeof buffer);
      if (count <= 0) {
        ended_in_order_ = SSL_get_error(ssl_.get(), count) == SSL_ERROR_ZERO_RETURN;
        return got;
      }
      got.append(buffer, static_cast<std::size_t>(count));
    }
  }
  [[nodiscard]] bool ended_in_order() const { return ended_in_order_; }

 private:
  SslContext context_;
  int socket_;
  SslConnection ssl_;
  bool is_open_ = false;
  bool ended_in_order_ = false;
  std::string error_;
};

}  // namespace mockoauth::wire::testing
