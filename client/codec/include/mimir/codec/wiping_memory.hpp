#pragma once

#include <cstddef>

namespace mimir::codec {

/// malloc, realloc and free for libraries that see secrets and do not wipe them: what is given back is wiped first, and
/// growing leaves nothing behind. Memory of these may also be freed by nothing but wiping_free(). Thread-safe.
void* wiping_malloc(std::size_t size);
void* wiping_calloc(std::size_t count, std::size_t size);
void* wiping_realloc(void* memory, std::size_t size);
void wiping_free(void* memory);
char* wiping_strdup(const char* text);

}  // namespace mimir::codec
