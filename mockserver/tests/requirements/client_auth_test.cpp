// How clients authenticate at the token endpoint.
#include "tests/requirements/requirement_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

Parameters web_form(const std::string& code) {
  auto form = Engine::code_request(code);
  form.remove("client_id");
  form.set("redirect_uri", std::string(kWebRedirect));
  return form;
}

Parameters with_secret(Parameters form, std::string_view secret) {
  form.set("client_id", "web");
  form.set("client_secret", std::string(secret));
  return form;
}

REQUIREMENT(token_invalid_client_challenge) {
  const auto form = web_form(web_code());
  const auto answer = token(form, basic("web", "wrong"));
  refused(answer, 401, "invalid_client");
  EXPECT_TRUE(answer.header("WWW-Authenticate").value_or("").starts_with("Basic "));
  granted(token(form, basic("web", kWebSecret)));
}

REQUIREMENT(token_basic_supported) {
  granted(token(web_form(web_code()), basic("web", kWebSecret)));
  granted(token(with_secret(web_form(web_code()), kWebSecret)));
  const auto methods = metadata().find("token_endpoint_auth_methods_supported")->dump();
  EXPECT_NE(methods.find("\"client_secret_basic\""), std::string::npos);
  EXPECT_NE(methods.find("\"client_secret_post\""), std::string::npos);

  refused(token(web_form(web_code()), basic("web", "wrong")), 401, "invalid_client");
  refused(token(with_secret(web_form(web_code()), "wrong")), 401, "invalid_client");
}

REQUIREMENT(token_basic_decoding) {
  const std::string odd_id = "cl:ient %+ \xc3\xa4";
  const std::string odd_secret = "s:e%c+r e\xc3\xa4t/";
  server.realm().add_client(
      {.client_id = odd_id, .client_secret = odd_secret, .redirect_uris = {std::string(kWebRedirect)}});
  const auto code = web_code({{"client_id", odd_id}});
  // Not form-encoded, so that the colon in the id ends it too early.
  const Headers raw = {{"Authorization", "Basic " + mimir::codec::base64_encode(odd_id + ":" + odd_secret)}};
  refused(token(web_form(code), raw), 401, "invalid_client");
  granted(token(web_form(code), basic(odd_id, odd_secret)));
}

REQUIREMENT(token_two_auth_methods_refused) {
  const auto code = web_code();
  refused(token(with_secret(web_form(code), kWebSecret), basic("web", kWebSecret)), 400, "invalid_request");
  granted(token(web_form(code), basic("web", kWebSecret)));
}

REQUIREMENT(token_confidential_must_authenticate) {
  auto form = web_form(web_code());
  form.set("client_id", "web");
  refused(token(form), 401, "invalid_client");
  granted(token(with_secret(form, kWebSecret)));
}

REQUIREMENT(token_client_id_required_of_public) {
  const auto code = server.code();
  refused(server.redeem_but(code, {{"client_id", ""}}), 401, "invalid_client");
  granted(server.redeem(code));
}

}  // namespace
}  // namespace mockoauth::server::testing
