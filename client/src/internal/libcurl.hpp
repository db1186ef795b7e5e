#pragma once

#include <curl/curl.h>

namespace mimir::oauth::internal {

/// libcurl, loaded and initialized at its first use: it brings thirty more libraries, which a command that hands out a
/// stored token would wait for longer than for all else. Members are the functions of the same names.
struct Libcurl {
  static constexpr const char* kFile = "libcurl.so.4";

  decltype(&::curl_global_init_mem) global_init_mem;
  decltype(&::curl_version_info) version_info;
  decltype(&::curl_free) free;
  decltype(&::curl_slist_append) slist_append;
  decltype(&::curl_slist_free_all) slist_free_all;
  decltype(&::curl_url) url;
  decltype(&::curl_url_set) url_set;
  decltype(&::curl_url_get) url_get;
  decltype(&::curl_url_cleanup) url_cleanup;
  decltype(&::curl_easy_init) easy_init;
  decltype(&::curl_easy_setopt) easy_setopt;
  decltype(&::curl_easy_getinfo) easy_getinfo;
  decltype(&::curl_easy_strerror) easy_strerror;
  decltype(&::curl_easy_cleanup) easy_cleanup;
  decltype(&::curl_multi_init) multi_init;
  decltype(&::curl_multi_add_handle) multi_add_handle;
  decltype(&::curl_multi_remove_handle) multi_remove_handle;
  decltype(&::curl_multi_perform) multi_perform;
  decltype(&::curl_multi_poll) multi_poll;
  decltype(&::curl_multi_wakeup) multi_wakeup;
  decltype(&::curl_multi_info_read) multi_info_read;
  decltype(&::curl_multi_cleanup) multi_cleanup;

  /// nullptr when this machine does not have it, or one that is too old. Thread-safe.
  static const Libcurl* load();
};

}  // namespace mimir::oauth::internal
