#pragma once

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wold-style-cast"
#include <libsecret/secret.h>
#pragma GCC diagnostic pop

namespace mimir::oauth::internal {

/// The Secret Service's library, loaded at its first use: a command that needs no keyring does not pay for one, and a
/// machine without it only lacks this storage. Members are the functions of the same names.
struct Libsecret {
  decltype(&::secret_service_get_type) service_get_type;
  decltype(&::secret_service_open_sync) service_open_sync;
  decltype(&::secret_service_search_sync) service_search_sync;
  decltype(&::secret_service_unlock_sync) service_unlock_sync;
  decltype(&::secret_service_store_sync) service_store_sync;
  decltype(&::secret_collection_for_alias_sync) collection_for_alias_sync;
  decltype(&::secret_collection_get_locked) collection_get_locked;
  decltype(&::secret_item_get_locked) item_get_locked;
  decltype(&::secret_item_load_secret_sync) item_load_secret_sync;
  decltype(&::secret_item_get_secret) item_get_secret;
  decltype(&::secret_item_delete_sync) item_delete_sync;
  decltype(&::secret_value_new) value_new;
  decltype(&::secret_value_get) value_get;
  decltype(&::secret_value_unref) value_unref;
  decltype(&::secret_error_get_quark) error_get_quark;
  decltype(&::g_bus_get_sync) bus_get_sync;
  decltype(&::g_dbus_connection_set_exit_on_close) connection_set_exit_on_close;
  decltype(&::g_dbus_connection_is_closed) connection_is_closed;
  decltype(&::g_cancellable_new) cancellable_new;
  decltype(&::g_cancellable_cancel) cancellable_cancel;
  decltype(&::g_cancellable_is_cancelled) cancellable_is_cancelled;
  decltype(&::g_hash_table_new) hash_table_new;
  decltype(&::g_hash_table_insert) hash_table_insert;
  decltype(&::g_hash_table_unref) hash_table_unref;
  decltype(&::g_str_hash) str_hash;
  decltype(&::g_str_equal) str_equal;
  decltype(&::g_list_append) list_append;
  decltype(&::g_list_free) list_free;
  decltype(&::g_list_free_full) list_free_full;
  decltype(&::g_object_unref) object_unref;
  decltype(&::g_error_free) error_free;

  /// nullptr when this machine does not have it, or has one that lacks a function. Thread-safe.
  static const Libsecret* load();
};

}  // namespace mimir::oauth::internal
