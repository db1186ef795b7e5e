#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <mimir/oauth/storage_choice.hpp>

namespace mimir::oauth::internal {

/// One way to keep logins: one file in backends/.
struct StorageBackend {
  std::string name;
  std::string title;
  int preference = 0;  ///< Under `auto` the highest that is there wins; 0: only when named.
  bool keeps = true;
  std::function<std::unique_ptr<TokenStorage>(const StorageOptions& options, Random& random)> open;
};

class StorageBackends {
 public:
  void add(StorageBackend backend) { all_.push_back(std::move(backend)); }
  [[nodiscard]] const std::vector<StorageBackend>& all() const { return all_; }
  [[nodiscard]] const StorageBackend* find(const std::string& name) const;

 private:
  std::vector<StorageBackend> all_;
};

/// Generated from the files in backends/.
void register_all_backends(StorageBackends& registry);
/// Every backend of this build.
[[nodiscard]] const StorageBackends& backends();

}  // namespace mimir::oauth::internal
