// Managing a registration: RFC 7592. Names in comments are those of the requirements catalogue.
#include "registration_fixture.hpp"

#include "internal/registration_request.hpp"

namespace mimir::oauth::testing {
namespace {

constexpr const char* kManage = "https://as.example/register/1";

class RegistrationUpdate : public RegistrationTest {
 protected:
  static codec::Json manageable(const std::string& token = "manage-1", const std::string& secret = "secret-1") {
    auto answer = issued_with_secret(secret);
    answer.set("client_secret_expires_at", 0);
    answer.set("client_id_issued_at", 1700000000);
    answer.set("registration_client_uri", kManage);
    answer.set("registration_access_token", token);
    answer.set("redirect_uris", codec::Json::array({internal::redirect_form(registering()).redirect_uri}));
    answer.set("scope", "api");
    answer.set("x_vendor", codec::Json::object({{"tier", 3}}));
    return answer;
  }
  void expect_check(const codec::Json& answer, int status = 200) { http_.expect("GET", kManage, status, answer.dump()); }
  Result<OAuthTokens> log_in_again() {
    expect_token(200, tokens("access-2"));
    return manager_.initiate_flow("mock");
  }
  /// A second login that wants more than was registered.
  Result<OAuthTokens> log_in_wanting_more(const std::string& scope = "files") {
    manager_.add_provider("mock", registering({"api", scope}));
    return log_in_again();
  }
  std::optional<StoredLogin> record() { return *storage_->load(internal::registration_record_name(registering())); }
  RecordedRequest last_put() {
    RecordedRequest found;
    for (const auto& request : http_.requests()) {
      if (request.method == "PUT") found = request;
    }
    return found;
  }
};

TEST_F(RegistrationUpdate, SendsEverythingButWhatOnlyTheServerSays) {  // registration-update-complete
  ASSERT_TRUE(log_in_registering(manageable()));
  http_.expect("PUT", kManage, 200, manageable().dump());

  ASSERT_TRUE(log_in_wanting_more());

  const auto put = last_put();
  EXPECT_EQ(put.header("Authorization"), "Bearer manage-1");
  EXPECT_EQ(put.header("Content-Type"), "application/json");
  const auto sent = *codec::Json::parse(put.body);
  EXPECT_EQ(sent.string_at("client_id"), "issued-1");
  EXPECT_EQ(sent.string_at("client_secret"), "secret-1");
  EXPECT_EQ(sent.string_at("scope"), "api files");
  EXPECT_EQ(sent.string_at("token_endpoint_auth_method"), "client_secret_post");
  EXPECT_EQ(*sent.find("redirect_uris"), *manageable().find("redirect_uris"));
  EXPECT_EQ(*sent.find("x_vendor"), *manageable().find("x_vendor"));
  for (const auto* name : {"registration_access_token", "registration_client_uri", "client_secret_expires_at",
                           "client_id_issued_at"}) {
    EXPECT_EQ(sent.find(name), nullptr) << name;
  }
  EXPECT_EQ(registrations(), 1U);
}

TEST_F(RegistrationUpdate, IsDoneOnceForWhatIsWanted) {
  ASSERT_TRUE(log_in_registering(manageable()));
  http_.expect("PUT", kManage, 200, manageable().dump());  // the server leaves the scope as it was
  ASSERT_TRUE(log_in_wanting_more());
  expect_check(manageable());
  ASSERT_TRUE(log_in_wanting_more());

  manager_.add_provider("mock", registering());  // less is wanted: nothing to ask for
  expect_check(manageable());
  EXPECT_TRUE(log_in_again());
}

TEST_F(RegistrationUpdate, ReplacesTokenAndSecretAtOnce) {  // registration-access-token-replaced
  ASSERT_TRUE(log_in_registering(manageable()));
  http_.expect("PUT", kManage, 200, manageable("manage-2", "secret-2").dump());
  manager_.add_provider("mock", registering({"api", "files"}));
  http_.expect("POST", "https://as.example/token", [&](const RecordedRequest& request) {
    EXPECT_EQ(request.form.one("client_secret"), "secret-2");
    EXPECT_EQ(record()->registered->management_token->expose(), "manage-2");  // kept before it was used
    EXPECT_EQ(record()->config.client_secret->expose(), "secret-2");
    return answer(200, tokens("access-2"));
  });
  ASSERT_TRUE(manager_.initiate_flow("mock"));
  http_.expect("PUT", kManage, 200, manageable("manage-3", "secret-2").dump());

  ASSERT_TRUE(log_in_wanting_more("mail"));

  EXPECT_EQ(last_put().header("Authorization"), "Bearer manage-2");
  EXPECT_EQ(codec::Json::parse(last_put().body)->string_at("scope"), "api files mail");
}

TEST_F(RegistrationUpdate, KeepsWhatAnAnswerDoesNotReplace) {
  ASSERT_TRUE(log_in_registering(manageable()));
  auto answer = issued();
  answer.set("token_endpoint_auth_method", "client_secret_post");
  http_.expect("PUT", kManage, 200, answer.dump());

  ASSERT_TRUE(log_in_wanting_more());

  EXPECT_EQ(http_.requests().back().form.one("client_secret"), "secret-1");
  EXPECT_EQ(record()->registered->management_token->expose(), "manage-1");
}

TEST_F(RegistrationUpdate, ThatFailsLeavesTheRegistrationAndTheLoginGoesOn) {
  ASSERT_TRUE(log_in_registering(manageable()));
  http_.expect("PUT", kManage, 400, R"({"error":"invalid_client_metadata"})");

  ASSERT_TRUE(log_in_wanting_more());

  EXPECT_EQ(record()->config.client_id, "issued-1");
  EXPECT_EQ(texts(Event::Kind::Warning).size(), 1U);
}

TEST_F(RegistrationUpdate, ThatChangesTheClientIdIsNotFollowed) {
  ASSERT_TRUE(log_in_registering(manageable()));
  auto other = manageable();
  other.set("client_id", "issued-2");
  http_.expect("PUT", kManage, 200, other.dump());

  ASSERT_TRUE(log_in_wanting_more());

  EXPECT_EQ(http_.requests().back().form.one("client_id"), "issued-1");
}

TEST_F(RegistrationUpdate, TakesOverWhatAReadShows) {  // registration-access-token-replaced
  ASSERT_TRUE(log_in_registering(manageable()));
  expect_check(manageable("manage-2", "secret-2"));

  ASSERT_TRUE(log_in_again());

  EXPECT_EQ(http_.requests().back().form.one("client_secret"), "secret-2");
  EXPECT_EQ(record()->registered->management_token->expose(), "manage-2");
  EXPECT_EQ(record()->registered->asked_scopes, std::vector<std::string>{"api"});
}

TEST_F(RegistrationUpdate, ARegistrationThatIsGoneIsMadeAnewBeforeTheBrowser) {  // registration-lost-on-server
  for (const int status : {401, 404}) {
    ASSERT_TRUE(storage_->erase(internal::registration_record_name(registering())));
    clock_.advance(std::chrono::hours(2));
    ASSERT_TRUE(log_in_registering(manageable()));
    expect_check(codec::Json::object({{"error", "invalid_token"}}), status);
    expect_registration(issued("issued-2"));

    ASSERT_TRUE(log_in_again());

    EXPECT_EQ(client_id_shown(), "issued-2");
    EXPECT_TRUE(record()->registered->replaces_refused);
  }
}

TEST_F(RegistrationUpdate, OneThatIsGoneAtOnceIsNotReplacedWithinTheHour) {  // registration-lost-on-server
  ASSERT_TRUE(log_in_registering(manageable()));
  expect_check(codec::Json::object(), 401);
  expect_registration(manageable());
  expect_token(400, R"({"error":"invalid_grant"})");
  ASSERT_FALSE(manager_.initiate_flow("mock"));  // it has not worked yet
  expect_discovery(open_metadata());
  expect_check(codec::Json::object(), 401);

  EXPECT_TRUE(log_in_again());

  EXPECT_EQ(registrations(), 2U);
}

TEST_F(RegistrationUpdate, AnOutageOfTheCheckIsNoReasonToStop) {
  ASSERT_TRUE(log_in_registering(manageable()));
  expect_check(codec::Json::object(), 503);

  EXPECT_TRUE(log_in_again());

  EXPECT_EQ(registrations(), 1U);
}

TEST_F(RegistrationUpdate, IsNotTriedWhereItIsNotOffered) {
  ASSERT_TRUE(log_in_registering(issued()));
  EXPECT_TRUE(log_in_wanting_more());
}

TEST_F(RegistrationUpdate, SendsItsTokenToNoAddressWithoutTls) {  // registration-tls
  for (const auto* where : {"http://as.example/register/1", "http://127.0.0.1/register/1", "not a URL"}) {
    auto answer = manageable();
    answer.set("registration_client_uri", where);
    clock_.advance(std::chrono::hours(2));
    ASSERT_TRUE(storage_->erase(internal::registration_record_name(registering())));
    manager_.add_provider("mock", registering());
    ASSERT_TRUE(log_in_registering(answer)) << where;
    EXPECT_TRUE(log_in_wanting_more()) << where;
  }
}

TEST_F(RegistrationUpdate, EndsARegistrationThereAndHere) {  // RFC 7592 §2.3
  ASSERT_TRUE(log_in_registering(manageable()));
  http_.expect("DELETE", kManage, 204, "");

  const auto ended = manager_.end_registration("mock");

  ASSERT_TRUE(ended);
  EXPECT_TRUE(*ended);
  EXPECT_EQ(http_.requests().back().header("Authorization"), "Bearer manage-1");
  EXPECT_FALSE(record());
  EXPECT_FALSE(*manager_.end_registration("mock"));
}

TEST_F(RegistrationUpdate, ForgetsARegistrationThatItCannotEnd) {
  ASSERT_TRUE(log_in_registering(manageable()));
  http_.expect("DELETE", kManage, 405, "");

  const auto ended = manager_.end_registration("mock");

  ASSERT_TRUE(ended);
  EXPECT_FALSE(*ended);
  EXPECT_FALSE(record());
}

}  // namespace
}  // namespace mimir::oauth::testing
