// What holds of every vault of an operating system, here one that is a map.
#include <map>

#include <gtest/gtest.h>

#include "encrypted_file_fixture.hpp"
#include "internal/vault.hpp"

namespace mimir::oauth::testing {
namespace {

using Items = std::map<std::string, std::string>;

class MapVault final : public internal::Vault {
 public:
  /// @param kept_bytes  it says that all is written and keeps that much; of nothing, nothing at all
  explicit MapVault(Items& items, std::size_t kept_bytes = std::string::npos) : items_(items), kept_bytes_(kept_bytes) {}
  Result<> probe() override { return {}; }
  Result<std::optional<Secret>> read(const std::string& name) override {
    const auto found = items_.find(name);
    return found == items_.end() ? std::optional<Secret>{} : std::optional(Secret(found->second));
  }
  Result<> write(const std::string& name, const Secret& record) override {
    if (kept_bytes_ > 0) items_[name] = record.expose().substr(0, kept_bytes_);
    return {};
  }
  Result<> remove(const std::string& name) override {
    items_.erase(name);
    return {};
  }
  std::string description() const override { return "map"; }

 private:
  Items& items_;
  std::size_t kept_bytes_;
};

class VaultStorageTest : public ::testing::Test {
 protected:
  std::unique_ptr<TokenStorage> open(std::size_t kept_bytes = std::string::npos) {
    return internal::make_vault_storage(std::make_unique<MapVault>(items_, kept_bytes), folder_ / "mimir", random_);
  }
  std::string error_of_load() {
    const auto loaded = open()->load("google");
    return loaded ? "" : loaded.error().code;
  }

  TemporaryFolder folder_;
  Items items_;
  SystemRandom random_;
};

TEST_F(VaultStorageTest, ANewerVersionIsNeitherReadNorReplaced) {  // CH-ST-08
  ASSERT_TRUE(open()->store("google", login("t"), 0));
  auto& item = items_["google"];
  const auto at = item.find("\"version\":1");
  ASSERT_NE(at, std::string::npos);
  item.replace(at, 11, "\"version\":2,\"of_the_future\":true");
  const auto newer = item;

  EXPECT_EQ(error_of_load(), "storage.newer_version");
  EXPECT_EQ(open()->store("google", login("u"), 0).error().code, "storage.newer_version");
  EXPECT_EQ(open()->store("google", login("u"), 1).error().code, "storage.newer_version");
  EXPECT_EQ(items_["google"], newer);
}

TEST_F(VaultStorageTest, WhatIsNotKeptIsNotCalledStored) {  // CH-KC-14: nothing of it, or a part
  for (const std::size_t kept_bytes : {0U, 20U}) {
    items_.clear();
    EXPECT_EQ(open(kept_bytes)->probe().error().code, "storage.unavailable");
    items_.clear();
    const auto stored = open(kept_bytes)->store("google", login("t"), 0);
    ASSERT_FALSE(stored);
    EXPECT_EQ(stored.error().code, "storage.unavailable");
  }
}

TEST_F(VaultStorageTest, WhatHasNoVersionIsOfTheFirst) {
  ASSERT_TRUE(open()->store("google", login("t"), 0));
  auto& item = items_["google"];
  item.erase(item.find("\"version\":1,"), 12);

  EXPECT_EQ((*open()->load("google"))->tokens.access_token.expose(), "t");
}

TEST_F(VaultStorageTest, OnlyANewLoginReplacesADamagedOne) {  // CH-ST-09
  ASSERT_TRUE(open()->store("google", login("t"), 0));
  ASSERT_TRUE(open()->store("github", login("h"), 0));
  items_["google"] = "damaged";

  EXPECT_EQ(error_of_load(), "storage.corrupt");
  EXPECT_EQ(open()->store("google", login("refresh"), 1).error().code, "storage.corrupt");
  EXPECT_EQ(items_["google"], "damaged");
  EXPECT_EQ((*open()->load("github"))->tokens.access_token.expose(), "h");
  EXPECT_EQ(open()->store("google", login("new"), 0), 2U);
}

}  // namespace
}  // namespace mimir::oauth::testing
