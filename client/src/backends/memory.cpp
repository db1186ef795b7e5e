// Nothing outlives the process: no file, no lock, no item stays behind (CH-ST-16).
#include <internal/storage_backend.hpp>

namespace mimir::oauth::internal {

void register_memory(StorageBackends& backends) {
  backends.add({.name = "memory",
                .title = "memory of this process",
                .keeps = false,
                .open = [](const StorageOptions&, Random&) { return make_memory_storage(); }});
}

}  // namespace mimir::oauth::internal
