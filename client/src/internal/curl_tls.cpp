#include "internal/curl_tls.hpp"

#include <optional>
#include <string_view>

#include "internal/libcurl.hpp"
#include "internal/shared_library.hpp"

namespace mimir::oauth::internal {
namespace {

std::optional<CurlTls> load_curl_tls() {
  const auto* const curl = Libcurl::load();
  if (curl == nullptr) return std::nullopt;
  const char* const version = curl->version_info(CURLVERSION_NOW)->ssl_version;
  if (version == nullptr || !std::string_view(version).starts_with("OpenSSL/3")) return std::nullopt;
  SharedLibrary library(Libcurl::kFile);
  CurlTls tls{};
  library.find(tls.get_ex_new_index, "CRYPTO_get_ex_new_index");
  library.find(tls.ctx_set_ex_data, "SSL_CTX_set_ex_data");
  library.find(tls.ctx_get_ex_data, "SSL_CTX_get_ex_data");
  library.find(tls.ctx_get_verify_mode, "SSL_CTX_get_verify_mode");
  library.find(tls.ctx_set_verify, "SSL_CTX_set_verify");
  library.find(tls.get_ctx, "SSL_get_SSL_CTX");
  library.find(tls.get_ex_data_of_store, "SSL_get_ex_data_X509_STORE_CTX_idx");
  library.find(tls.store_get_ex_data, "X509_STORE_CTX_get_ex_data");
  library.find(tls.store_get_error, "X509_STORE_CTX_get_error");
  return library.complete() ? std::optional(tls) : std::nullopt;
}

}  // namespace

const CurlTls* CurlTls::load() {
  static const std::optional<CurlTls> library = load_curl_tls();
  return library ? &*library : nullptr;
}

}  // namespace mimir::oauth::internal
