#pragma once

#include <sys/types.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <mimir/oauth/storage_choice.hpp>

#include "temporary_folder.hpp"

namespace mimir::oauth::testing {

/// A session bus of the test's own with, when asked for, a real gnome-keyring on it, all below one temporary folder.
class KeyringTest : public ::testing::Test {
 protected:
  KeyringTest();
  ~KeyringTest() override;

  void start_bus();
  /// Waits until the keyring answers; its collection is unlocked.
  void start_keyring();
  void lock_keyring() const;
  void pause_keyring(bool paused) const;
  void stop_keyring();

  StorageOptions options(bool may_prompt = false) const;
  std::unique_ptr<TokenStorage> open(bool may_prompt = false) const;

  TemporaryFolder temporary_;
  std::filesystem::path folder_ = temporary_ / "mimir";
  mutable SystemRandom random_;

 protected:
  /// What a command says of the keyring on the private bus.
  std::string said_by(const std::string& command) const;
  /// Waits, twenty seconds at most.
  static void wait_for(const char* what, const std::function<bool()>& condition);

 private:
  pid_t start(const std::vector<std::string>& arguments, const std::string& input = {}) const;

  std::string address_;
  pid_t bus_ = -1;
  pid_t keyring_ = -1;
};

}  // namespace mimir::oauth::testing
