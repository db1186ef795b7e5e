// Encrypted files in the user's own folder: works everywhere, protects copies of the files.
#include <internal/storage_backend.hpp>

namespace mimir::oauth::internal {

void register_file(StorageBackends& backends) {
  backends.add({.name = "file",
                .title = "encrypted file",
                .preference = 10,
                .open = [](const StorageOptions& options, Random& random) {
                  return make_encrypted_file_storage({options.folder, options.machine_id_file}, random);
                }});
}

}  // namespace mimir::oauth::internal
