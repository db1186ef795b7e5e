#pragma once

#include <openssl/ssl.h>

namespace mimir::oauth::internal {

/// OpenSSL as libcurl has loaded it. A program may have linked another copy into itself, and what one copy has made is
/// nothing to the other: whatever libcurl hands over goes through these. Members are the functions of the same names.
struct CurlTls {
  decltype(&::CRYPTO_get_ex_new_index) get_ex_new_index;
  decltype(&::SSL_CTX_set_ex_data) ctx_set_ex_data;
  decltype(&::SSL_CTX_get_ex_data) ctx_get_ex_data;
  decltype(&::SSL_CTX_get_verify_mode) ctx_get_verify_mode;
  decltype(&::SSL_CTX_set_verify) ctx_set_verify;
  decltype(&::SSL_get_SSL_CTX) get_ctx;
  decltype(&::SSL_get_ex_data_X509_STORE_CTX_idx) get_ex_data_of_store;
  decltype(&::X509_STORE_CTX_get_ex_data) store_get_ex_data;
  decltype(&::X509_STORE_CTX_get_error) store_get_error;

  /// nullptr when there is no libcurl, or one with another library than OpenSSL 3. Thread-safe.
  static const CurlTls* load();
};

}  // namespace mimir::oauth::internal
