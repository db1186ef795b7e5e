#include "wire/tls_session.hpp"

#include <algorithm>
#include <utility>

#include <openssl/err.h>

#include "wire/tls_authority_impl.hpp"

namespace mockoauth::wire {
namespace {

using server::Welcome;

constexpr std::size_t kRecord = 16 * 1024;

// RFC 6066 §3: the one name of type host_name, within list, type and length.
std::string server_name_of(SSL* ssl) {
  const unsigned char* data = nullptr;
  std::size_t size = 0;
  if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_server_name, &data, &size) != 1 || size < 5) return {};
  const std::size_t length = static_cast<std::size_t>(data[3]) << 8 | data[4];
  if (data[2] != TLSEXT_NAMETYPE_host_name || length > size - 5) return {};
  std::string name(reinterpret_cast<const char*>(data) + 5, length);
  std::transform(name.begin(), name.end(), name.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
  return name;
}

// Who vouches for it is the client registration's affair (RFC 8705 §2), not the handshake's.
int accept_any_certificate(int, X509_STORE_CTX*) { return 1; }

void speak_nothing_newer_than_tls_1_1(SSL* ssl) {
  SSL_set_min_proto_version(ssl, TLS1_VERSION);
  SSL_set_max_proto_version(ssl, TLS1_1_VERSION);
  SSL_set_security_level(ssl, 0);
}

}  // namespace

int on_tls_client_hello(SSL* ssl, int* alert, void*) {
  auto* session = static_cast<TlsSession*>(SSL_get_app_data(ssl));
  return session == nullptr ? SSL_CLIENT_HELLO_SUCCESS : session->meet(alert);
}

TlsSession::TlsSession(std::shared_ptr<TlsAuthority> authority, Doorman doorman)
    : authority_(std::move(authority)), doorman_(std::move(doorman)), ssl_(SSL_new(authority_->impl().context.get())) {
  OpenSslBio in(BIO_new(BIO_s_mem()));
  OpenSslBio out(BIO_new(BIO_s_mem()));
  if (!ssl_ || !in || !out) {
    is_broken_ = true;
    return;
  }
  SSL_set_app_data(ssl_.get(), this);
  in_ = in.release();
  out_ = out.release();
  SSL_set_bio(ssl_.get(), in_, out_);
  SSL_set_accept_state(ssl_.get());
}

int TlsSession::meet(int* alert) {
  if (welcome_.deed != Welcome::Deed::Serve) return SSL_CLIENT_HELLO_RETRY;
  SSL* ssl = ssl_.get();
  const auto name = server_name_of(ssl);
  if (doorman_) welcome_ = doorman_(name);
  if (welcome_.deed == Welcome::Deed::Alert) {
    *alert = SSL_AD_HANDSHAKE_FAILURE;
    return SSL_CLIENT_HELLO_ERROR;
  }
  if (welcome_.deed != Welcome::Deed::Serve) return SSL_CLIENT_HELLO_RETRY;
  auto& authority = authority_->impl();
  X509* certificate = authority.certificate_for(welcome_.certificate, name);
  if (certificate == nullptr || SSL_use_certificate(ssl, certificate) != 1 ||
      SSL_use_PrivateKey(ssl, authority.key.get()) != 1) {
    *alert = SSL_AD_INTERNAL_ERROR;
    return SSL_CLIENT_HELLO_ERROR;
  }
  if (welcome_.old_protocol) speak_nothing_newer_than_tls_1_1(ssl);
  if (welcome_.asks_for_certificate) SSL_set_verify(ssl, SSL_VERIFY_PEER, accept_any_certificate);
  return SSL_CLIENT_HELLO_SUCCESS;
}

void TlsSession::note_client_certificate() {
  X509* shown = SSL_get0_peer_certificate(ssl_.get());
  if (shown == nullptr) return;
  unsigned char* der = nullptr;
  const int size = i2d_X509(shown, &der);
  if (size > 0) client_certificate_.assign(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
}

TlsSession::Got TlsSession::feed(std::string_view bytes) {
  Got got;
  got.has_ended = is_broken_;
  if (is_broken_) return got;
  ERR_clear_error();
  BIO_write(in_, bytes.data(), static_cast<int>(bytes.size()));
  char buffer[kRecord];
  for (;;) {
    const int count = SSL_read(ssl_.get(), buffer, sizeof buffer);
    if (!is_open_ && SSL_is_init_finished(ssl_.get()) == 1) {
      is_open_ = true;
      note_client_certificate();
    }
    if (count > 0) {
      got.plain.append(buffer, static_cast<std::size_t>(count));
      continue;
    }
    const int error = SSL_get_error(ssl_.get(), count);
    if (error == SSL_ERROR_WANT_CLIENT_HELLO_CB) {
      got.deed = welcome_.deed;
    } else if (error == SSL_ERROR_ZERO_RETURN) {
      got.has_ended = true;  // What was asked before is still answered (RFC 8446 §6.1).
    } else if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
      got.has_ended = is_broken_ = true;
    }
    ERR_clear_error();
    return got;
  }
}

std::string TlsSession::seal(std::string_view plain) {
  ERR_clear_error();
  while (!plain.empty() && !is_broken_) {
    const auto size = static_cast<int>(std::min(plain.size(), kRecord));
    const int written = SSL_write(ssl_.get(), plain.data(), size);
    if (written <= 0) {  // Memory takes everything: only a session that is over refuses.
      is_broken_ = true;
      ERR_clear_error();
      break;
    }
    plain.remove_prefix(static_cast<std::size_t>(written));
  }
  return take_output();
}

std::string TlsSession::take_output() {
  if (out_ == nullptr) return {};
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(out_, &bytes);
  std::string text = size > 0 ? std::string(bytes, static_cast<std::size_t>(size)) : std::string();
  (void)BIO_reset(out_);
  return text;
}

std::string TlsSession::say_goodbye() {
  if (is_open_ && !is_broken_) {
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
  }
  return take_output();
}

}  // namespace mockoauth::wire
