// The keyring of the desktop, a real one: unlocked, locked, denied, silent, gone and absent.
#include "keyring_fixture.hpp"

#include <signal.h>

#include <internal/libsecret.hpp>
#include <internal/refresh_journal.hpp>
#include <mimir/codec/digest.hpp>

namespace mimir::oauth::testing {
namespace {

StoredLogin login(const std::string& access, std::uint64_t generation = 0) {
  return {.config = {.issuer = "https://as.example", .client_id = "cli"},
          .tokens = {.access_token = Secret(access), .token_type = "Bearer", .refresh_token = Secret("refresh")},
          .generation = generation};
}

/// An item that a search for that login's finds as well: it has an attribute more.
bool plant_another_item(std::string account) {
  const auto* const lib = internal::Libsecret::load();
  const SecretSchema schema{"org.mimir.Login", SECRET_SCHEMA_NONE,
                            {{"product", SECRET_SCHEMA_ATTRIBUTE_STRING}, {"account", SECRET_SCHEMA_ATTRIBUTE_STRING},
                             {"format", SECRET_SCHEMA_ATTRIBUTE_STRING}, {"copy", SECRET_SCHEMA_ATTRIBUTE_STRING}},
                            0, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr};
  std::string account_hash = codec::hex_encode(codec::sha256(account));
  char words[][16] = {"product", "mimir-test", "account", "format", "1", "copy"};
  GHashTable* const attributes = lib->hash_table_new(lib->str_hash, lib->str_equal);
  lib->hash_table_insert(attributes, words[0], words[1]);
  lib->hash_table_insert(attributes, words[2], account_hash.data());
  lib->hash_table_insert(attributes, words[3], words[4]);
  lib->hash_table_insert(attributes, words[5], words[4]);
  SecretValue* const value = lib->value_new("{}", 2, "application/json");
  const bool done = lib->service_store_sync(nullptr, &schema, attributes, SECRET_COLLECTION_DEFAULT, "copy", value, nullptr,
                                            nullptr) != 0;
  lib->value_unref(value);
  lib->hash_table_unref(attributes);
  return done;
}

class SecretServiceTest : public KeyringTest {};

TEST_F(SecretServiceTest, KeepsALoginFromOneProcessToTheNext) {
  start_keyring();

  ASSERT_EQ(open()->store("google", login("access-1"), 0), 1u);
  ASSERT_EQ(open()->store("google", login("access-2"), 1), 2u);

  const auto loaded = open()->load("google");
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ((*loaded)->tokens.access_token.expose(), "access-2");
  EXPECT_EQ((*loaded)->tokens.refresh_token->expose(), "refresh");
  EXPECT_EQ((*loaded)->generation, 2u);
  EXPECT_EQ(open()->providers(), std::vector<std::string>{"google"});
  EXPECT_EQ(open()->description(), "keyring (Secret Service)");
}

TEST_F(SecretServiceTest, WritesByCompareAndSwap) {
  start_keyring();
  const auto storage = open();
  ASSERT_TRUE(storage->store("google", login("access-1"), 0));

  EXPECT_EQ(storage->store("google", login("access-2"), 0).error().code, "storage.conflict");
  EXPECT_EQ(storage->store("google", login("access-2"), 2).error().code, "storage.conflict");
  EXPECT_EQ((*storage->load("google"))->tokens.access_token.expose(), "access-1");
}

TEST_F(SecretServiceTest, AnErasedLoginIsCountedOn) {  // CH-RF-18: a late writer does not match its successor
  start_keyring();
  const auto storage = open();
  ASSERT_EQ(storage->store("google", login("access-1"), 0), 1u);
  ASSERT_TRUE(storage->erase("google"));

  EXPECT_FALSE(*storage->load("google"));
  EXPECT_TRUE(storage->providers()->empty());
  EXPECT_EQ(storage->store("google", login("access-2"), 0), 2u);
  EXPECT_TRUE(storage->erase("never-there"));
}

TEST_F(SecretServiceTest, KeepsLargeTokensAndAccountsApart) {  // CH-ST-07, CH-AC-01
  start_keyring();
  const auto storage = open();
  const std::string large(64 * 1024, 'x');

  ASSERT_TRUE(storage->store("google", login(large), 0));
  ASSERT_TRUE(storage->store("google/work", login("access-work"), 0));

  EXPECT_EQ((*storage->load("google"))->tokens.access_token.expose(), large);
  EXPECT_EQ((*storage->load("google/work"))->tokens.access_token.expose(), "access-work");
}

TEST_F(SecretServiceTest, ChannelsDoNotSeeEachOther) {  // CH-ST-14
  start_keyring();
  ASSERT_TRUE(open()->store("google", login("of-the-tests"), 0));
  auto released = options();
  released.channel = "release";
  released.folder = temporary_ / "release";
  const auto storage = std::move(*open_storage(released, random_));

  EXPECT_FALSE(*storage->load("google"));
  ASSERT_TRUE(storage->store("google", login("of-the-release"), 0));
  ASSERT_TRUE(storage->erase("google"));
  EXPECT_EQ((*open()->load("google"))->tokens.access_token.expose(), "of-the-tests");
}

TEST_F(SecretServiceTest, LockedIsNotMissing) {  // CH-KC-02, CH-ST-06
  start_keyring();
  ASSERT_TRUE(open()->store("google", login("access-1"), 0));
  lock_keyring();

  EXPECT_EQ(open()->probe().error().code, "storage.locked");
  EXPECT_EQ(open()->load("google").error().code, "storage.locked");
  EXPECT_EQ(open()->store("google", login("access-2"), 1).error().code, "storage.locked");
  EXPECT_EQ(open()->erase("google").error().code, "storage.locked");  // CH-RV-06
  EXPECT_EQ(open()->providers(), std::vector<std::string>{"google"});  // CH-ST-10: listing asks for nothing
}

TEST_F(SecretServiceTest, ItemsTellNothingToWhoeverSearches) {  // CH-KC-11: attributes and labels lie in clear
  start_keyring();
  ASSERT_TRUE(open()->store("ada@example.com", login("CANARY"), 0));
  const std::string ask = "dbus-send --session --print-reply --dest=org.freedesktop.secrets ";
  const std::string all = " org.freedesktop.DBus.Properties.GetAll string:org.freedesktop.Secret.";

  const auto collection = said_by(ask + "/org/freedesktop/secrets/collection/login" + all + "Collection");
  const auto at = collection.find("/org/freedesktop/secrets/collection/login/");
  ASSERT_NE(at, std::string::npos) << collection;
  const auto item = said_by(ask + collection.substr(at, collection.find('"', at) - at) + all + "Item");

  EXPECT_NE(item.find("mimir-test"), std::string::npos) << item;
  for (const auto* private_text : {"ada", "as.example", "CANARY", "refresh"}) {
    EXPECT_EQ(item.find(private_text), std::string::npos) << item;
  }
}

TEST_F(SecretServiceTest, OneOfSeveralIsNotChosen) {  // CH-KC-10
  start_keyring();
  ASSERT_TRUE(open()->store("google", login("access-1"), 0));
  ASSERT_TRUE(plant_another_item("google"));

  const auto loaded = open()->load("google");

  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, "storage.ambiguous");
  EXPECT_NE(loaded.error().message.find("2 items"), std::string::npos);
  EXPECT_EQ(open()->store("google", login("access-2"), 1).error().code, "storage.ambiguous");
  EXPECT_EQ(open()->erase("google").error().code, "storage.ambiguous");
}

TEST_F(SecretServiceTest, NoSecretCrossesTheBusInClear) {  // CH-KC-15
  start_keyring();
  const auto seen = temporary_ / "seen";
  const auto monitor = std::stoi(said_by("dbus-monitor --session > '" + seen.string() + "' 2>/dev/null & echo $!"));
  wait_for("the monitor", [&] { return !read_file(seen).empty(); });

  ASSERT_TRUE(open()->store("google", login("CANARY"), 0));
  ASSERT_TRUE(open()->load("google"));

  wait_for("what was written and read", [&] {
    const auto text = read_file(seen);
    return text.find("CreateItem") != std::string::npos && text.find("GetSecret") != std::string::npos;
  });
  ::kill(monitor, SIGTERM);
  EXPECT_EQ(read_file(seen).find("CANARY"), std::string::npos);
}

TEST_F(SecretServiceTest, AQuestionThatIsDismissedIsADenial) {  // CH-KC-13: no window can be shown here
  start_keyring();
  ASSERT_TRUE(open()->store("google", login("access-1"), 0));
  lock_keyring();

  EXPECT_EQ(open(true)->load("google").error().code, "storage.denied");
  EXPECT_EQ(open(true)->probe().error().code, "storage.denied");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "google.login"));  // nothing else was tried
}

TEST_F(SecretServiceTest, AKeyringThatDoesNotAnswerIsATimeout) {  // CH-KC-03
  start_keyring();
  ASSERT_TRUE(open()->store("google", login("access-1"), 0));
  auto impatient = options();
  impatient.keyring_timeout = std::chrono::milliseconds(200);
  pause_keyring(true);

  const auto loaded = (*open_storage(impatient, random_))->load("google");

  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, "storage.timeout");
  pause_keyring(false);
  EXPECT_TRUE(open()->load("google"));
}

TEST_F(SecretServiceTest, AKeyringGoneInMidFlowIsAnErrorAndNeverADowngrade) {  // CH-ST-02
  start_keyring();
  auto automatic = options();
  automatic.backend = "auto";
  const auto storage = std::move(*open_storage(automatic, random_));
  ASSERT_TRUE(storage->store("google", login("access-1"), 0));
  stop_keyring();

  EXPECT_EQ(storage->load("google").error().code, "storage.unavailable");
  EXPECT_EQ(storage->store("google", login("access-2"), 1).error().code, "storage.unavailable");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "google.login"));
}

TEST_F(SecretServiceTest, ABusWithoutAKeyringIsAbsent) {  // CH-KC-01
  start_bus();

  const auto probed = open()->probe();

  ASSERT_FALSE(probed);
  EXPECT_EQ(probed.error().code, "storage.unavailable");
  EXPECT_NE(probed.error().message.find("IPC_LOCK"), std::string::npos);  // CH-KC-16: then it does not even start
  EXPECT_NE(probed.error().hint.find("--storage file"), std::string::npos);
}

TEST_F(SecretServiceTest, NoBusIsAbsentAndNoneIsStarted) {  // CH-KC-01
  auto none = options();
  none.environment = [](std::string_view) { return std::nullopt; };

  const auto probed = (*open_storage(none, random_))->probe();

  ASSERT_FALSE(probed);
  EXPECT_EQ(probed.error().code, "storage.unavailable");
  EXPECT_NE(probed.error().message.find("no session bus"), std::string::npos);
}

TEST_F(SecretServiceTest, LoginsMoveToAFileAndBack) {  // CH-ST-04
  start_keyring();
  ASSERT_TRUE(open()->store("google", login("access-1"), 0));
  ASSERT_TRUE(open()->store("work", login("access-2"), 0));

  ASSERT_EQ(move_logins(options(), "file", random_), 2u);

  auto automatic = options();
  automatic.backend = "auto";
  const auto storage = std::move(*open_storage(automatic, random_));
  EXPECT_EQ((*storage->load("google"))->tokens.access_token.expose(), "access-1");
  EXPECT_TRUE(std::filesystem::exists(folder_ / "google.login"));
  EXPECT_EQ(open()->load("google").error().code, "storage.other_backend");
  ASSERT_EQ(move_logins(automatic, "secret-service", random_), 2u);
  EXPECT_EQ((*storage->load("work"))->tokens.access_token.expose(), "access-2");
  EXPECT_GT((*storage->load("work"))->generation, 2u);  // grows across moves: an old copy never wins
  EXPECT_FALSE(std::filesystem::exists(folder_ / "google.login"));
}

TEST_F(SecretServiceTest, WhatIsKnownOfARefreshUnderWayMovesAlong) {  // CH-ST-04, CH-RF-06
  start_keyring();
  const auto old_place = open();
  ASSERT_TRUE(old_place->store("google", login("access-1"), 0));
  ASSERT_TRUE(old_place->store("work", login("access-2"), 0));
  const internal::RefreshJournal sent{.sent_generation = 1, .lost_answers = 1, .recent = {TimePoint(std::chrono::hours(1))}};
  const internal::RefreshJournal of_an_older_one{.sent_generation = 7, .recent = {TimePoint(std::chrono::hours(2))}};
  ASSERT_TRUE(internal::write_journal(*old_place, "google", sent));
  ASSERT_TRUE(internal::write_journal(*old_place, "work", of_an_older_one));

  ASSERT_EQ(move_logins(options(), "file", random_), 2u);

  auto automatic = options();
  automatic.backend = "auto";
  const auto storage = std::move(*open_storage(automatic, random_));
  const auto kept = internal::read_journal(*storage, "google");
  EXPECT_EQ(kept.sent_generation, (*storage->load("google"))->generation);
  EXPECT_EQ(kept.lost_answers, 1);
  EXPECT_EQ(kept.recent, sent.recent);
  EXPECT_FALSE(internal::read_journal(*storage, "work").sent_generation);
  EXPECT_EQ(internal::read_journal(*storage, "work").recent, of_an_older_one.recent);
}

TEST_F(SecretServiceTest, CopiesOfAMoveThatFailedGoWithTheNextWrite) {  // CH-ST-04
  start_keyring();
  ASSERT_TRUE(open()->store("google", login("access-1"), 0));
  ASSERT_TRUE(open()->store("work", login("access-2"), 0));
  std::filesystem::create_directory(folder_ / "work.login");  // no file can take its place

  EXPECT_FALSE(move_logins(options(), "file", random_));

  std::filesystem::remove(folder_ / "work.login");
  EXPECT_EQ((*open()->load("google"))->tokens.access_token.expose(), "access-1");
  ASSERT_TRUE(open()->store("work", login("access-3"), 1));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "google.login"));
  EXPECT_EQ((*open()->load("google"))->tokens.access_token.expose(), "access-1");
  EXPECT_EQ(move_logins(options(), "file", random_), 2u);
}

}  // namespace
}  // namespace mimir::oauth::testing
