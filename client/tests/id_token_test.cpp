// Section 14 of the requirements catalogue: ID Tokens, through the whole login.
#include <mimir/codec/base64url.hpp>
#include <mimir/codec/digest.hpp>
#include <mimir/codec/jws.hpp>

#include "login_fixture.hpp"

namespace mimir::oauth::testing {
namespace {

using Change = std::function<void(codec::Json&)>;

std::int64_t at(std::chrono::seconds from_start) {
  return std::chrono::duration_cast<std::chrono::seconds>(kStart.time_since_epoch() + from_start).count();
}

class IdToken : public LoginTest {
 protected:
  IdToken() { manager_.add_provider("mock", config({"openid", "api"})); }

  std::string nonce() {
    const auto url = codec::Url::parse(user_.opened.back());
    return codec::Parameters::parse(*url->query())->one("nonce").value_or("");
  }
  void expect_jwks() { http_.expect("GET", "https://as.example/jwks", 200, provider_jwks()); }
  /// One login whose token answer carries what `make` gives for the nonce.
  Result<OAuthTokens> log_in(const std::function<std::string(const std::string&)>& make, bool asks_for_keys = false) {
    http_.expect("POST", "https://as.example/token", [this, make](const auto&) {
      auto body = codec::Json::object({{"access_token", "access-1"}, {"token_type", "Bearer"}});
      const auto id_token = make(nonce());
      if (!id_token.empty()) body.set("id_token", id_token);
      return answer(200, body.dump());
    });
    if (asks_for_keys) expect_jwks();
    return manager_.initiate_flow("mock");
  }
  Result<OAuthTokens> log_in_with(const Change& change) {
    expect_discovery();
    return log_in([&](const std::string& sent) { return make_id_token(sent, change); }, true);
  }
  void expect_rejected(const Result<OAuthTokens>& result, const std::string& code) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, code) << result.error().message;
    EXPECT_FALSE(*manager_.stored("mock"));
  }
};

TEST_F(IdToken, GoodOneIsKept) {
  EXPECT_TRUE(log_in_with({}));
  EXPECT_TRUE(stored_tokens().id_token);
  EXPECT_EQ(nonce().size(), 43U);
}

struct Fault {
  const char* requirement;
  const char* code;
  Change change;
};
class FaultyIdToken : public IdToken, public ::testing::WithParamInterface<Fault> {};

TEST_P(FaultyIdToken, IsRejected) { expect_rejected(log_in_with(GetParam().change), GetParam().code); }

INSTANTIATE_TEST_SUITE_P(
    Table, FaultyIdToken,
    ::testing::Values(
        Fault{"idtoken-iss-mismatch-rejected", "id_token.iss", [](auto& c) { c.set("iss", "https://evil.example"); }},
        Fault{"idtoken-iss exact", "id_token.iss", [](auto& c) { c.set("iss", "https://as.example/"); }},
        Fault{"idtoken-aud-mismatch-rejected", "id_token.aud", [](auto& c) { c.set("aud", "other"); }},
        Fault{"idtoken-aud-untrusted-rejected", "id_token.aud",
              [](auto& c) { c.set("aud", codec::Json::array({"cli", "stranger"})); }},
        Fault{"aud empty list", "id_token.aud", [](auto& c) { c.set("aud", codec::Json::array()); }},
        Fault{"idtoken-azp-mismatch", "id_token.azp", [](auto& c) { c.set("azp", "other"); }},
        Fault{"idtoken-required-claims iss", "id_token.iss", [](auto& c) { c.erase("iss"); }},
        Fault{"idtoken-required-claims sub", "id_token.sub", [](auto& c) { c.erase("sub"); }},
        Fault{"idtoken-required-claims aud", "id_token.aud", [](auto& c) { c.erase("aud"); }},
        Fault{"idtoken-required-claims exp", "id_token.exp", [](auto& c) { c.erase("exp"); }},
        Fault{"idtoken-required-claims iat", "id_token.iat", [](auto& c) { c.erase("iat"); }},
        Fault{"exp of the wrong type", "id_token.exp", [](auto& c) { c.set("exp", "tomorrow"); }},
        Fault{"idtoken-exp-past-rejected", "id_token.exp",
              [](auto& c) { c.set("exp", at(-std::chrono::hours(1))); }},
        Fault{"issued in the future", "id_token.iat", [](auto& c) { c.set("iat", at(std::chrono::hours(1))); }},
        Fault{"idtoken-nbf-future-rejected", "id_token.nbf", [](auto& c) { c.set("nbf", at(std::chrono::hours(1))); }},
        Fault{"idtoken-nonce-mismatch-rejected", "id_token.nonce", [](auto& c) { c.set("nonce", "other"); }},
        Fault{"idtoken-nonce-missing-rejected", "id_token.nonce", [](auto& c) { c.erase("nonce"); }},
        Fault{"idtoken-at-hash-mismatch", "id_token.at_hash", [](auto& c) { c.set("at_hash", "AAAA"); }}));

class SoundIdToken : public IdToken, public ::testing::WithParamInterface<Fault> {};

TEST_P(SoundIdToken, IsAccepted) { EXPECT_TRUE(log_in_with(GetParam().change)); }

INSTANTIATE_TEST_SUITE_P(
    Table, SoundIdToken,
    ::testing::Values(
        Fault{"idtoken-aud-array-accepted", "", [](auto& c) { c.set("aud", codec::Json::array({"cli"})); }},
        Fault{"idtoken-small-skew-tolerated", "", [](auto& c) { c.set("exp", at(std::chrono::seconds(-5))); }},
        Fault{"idtoken-small-skew-tolerated", "", [](auto& c) { c.set("iat", at(std::chrono::seconds(5))); }},
        Fault{"fractional times", "", [](auto& c) { c.set("iat", static_cast<double>(at({})) - 0.5); }},
        Fault{"azp", "", [](auto& c) { c.set("azp", "cli"); }}, Fault{"at_hash", "", [](auto& c) {
          c.set("at_hash", codec::base64url_encode(codec::sha256("access-1").substr(0, 16)));
        }}));

TEST_F(IdToken, MissingOneIsAnError) {  // idtoken-missing
  expect_discovery();

  expect_rejected(log_in([](const auto&) { return std::string(); }), "id_token.missing");
}

TEST_F(IdToken, UnaskedOneIsIgnored) {  // idtoken-unasked-ignored
  manager_.add_provider("mock", config({"api"}));
  expect_discovery();

  EXPECT_TRUE(log_in([](const auto&) { return std::string("not.even.one"); }));
  EXPECT_FALSE(stored_tokens().id_token);
}

TEST_F(IdToken, CorruptSignatureIsRejected) {  // idtoken-signature-invalid-rejected
  expect_discovery();

  expect_rejected(log_in([](const std::string& sent) {
                    auto token = make_id_token(sent);
                    const auto signature = token.rfind('.') + 1;
                    token[signature] = token[signature] == 'A' ? 'B' : 'A';
                    return token;
                  }, true),
                  "id_token.signature");
}

TEST_F(IdToken, WrongHeadersAreRejected) {
  // idtoken-alg-none-rejected, idtoken-alg-unexpected-rejected, idtoken-other-jwt-type-rejected, idtoken-crit-unknown-rejected
  const std::vector<std::pair<codec::Json, std::string>> headers{
      {codec::Json::object({{"alg", "none"}}), "id_token.algorithm"},
      {codec::Json::object({{"alg", "NONE"}}), "id_token.algorithm"},
      {codec::Json::object({{"alg", "HS256"}, {"kid", "k1"}}), "id_token.algorithm"},
      {codec::Json::object({{"kid", "k1"}}), "id_token.algorithm"},
      {codec::Json::object({{"alg", "ES256"}, {"kid", "k1"}, {"typ", "at+JWT"}}), "id_token.type"},
      {codec::Json::object({{"alg", "ES256"}, {"kid", "k1"}, {"crit", codec::Json::array({"x"})}}),
       "id_token.critical"}};
  expect_discovery();
  for (const auto& [header, code] : headers) {
    expect_rejected(log_in([&, h = header](const std::string& sent) { return make_id_token(sent, {}, h); }), code);
  }
}

TEST_F(IdToken, AlgorithmOutsideTheMetadataIsRejected) {  // idtoken-alg-unexpected-rejected
  auto document = metadata();
  document.set("id_token_signing_alg_values_supported", codec::Json::array({"RS256"}));
  expect_discovery(document);

  expect_rejected(log_in([](const std::string& sent) { return make_id_token(sent); }), "id_token.algorithm");
}

TEST_F(IdToken, KeysInTheHeaderAreNotTrusted) {  // idtoken-key-url-ignored: no request goes to the jku
  const auto mine = *codec::Key::generate(codec::JwsAlgorithm::ES256, "mine");
  expect_discovery();

  expect_rejected(log_in([&](const std::string&) {
                    const auto header = codec::Json::object({{"alg", "ES256"},
                                                             {"kid", "mine"},
                                                             {"jku", "https://evil.example/jwks"},
                                                             {"jwk", *mine.public_jwk()}});
                    return *codec::jws_sign_raw(header.dump(), "{}", codec::JwsAlgorithm::ES256, mine);
                  }, true),
                  "id_token.key_unknown");
}

TEST_F(IdToken, MalformedOnesAreRejected) {  // idtoken-malformed-rejected, CH-OI-09
  expect_discovery();
  for (const auto& token : {std::string("a.b"), std::string("a.b.c.d.e"), std::string("e30=.e30=.x"),
                            std::string(20'000, '.'), std::string("bm90IGpzb24.e30.AAAA")}) {
    expect_rejected(log_in([&](const auto&) { return token; }), "id_token.malformed");
  }
}

TEST_F(IdToken, RotatedKeysAreFetchedOnceMore) {  // jwks-unknown-kid-refetched, jwks-refetch-bounded
  ASSERT_TRUE(log_in_with({}));
  const auto next = *codec::Key::generate(codec::JwsAlgorithm::ES256, "k2");
  const auto signed_by_next = [&](const std::string& sent) {
    const auto jws = *codec::Jws::parse(make_id_token(sent));
    return *codec::jws_sign(codec::Json::object({{"alg", "ES256"}, {"kid", "k2"}}), jws.payload, next);
  };
  http_.expect("POST", "https://as.example/token", [&](const auto&) {
    return answer(200, codec::Json::object({{"access_token", "a"}, {"token_type", "Bearer"},
                                            {"id_token", signed_by_next(nonce())}}).dump());
  });
  http_.expect("GET", "https://as.example/jwks", 200,
               codec::Json::object({{"keys", codec::Json::array({*next.public_jwk()})}}).dump());
  EXPECT_TRUE(manager_.initiate_flow("mock"));
  EXPECT_EQ(http_.requests().back().header("Cache-Control"), "no-cache");  // CH-NT-19: not what a cache still has

  const auto never = codec::Json::object({{"alg", "ES256"}, {"kid", "never"}});
  http_.expect("POST", "https://as.example/token", [&](const auto&) {
    return answer(200, codec::Json::object({{"access_token", "a"}, {"token_type", "Bearer"},
                                            {"id_token", make_id_token(nonce(), {}, never)}}).dump());
  });
  expect_jwks();  // once, and no more
  const auto result = manager_.initiate_flow("mock");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "id_token.key_unknown");
}

TEST_F(IdToken, KeysThatCannotBeHadEndTheLogin) {  // jwks-unavailable
  expect_discovery();
  http_.expect("POST", "https://as.example/token", [&](const auto&) {
    return answer(200, codec::Json::object({{"access_token", "a"}, {"token_type", "Bearer"},
                                            {"id_token", make_id_token(nonce())}}).dump());
  });
  for (int i = 0; i < 3; ++i) http_.expect("GET", "https://as.example/jwks", 500, "");

  expect_rejected(manager_.initiate_flow("mock"), "jwks.unusable");
}

TEST_F(IdToken, KeysOverPlainHttpAreRefusedBeforeTheBrowser) {  // jwks-https-only
  auto document = metadata();
  document.set("jwks_uri", "http://as.example/jwks");
  expect_discovery(document);

  EXPECT_EQ(manager_.initiate_flow("mock").error().code, "metadata.endpoint_insecure");
  EXPECT_TRUE(user_.opened.empty());
}

class RefreshedIdToken : public IdToken {
 protected:
  void log_in_to_refresh() {
    ASSERT_TRUE(log_in_with({}));
    auto login = *storage_->load("mock");
    login->tokens.refresh_token = Secret("refresh-1");
    ASSERT_TRUE(storage_->store("mock", *login, login->generation));
  }
  void expect_refreshed(const char* claim, const char* value, const char* refresh_token = nullptr) {
    auto body = codec::Json::object({{"access_token", "access-2"}, {"token_type", "Bearer"}});
    body.set("id_token", make_id_token("", [&](auto& claims) { claims.set(claim, value); }));
    if (refresh_token != nullptr) body.set("refresh_token", refresh_token);
    expect_token(200, body.dump());
  }
  static constexpr auto* kRevoke = "https://as.example/revoke";
};

TEST_F(RefreshedIdToken, MustKeepTheUser) {  // idtoken-refresh-iss-sub-stable, CH-RF-19
  log_in_to_refresh();
  expect_refreshed("sub", "eve");
  http_.expect("POST", kRevoke, 200, "");
  EXPECT_EQ(manager_.refresh_token("mock").error().code, "id_token.sub");
  EXPECT_EQ(http_.requests().back().form.one("token"), "access-2");
  expect_refreshed("iss", "https://evil.example");
  EXPECT_EQ(manager_.refresh_token("mock").error().code, "id_token.iss");
  EXPECT_EQ(stored_tokens().access_token.expose(), "access-1");

  expect_refreshed("sub", "ada");
  EXPECT_TRUE(manager_.refresh_token("mock"));
  expect_token(200, tokens("access-3"));  // idtoken-refresh-absent-accepted
  EXPECT_TRUE(manager_.refresh_token("mock"));
  EXPECT_TRUE(stored_tokens().id_token);
}

TEST_F(RefreshedIdToken, ThatCannotBeCheckedDoesNotCostTheLogin) {  // CH-RF-16: the new refresh token exists nowhere else
  log_in_to_refresh();
  const std::string before(stored_tokens().id_token->expose());
  clock_.advance(std::chrono::hours(48));  // the keys that were read are too old
  expect_discovery();
  expect_refreshed("sub", "ada", "refresh-2");
  for (int i = 0; i < 3; ++i) http_.expect("GET", "https://as.example/jwks", 503, "");

  ASSERT_TRUE(manager_.refresh_token("mock"));

  EXPECT_EQ(stored_tokens().refresh_token->expose(), "refresh-2");
  EXPECT_EQ(stored_tokens().id_token->expose(), before);
}

TEST_F(RefreshedIdToken, ThatCannotBeCheckedIsStillNotTakenFromAnother) {  // CH-AC-02
  log_in_to_refresh();
  clock_.advance(std::chrono::hours(48));
  expect_discovery();
  expect_refreshed("sub", "eve", "refresh-of-eve");
  for (int i = 0; i < 3; ++i) http_.expect("GET", "https://as.example/jwks", 503, "");

  EXPECT_EQ(manager_.refresh_token("mock").error().code, "jwks.unusable");
  EXPECT_EQ(stored_tokens().refresh_token->expose(), "refresh-1");
}

TEST_F(RefreshedIdToken, OfAnotherUserRevokesWhatCameAndNotWhatIsKept) {  // CH-AC-02, CH-RF-19
  log_in_to_refresh();
  expect_refreshed("sub", "eve", "refresh-of-eve");
  http_.expect("POST", kRevoke, 200, "").expect("POST", kRevoke, 200, "");
  EXPECT_EQ(manager_.refresh_token("mock").error().code, "id_token.sub");
  const auto sent = http_.requests();
  EXPECT_EQ(sent[sent.size() - 2].form.one("token"), "refresh-of-eve");
  EXPECT_EQ(sent.back().form.one("token"), "access-2");

  expect_refreshed("sub", "eve", "refresh-1");  // not rotated: it is ours, and in use
  http_.expect("POST", kRevoke, 200, "");
  EXPECT_EQ(manager_.refresh_token("mock").error().code, "id_token.sub");
  EXPECT_EQ(http_.requests().back().form.one("token"), "access-2");
  EXPECT_EQ(stored_tokens().refresh_token->expose(), "refresh-1");
}

}  // namespace
}  // namespace mimir::oauth::testing
