// Clients that authenticate and bind tokens by a certificate.
#include "tests/client_certificate.hpp"
#include "tests/requirements/requirement_fixture.hpp"

namespace mockoauth::server::testing {
namespace {

// The other one is CN=client-two.
constexpr const char* kTwo =
    "MIIBgTCCASegAwIBAgIUBlV8dLpngMSk7ork8qGn5/p1OE0wCgYIKoZIzj0EAwIwFTETMBEGA1UEAwwKY2xpZW50LXR3bzAgFw0y"
    "NjExMjUxNjUxMjBaGA8yMTI2MTEwMTE2NTEyMFowFTETMBEGA1UEAwwKY2xpZW50LXR3bzBZMBMGByqGSM49AgEGCCqGSM49AwEH"
    "A0IABHh2y21CVa0Bm4vBwxW9/lUS8RxX5cBQOnW5v2Ac4Y/mCwdBOTNjmSK+/iabirK/SQe+MdpqJP0URQYqsB/9vdijUzBRMB0G"
    "A1UdDgQWBBSKhJ2+a0Ytmr6TP4L8oV7ZHL3W7DAfBgNVHSMEGDAWgBSKhJ2+a0Ytmr6TP4L8oV7ZHL3W7DAPBgNVHRMBAf8EBTAD"
    "AQH/MAoGCCqGSM49BAMCA0gAMEUCIHBHOvqhsGpxDfIe/OszhOAl26VlnAwyF3xSb17Pi66vAiEAoeZ/q6DOtFEcR4YCfEY5qLbH"
    "6bnSVr3eXi2DJ9BJMBM=";

std::string der(const char* base64) { return mimir::codec::base64_decode(base64).value_or(""); }

/// A request over a connection whose other end holds this certificate's key; null: none.
HttpResponse send_certified(Engine& server, const char* certificate, HttpRequest request) {
  if (certificate != nullptr) request.client_certificate = der(certificate);
  return server.realm().handle(request);
}

HttpResponse redeem_certified(Engine& server, const char* certificate, const std::string& code,
                              const std::string& client) {
  auto form = Engine::code_request(code);
  form.set("client_id", client);
  const Headers as_form{{"Content-Type", std::string(kFormType)}};
  return send_certified(server, certificate, {.method = "POST", .target = "/token", .headers = as_form,
                                              .body = form.encode()});
}

HttpResponse use_certified(Engine& server, const char* certificate, const std::string& token) {
  return send_certified(server, certificate, {.method = "GET", .target = "/resource", .headers = bearer(token)});
}

/// A client that authenticates by client-one's certificate and gets tokens bound to it.
void add_certified_client(Engine& server) {
  ClientRegistration client{.client_id = "certified", .redirect_uris = {"http://127.0.0.1/callback"}};
  client.token_endpoint_auth_method = "tls_client_auth";
  client.tls_client_auth_subject_dn = "CN=client-one";
  client.tls_client_certificate_bound_access_tokens = true;
  server.realm().add_client(client);
}

REQUIREMENT(mtls_client_authentication) {
  add_certified_client(server);
  const auto code = server.code({{"client_id", "certified"}});
  refused(redeem_certified(server, kTwo, code, "certified"), 401, "invalid_client");
  refused(redeem_certified(server, nullptr, code, "certified"), 401, "invalid_client");
  granted(redeem_certified(server, kCertificate, code, "certified"));
}

REQUIREMENT(mtls_bound) {
  Engine jwt(plain_but({{"access.format", "jwt"}, {"client.auth", Json::array({"none", "tls_client_auth"})}}));
  add_certified_client(jwt);
  const auto answer = redeem_certified(jwt, kCertificate, jwt.code({{"client_id", "certified"}}), "certified");
  granted(answer);
  const auto claims = claims_of(text_at(answer, "access_token"));
  ASSERT_NE(claims.find("cnf"), nullptr);
  EXPECT_EQ(claims.find("cnf")->string_at("x5t#S256"), certificate_x5t());
  EXPECT_EQ(claims_of(access_of(jwt.login())).find("cnf"), nullptr);
}

REQUIREMENT(rs_mtls_checks_certificate) {
  add_certified_client(server);
  const auto code = server.code({{"client_id", "certified"}});
  const auto token = text_at(redeem_certified(server, kCertificate, code, "certified"), "access_token");
  challenged(use_certified(server, kTwo, token), 401, "invalid_token");
  challenged(use_certified(server, nullptr, token), 401, "invalid_token");
  EXPECT_EQ(use_certified(server, kCertificate, token).status, 200);
}

}  // namespace
}  // namespace mockoauth::server::testing
