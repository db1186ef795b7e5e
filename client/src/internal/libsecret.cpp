#include <internal/libsecret.hpp>

#include <optional>

#include <internal/shared_library.hpp>

namespace mimir::oauth::internal {
namespace {

std::optional<Libsecret> open_library() {
  SharedLibrary symbols("libsecret-1.so.0");
  Libsecret library{};
  symbols.find(library.service_get_type, "secret_service_get_type");
  symbols.find(library.service_open_sync, "secret_service_open_sync");
  symbols.find(library.service_search_sync, "secret_service_search_sync");
  symbols.find(library.service_unlock_sync, "secret_service_unlock_sync");
  symbols.find(library.service_store_sync, "secret_service_store_sync");
  symbols.find(library.collection_for_alias_sync, "secret_collection_for_alias_sync");
  symbols.find(library.collection_get_locked, "secret_collection_get_locked");
  symbols.find(library.item_get_locked, "secret_item_get_locked");
  symbols.find(library.item_load_secret_sync, "secret_item_load_secret_sync");
  symbols.find(library.item_get_secret, "secret_item_get_secret");
  symbols.find(library.item_delete_sync, "secret_item_delete_sync");
  symbols.find(library.value_new, "secret_value_new");
  symbols.find(library.value_get, "secret_value_get");
  symbols.find(library.value_unref, "secret_value_unref");
  symbols.find(library.error_get_quark, "secret_error_get_quark");
  symbols.find(library.bus_get_sync, "g_bus_get_sync");
  symbols.find(library.connection_set_exit_on_close, "g_dbus_connection_set_exit_on_close");
  symbols.find(library.connection_is_closed, "g_dbus_connection_is_closed");
  symbols.find(library.cancellable_new, "g_cancellable_new");
  symbols.find(library.cancellable_cancel, "g_cancellable_cancel");
  symbols.find(library.cancellable_is_cancelled, "g_cancellable_is_cancelled");
  symbols.find(library.hash_table_new, "g_hash_table_new");
  symbols.find(library.hash_table_insert, "g_hash_table_insert");
  symbols.find(library.hash_table_unref, "g_hash_table_unref");
  symbols.find(library.str_hash, "g_str_hash");
  symbols.find(library.str_equal, "g_str_equal");
  symbols.find(library.list_append, "g_list_append");
  symbols.find(library.list_free, "g_list_free");
  symbols.find(library.list_free_full, "g_list_free_full");
  symbols.find(library.object_unref, "g_object_unref");
  symbols.find(library.error_free, "g_error_free");
  if (!symbols.complete()) return std::nullopt;
  return library;
}

}  // namespace

const Libsecret* Libsecret::load() {
  static const std::optional<Libsecret> library = open_library();
  return library ? &*library : nullptr;
}

}  // namespace mimir::oauth::internal
