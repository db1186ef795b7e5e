// Registrations of two processes at once, and what is left of one between runs.
#include "registration_fixture.hpp"

#include <functional>

#include "encrypted_file_fixture.hpp"
#include "internal/registration_request.hpp"

namespace mimir::oauth::testing {
namespace {

/// Passes everything on, and lets another process act at the worst moment.
class WatchedStorage final : public TokenStorage {
 public:
  explicit WatchedStorage(TokenStorage& inner) : inner_(inner) {}
  std::function<void(const std::string& name)> before_lock = {};
  std::function<void(const std::string& name)> before_store = {};

  Result<> probe() override { return inner_.probe(); }
  Result<std::optional<StoredLogin>> load(const std::string& name) override { return inner_.load(name); }
  Result<std::uint64_t> store(const std::string& name, const StoredLogin& login, std::uint64_t expected) override {
    if (auto act = std::exchange(before_store, {})) act(name);
    return inner_.store(name, login, expected);
  }
  Result<> erase(const std::string& name) override { return inner_.erase(name); }
  Result<std::vector<std::string>> providers() override { return inner_.providers(); }
  Result<std::unique_ptr<Lock>> lock(const std::string& name, std::chrono::milliseconds timeout,
                                     std::stop_token stop) override {
    if (name.starts_with("=registration ")) {
      if (auto act = std::exchange(before_lock, {})) act(name);
    }
    return inner_.lock(name, timeout, stop);
  }
  std::string description() const override { return inner_.description(); }

 private:
  TokenStorage& inner_;
};

class TwoProcesses : public RegistrationTest {
 protected:
  TwoProcesses() { another_.add_provider("mock", registering()); }

  WatchedStorage watched_{*storage_};
  OAuthManager another_{{.http = http_, .browser = user_, .callbacks = user_, .storage = watched_, .clock = clock_,
                         .random = random_, .waiter = &waiter_}};
};

TEST_F(TwoProcesses, TheOneThatComesSecondUsesTheRegistrationOfTheFirst) {  // registration-reused
  manager_.add_provider("private", registering());  // one name logs in at a time, one registration serves all
  watched_.before_lock = [&](const std::string& name) {
    EXPECT_EQ(name, internal::registration_record_name(registering()));
    expect_discovery(open_metadata());
    expect_registration(issued("issued-1"));
    expect_token(200, tokens());
    EXPECT_TRUE(manager_.initiate_flow("private"));
    expect_token(200, tokens("access-2"));
  };
  expect_discovery(open_metadata());

  ASSERT_TRUE(another_.initiate_flow("mock"));

  EXPECT_EQ(http_.requests().back().form.one("client_id"), "issued-1");
}

TEST_F(TwoProcesses, TheLockIsHeldWhileOneRegisters) {
  expect_discovery(open_metadata());
  std::string tried;
  http_.expect("POST", kRegistrationEndpoint, [&](const RecordedRequest&) {
    auto lock = storage_->lock(internal::registration_record_name(registering()), std::chrono::milliseconds(0), {});
    tried = lock ? "free" : lock.error().code;
    return answer(201, R"({"client_id":"issued-1"})");
  });
  expect_token(200, tokens());

  ASSERT_TRUE(manager_.initiate_flow("mock"));

  EXPECT_EQ(tried, "storage.lock_timeout");
}

TEST_F(TwoProcesses, OneThatGoesPastTheLockWins) {
  watched_.before_store = [&](const std::string& name) {
    StoredLogin theirs{.config = {.issuer = std::string(kIssuer), .client_id = "theirs"}, .registered = RegisteredClient{}};
    ASSERT_TRUE(storage_->store(name, theirs, 0));
  };
  expect_discovery(open_metadata());
  expect_registration(issued("ours"));
  expect_token(200, tokens());

  ASSERT_TRUE(another_.initiate_flow("mock"));

  EXPECT_EQ(http_.requests().back().form.one("client_id"), "theirs");
}

TEST_F(TwoProcesses, ARefusalOfTheOldRegistrationDoesNotEndTheNewOne) {  // registration-lost-on-server
  expect_discovery(open_metadata());
  expect_registration(issued("issued-1"));
  expect_token(200, tokens());
  ASSERT_TRUE(manager_.initiate_flow("mock"));
  // This one refreshes with the old registration while the other one replaces it.
  expect_discovery(open_metadata());
  http_.expect("POST", "https://as.example/token", [&](const RecordedRequest&) {
    const auto name = internal::registration_record_name(registering());
    auto renewed = *storage_->load(name);
    renewed->config.client_id = "issued-2";
    EXPECT_TRUE(storage_->store(name, *renewed, renewed->generation));
    return answer(401, R"({"error":"invalid_client"})");
  });

  EXPECT_EQ(another_.refresh_token("mock").error().code, "registration.lost");

  EXPECT_FALSE((*storage_->load(internal::registration_record_name(registering())))->registered->refused);
}

TEST_F(TwoProcesses, RegistrationsThatKeepChangingAreNotFollowedForEver) {  // registration-lost-on-server
  expect_discovery(open_metadata());
  expect_registration(issued());
  for (const auto* next : {"issued-2", "issued-3"}) {
    http_.expect("POST", "https://as.example/token", [this, next](const RecordedRequest&) {
      const auto name = internal::registration_record_name(registering());
      auto changed = *storage_->load(name);
      changed->config.client_id = next;
      EXPECT_TRUE(storage_->store(name, *changed, changed->generation));
      return answer(401, R"({"error":"invalid_client"})");
    });
    if (next == std::string_view("issued-2")) expect_discovery(open_metadata());
  }

  EXPECT_EQ(manager_.initiate_flow("mock").error().code, "invalid_client");

  EXPECT_EQ(http_.requests().back().form.one("client_id"), "issued-2");
}

TEST_F(TwoProcesses, ASecretReplacedByTheOtherIsTheOneThatIsSent) {  // registration-access-token-replaced
  expect_discovery(open_metadata());
  expect_registration(issued_with_secret("old"));
  expect_token(200, tokens());
  ASSERT_TRUE(manager_.initiate_flow("mock"));
  const auto name = internal::registration_record_name(registering());
  auto replaced = *storage_->load(name);
  replaced->config.client_secret = Secret("new");
  ASSERT_TRUE(storage_->store(name, *replaced, replaced->generation));
  expect_token(200, tokens("access-2", "refresh-2"));

  ASSERT_TRUE(manager_.refresh_token("mock"));

  EXPECT_EQ(http_.requests().back().form.one("client_secret"), "new");
}

class KeptRegistration : public EncryptedFileStorageTest {};

TEST_F(KeptRegistration, IsSealedInAFileAndComesBack) {
  const auto name = internal::registration_record_name(registering());
  StoredLogin record{.config = {.issuer = std::string(kIssuer), .client_id = "issued-1", .client_secret = Secret("MARK-1")},
                     .registered = RegisteredClient{.management_uri = "https://as.example/register/1",
                                                    .management_token = Secret("MARK-2")}};
  ASSERT_TRUE(open()->store(name, record, 0));

  const auto back = *open()->load(name);

  EXPECT_EQ(back->config.client_secret->expose(), "MARK-1");
  EXPECT_EQ(back->registered->management_token->expose(), "MARK-2");
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    EXPECT_EQ(read_file(entry.path()).find("MARK-"), std::string::npos) << entry.path();
    ++files;
  }
  EXPECT_GT(files, 0U);
}

}  // namespace
}  // namespace mimir::oauth::testing
