#pragma once

#include <gtest/gtest.h>

#include <mimir/oauth/token_storage.hpp>

#include "internal/record_name.hpp"
#include "temporary_folder.hpp"

namespace mimir::oauth::testing {

inline StoredLogin login(std::string_view access_token) {
  StoredLogin result;
  result.tokens.access_token = Secret(access_token);
  return result;
}

/// A storage in a folder of its own, bound to a machine id of the test's choice. open() stands for a new process.
class EncryptedFileStorageTest : public ::testing::Test {
 protected:
  EncryptedFileStorageTest() { write_file(machine_id_, "0123456789abcdef0123456789abcdef\n"); }

  std::unique_ptr<TokenStorage> open() { return make_encrypted_file_storage({folder_, machine_id_}, random_); }
  std::filesystem::path file(const std::string& provider = "google") const {
    return folder_ / (internal::record_stem(provider) + ".login");
  }
  std::string load_error(const std::string& provider = "google") {
    const auto loaded = open()->load(provider);
    return loaded ? "" : loaded.error().code;
  }
  std::string token(const std::string& provider = "google") {
    return std::string(open()->load(provider).value()->tokens.access_token.expose());
  }

  TemporaryFolder temporary_;
  std::filesystem::path folder_ = temporary_ / "data" / "mimir";
  std::filesystem::path machine_id_ = temporary_ / "machine-id";
  SystemRandom random_;
};

}  // namespace mimir::oauth::testing
