#include "internal/libcurl.hpp"

#include <optional>

#include <mimir/codec/wiping_memory.hpp>

#include "internal/shared_library.hpp"

namespace mimir::oauth::internal {
namespace {

// From here on libcurl writes TLS through its own socket calls (no SIGPIPE, CH-NT-15) and can leave a hanging name
// lookup behind; older ones also leak credentials over redirects (CH-NT-04).
constexpr unsigned kOldest = 0x075700;
static_assert(LIBCURL_VERSION_NUM >= kOldest, "libcurl 7.87 or newer is needed");

std::optional<Libcurl> load_libcurl() {
  SharedLibrary library(Libcurl::kFile);
  Libcurl curl{};
  library.find(curl.global_init_mem, "curl_global_init_mem");
  library.find(curl.version_info, "curl_version_info");
  library.find(curl.free, "curl_free");
  library.find(curl.slist_append, "curl_slist_append");
  library.find(curl.slist_free_all, "curl_slist_free_all");
  library.find(curl.url, "curl_url");
  library.find(curl.url_set, "curl_url_set");
  library.find(curl.url_get, "curl_url_get");
  library.find(curl.url_cleanup, "curl_url_cleanup");
  library.find(curl.easy_init, "curl_easy_init");
  library.find(curl.easy_setopt, "curl_easy_setopt");
  library.find(curl.easy_getinfo, "curl_easy_getinfo");
  library.find(curl.easy_strerror, "curl_easy_strerror");
  library.find(curl.easy_cleanup, "curl_easy_cleanup");
  library.find(curl.multi_init, "curl_multi_init");
  library.find(curl.multi_add_handle, "curl_multi_add_handle");
  library.find(curl.multi_remove_handle, "curl_multi_remove_handle");
  library.find(curl.multi_perform, "curl_multi_perform");
  library.find(curl.multi_poll, "curl_multi_poll");
  library.find(curl.multi_wakeup, "curl_multi_wakeup");
  library.find(curl.multi_info_read, "curl_multi_info_read");
  library.find(curl.multi_cleanup, "curl_multi_cleanup");
  if (!library.complete() || curl.version_info(CURLVERSION_NOW)->version_num < kOldest) return std::nullopt;
  // Its buffers see every token; it does not wipe them. Without effect where the program has initialized it before.
  curl.global_init_mem(CURL_GLOBAL_DEFAULT, codec::wiping_malloc, codec::wiping_free, codec::wiping_realloc,
                       codec::wiping_strdup, codec::wiping_calloc);
  return curl;
}

}  // namespace

const Libcurl* Libcurl::load() {
  static const std::optional<Libcurl> library = load_libcurl();  // once: initializing is not thread-safe everywhere
  return library ? &*library : nullptr;
}

}  // namespace mimir::oauth::internal
