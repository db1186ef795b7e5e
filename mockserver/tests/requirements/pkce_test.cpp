// Proof key for code exchange.
#include "tests/requirements/requirement_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

std::string challenge_of(const std::string& verifier) {
  return mimir::codec::base64url_encode(mimir::codec::sha256(verifier));
}

REQUIREMENT(pkce_supported) {
  granted(server.redeem(server.code({{"code_challenge", std::string(kChallenge)}, {"code_challenge_method", "S256"}})));
}

REQUIREMENT(pkce_required_of_public_clients) {
  redirected_with(server.authorize_but({{"code_challenge", ""}, {"code_challenge_method", ""}}), "invalid_request");
  got_code(server.authorize_but({}));
}

REQUIREMENT(pkce_verifier_missing) {
  const auto code = server.code();
  refused(server.redeem_but(code, {{"code_verifier", ""}}), 400, "invalid_grant");
  granted(server.redeem(code));
}

REQUIREMENT(pkce_verifier_wrong) {
  const auto code = server.code();
  refused(server.redeem_but(code, {{"code_verifier", std::string(43, 'w')}}), 400, "invalid_grant");
  granted(server.redeem(code));
}

REQUIREMENT(pkce_verifier_without_challenge) {
  const auto code = web_code({{"code_challenge", ""}, {"code_challenge_method", ""}});
  refused(web_redeem(code), 400, "invalid_grant");
  granted(web_redeem(code, {{"code_verifier", ""}}));
}

REQUIREMENT(pkce_verifier_equal_to_challenge) {
  const auto code = server.code();
  refused(server.redeem_but(code, {{"code_verifier", std::string(kChallenge)}}), 400, "invalid_grant");
  granted(server.redeem(code));
}

REQUIREMENT(pkce_method_unsupported) {
  redirected_with(server.authorize_but({{"code_challenge_method", "S999"}}), "invalid_request");
  redirected_with(server.authorize_but({{"code_challenge_method", "s256"}}), "invalid_request");
  got_code(server.authorize_but({{"code_challenge_method", "S256"}}));
}

REQUIREMENT(pkce_plain_refused) {
  const std::string verifier(kVerifier);
  redirected_with(server.authorize_but({{"code_challenge", verifier}, {"code_challenge_method", "plain"}}),
                  "invalid_request");
  // RFC 7636 §4.3: no method means plain.
  redirected_with(server.authorize_but({{"code_challenge", verifier}, {"code_challenge_method", ""}}),
                  "invalid_request");
  got_code(server.authorize_but({}));
}

REQUIREMENT(pkce_verifier_length) {
  const std::string good(42, 'a');
  for (const std::string& verifier : {good, std::string(129, 'a'), good + "+", good + "\xc3", good + " "}) {
    const auto code = server.code({{"code_challenge", challenge_of(verifier)}});
    refused(server.redeem_but(code, {{"code_verifier", verifier}}), 400, "invalid_grant");
  }
  for (const std::string& verifier : {std::string(43, 'a'), std::string(128, 'a'), good + "-._~"}) {
    const auto code = server.code({{"code_challenge", challenge_of(verifier)}});
    granted(server.redeem_but(code, {{"code_verifier", verifier}}));
  }
}

REQUIREMENT(pkce_challenge_malformed) {
  const std::string good(kChallenge);
  for (const std::string& challenge :
       {good.substr(1), good + "A", good + "=", "+" + good.substr(1), std::string(64, 'a')}) {
    redirected_with(server.authorize_but({{"code_challenge", challenge}}), "invalid_request");
  }
  got_code(server.authorize_but({{"code_challenge", good}}));
}

}  // namespace
}  // namespace mockoauth::server::testing
