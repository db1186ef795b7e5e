// The keychain's backend against a stand-in of Keychain Services: which calls it makes, and what each status means.
#include <gtest/gtest.h>

#include <internal/storage_backend.hpp>

#include "../temporary_folder.hpp"
#include "stand_in.hpp"

namespace mimir::oauth::internal {
void register_keychain(StorageBackends&);
}

namespace mimir::oauth::testing {
namespace {

StoredLogin login(const std::string& access) {
  return {.config = {.issuer = "https://as.example", .client_id = "cli"},
          .tokens = {.access_token = Secret(access), .token_type = "Bearer", .refresh_token = Secret("refresh")}};
}

class KeychainTest : public ::testing::Test {
 protected:
  KeychainTest() {
    StandIn::get() = {};
    internal::StorageBackends registry;
    internal::register_keychain(registry);
    storage_ = registry.find("keychain")->open({.folder = temporary_ / "mimir"}, random_);
  }
  ~KeychainTest() override { EXPECT_EQ(StandIn::get().live_objects, 0); }  // every object that was created was released

  TemporaryFolder temporary_;
  SystemRandom random_;
  std::unique_ptr<TokenStorage> storage_;
};

TEST_F(KeychainTest, KeepsReplacesInPlaceAndForgets) {
  ASSERT_EQ(storage_->store("google", login("access-1"), 0), 1U);
  ASSERT_EQ(storage_->store("google", login("access-2"), 1), 2U);
  EXPECT_EQ(storage_->store("google", login("access-3"), 1).error().code, "storage.conflict");

  EXPECT_EQ((*storage_->load("google"))->tokens.access_token.expose(), "access-2");
  EXPECT_EQ(StandIn::get().items.size(), 1U);
  int added = 0;
  for (const auto& call : StandIn::get().calls) added += call.function == "SecItemAdd" ? 1 : 0;
  EXPECT_EQ(added, 1);
  ASSERT_TRUE(storage_->erase("google"));
  EXPECT_TRUE(StandIn::get().items.empty());
  EXPECT_FALSE(*storage_->load("google"));
  ASSERT_TRUE(storage_->probe());
  EXPECT_TRUE(StandIn::get().items.empty());
}

TEST_F(KeychainTest, ItemsStayOnThisDeviceAndTellNothing) {  // CH-KC-05, CH-KC-11
  ASSERT_TRUE(storage_->store("ada@example.com", login("access-1"), 0));

  for (const auto& call : StandIn::get().calls) {
    auto attributes = call.attributes;
    EXPECT_EQ(attributes["sync"], "false");
    EXPECT_EQ(attributes["svce"], "org.mimir.login");
    EXPECT_EQ(attributes["u_AuthUI"], "u_AuthUIF");  // no prompt was allowed
    EXPECT_EQ(attributes["pdmn"], call.function == "SecItemAdd" ? "cku" : "");
    attributes.erase("v_Data");
    for (const auto& [name, value] : attributes) EXPECT_EQ(value.find("ada"), std::string::npos) << name;
  }
}

TEST_F(KeychainTest, EachStatusIsToldApart) {  // CH-KC-04, CH-ST-06
  const std::pair<OSStatus, std::string> table[] = {{errSecInteractionNotAllowed, "storage.locked"},
                                                    {errSecAuthFailed, "storage.denied"},
                                                    {errSecUserCanceled, "storage.denied"},
                                                    {errSecDecode, "storage.corrupt"},
                                                    {-50, "storage.unavailable"}};
  for (const auto& [status, code] : table) {
    StandIn::get().next = {status};
    EXPECT_EQ(storage_->load("google").error().code, code);
    StandIn::get().next = {status};
    EXPECT_EQ(storage_->probe().error().code, code);
    StandIn::get().next = {errSecItemNotFound, status};
    EXPECT_EQ(storage_->store("google", login("access-1"), 0).error().code, code);
    StandIn::get().next = {errSecItemNotFound, status};
    EXPECT_EQ(storage_->erase("google").error().code, code);
  }
  EXPECT_FALSE(*storage_->load("google"));
  EXPECT_TRUE(StandIn::get().items.empty());
}

TEST_F(KeychainTest, SomebodyQuickerIsUpdatedAndNotDuplicated) {  // CH-KC-04: -25299
  StandIn::get().next = {errSecItemNotFound, errSecItemNotFound, errSecDuplicateItem};  // read, update, add

  const auto stored = storage_->store("google", login("access-1"), 0);

  ASSERT_GE(StandIn::get().calls.size(), 4U);
  EXPECT_EQ(StandIn::get().calls[2].function, "SecItemAdd");
  EXPECT_EQ(StandIn::get().calls[3].function, "SecItemUpdate");
  EXPECT_FALSE(stored);  // the other item is gone by then: said, and not taken for stored
}

}  // namespace
}  // namespace mimir::oauth::testing
