#pragma once

#include <dlfcn.h>

namespace mimir::oauth::internal {

/// Functions of a shared library that is loaded when it is first needed. Never closed: what it started (GLib's types and
/// its worker thread, OpenSSL's hooks at exit) cannot be taken out of a process again.
class SharedLibrary {
 public:
  explicit SharedLibrary(const char* name) : handle_(::dlopen(name, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE)) {}

  /// Also finds what the library itself depends on.
  template <class Function>
  void find(Function& into, const char* name) {
    into = handle_ == nullptr ? nullptr : reinterpret_cast<Function>(::dlsym(handle_, name));
    complete_ = complete_ && into != nullptr;
  }
  /// Whether everything asked for was there.
  [[nodiscard]] bool complete() const { return complete_; }

 private:
  void* handle_;
  bool complete_ = true;
};

}  // namespace mimir::oauth::internal
