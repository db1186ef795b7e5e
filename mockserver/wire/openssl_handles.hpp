#pragma once

#include <memory>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace mockoauth::wire {

template <auto Free>
struct OpenSslFreer {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using EvpKey = std::unique_ptr<EVP_PKEY, OpenSslFreer<EVP_PKEY_free>>;
using X509Certificate = std::unique_ptr<X509, OpenSslFreer<X509_free>>;
using X509Extension = std::unique_ptr<X509_EXTENSION, OpenSslFreer<X509_EXTENSION_free>>;
using SslContext = std::unique_ptr<SSL_CTX, OpenSslFreer<SSL_CTX_free>>;
using SslConnection = std::unique_ptr<SSL, OpenSslFreer<SSL_free>>;
using OpenSslBio = std::unique_ptr<BIO, OpenSslFreer<BIO_free>>;

}  // namespace mockoauth::wire
