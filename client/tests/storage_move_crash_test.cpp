// kill -9 at every step of a move between the keyring and files: each login is in one of the places or in both, and the
// next run completes the move.
#include <iostream>

#include "internal/storage_backend.hpp"
#include "keyring_fixture.hpp"
#include "killed_at.hpp"
#include "own_process.hpp"

namespace mimir::oauth::testing {
namespace {

constexpr const char* kFile = "file";
constexpr const char* kKeyring = "secret-service";

StoredLogin login_of(const std::string& name) {
  return {.config = {.issuer = "https://as.example", .client_id = "cli"},
          .tokens = {.access_token = Secret("access-" + name),
                     .token_type = "Bearer",
                     .refresh_token = Secret("refresh-" + name)}};
}

/// The keyring is only used in processes of their own: a connection to the bus does not outlive a fork.
class StorageMoveCrashTest : public KeyringTest {
 protected:
  static const std::vector<std::string>& names() {
    static const std::vector<std::string> all{"home", "work"};
    return all;
  }
  StorageOptions automatic() const {
    auto chosen = options();
    chosen.backend = "auto";
    return chosen;
  }
  std::unique_ptr<TokenStorage> place(const std::string& backend) const {
    return internal::backends().find(backend)->open(options(), random_);
  }
  /// What the place says of a login: `whole`, `none`, or what is wrong.
  static std::string state_of(TokenStorage& storage, const std::string& name) {
    const auto loaded = storage.load(name);
    if (!loaded) return loaded.error().code;
    if (!*loaded) return "none";
    const auto expected = login_of(name);
    const auto& tokens = (*loaded)->tokens;
    const bool is_whole = tokens.access_token.equals(expected.tokens.access_token) && tokens.refresh_token &&
                          tokens.refresh_token->equals(*expected.tokens.refresh_token);
    return is_whole ? "whole" : "another one";
  }

  std::string set_up() const {
    for (const auto& name : names()) {
      const auto stored = (*open_storage(automatic(), random_))->store(name, login_of(name), 0);
      if (!stored) return stored.error().message;
    }
    return "";
  }

  /// After the kill. Empty when all is as it has to be.
  std::string faults_and_completion(const std::string& from, const std::string& to) const {
    std::string faults;
    const auto automatic_storage = std::move(*open_storage(automatic(), random_));
    for (const auto& name : names()) {
      if (const auto state = state_of(*automatic_storage, name); state != "whole") faults += name + " is " + state + "; ";
      const auto copy = state_of(*place(kFile), name);
      if (copy != "whole" && copy != "none") faults += "the file of " + name + " is " + copy + "; ";
    }
    if (const auto moved = move_logins(automatic(), to, random_); !moved) {
      return faults + "not completed: " + moved.error().code + ' ' + moved.error().message;
    }
    for (const auto& name : names()) {
      if (const auto state = state_of(*automatic_storage, name); state != "whole") faults += name + " became " + state + "; ";
      if (const auto state = state_of(*place(from), name); state != "none") faults += name + " stayed behind; ";
    }
    if (automatic_storage->providers() != names()) faults += "the list is another one; ";
    const auto record = read_file(folder_ / "=storage");
    if (record.find('"' + to + '"') == std::string::npos) faults += "another place counts; ";
    if (record.find("leftover") != std::string::npos) faults += "the move is not over; ";
    return faults;
  }
};

TEST_F(StorageMoveCrashTest, EachLoginIsFoundAndTheNextRunCompletesTheMove) {  // CH-ST-04
  start_keyring();
  ASSERT_EQ(said_by_own_process([this] { return set_up(); }), "");

  // There and back, so that every step finds the logins where it begins.
  const std::vector<std::pair<std::string, std::string>> ways{{kKeyring, kFile}, {kFile, kKeyring}};
  std::vector<int> kills(ways.size());
  bool is_over = false;
  for (std::size_t step = 1; !is_over; ++step) {
    is_over = true;
    for (std::size_t way = 0; way < ways.size(); ++way) {
      const auto& [from, to] = ways[way];
      const std::string target = to;
      if (killed_at(step, [this, target] { (void)move_logins(automatic(), target, random_); }, Steps::Changes)) {
        ++kills[way];
        is_over = false;
      }
      const std::string origin = from;
      ASSERT_EQ(said_by_own_process([&] { return faults_and_completion(origin, target); }), "")
          << "from " << from << " to " << to << ", step " << step;
    }
  }
  std::cout << kills[0] << " kills from the keyring to files, " << kills[1] << " back: no login lost\n";
  EXPECT_GT(kills[0], 20);
  EXPECT_GT(kills[1], 20);
}

}  // namespace
}  // namespace mimir::oauth::testing
