// Windows: files encrypted for the user by the system.
#include <internal/dpapi_vault.hpp>
#include <internal/storage_backend.hpp>

#if defined(_WIN32)
#include <windows.h>
#endif

namespace mimir::oauth::internal {

#if defined(_WIN32)
void register_dpapi(StorageBackends& backends) {
  backends.add({.name = "dpapi",
                .title = "files for this Windows user (DPAPI)",
                .preference = 100,
                .open = [](const StorageOptions& options, Random& random) {
                  return make_vault_storage(make_dpapi_vault({options.folder / "dpapi", ::Sleep}), options.folder, random);
                }});
}
#else
void register_dpapi(StorageBackends&) {}  // not on this system
#endif

}  // namespace mimir::oauth::internal
