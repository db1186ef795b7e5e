// How to write down that the server meets a row of conformance/catalogue/server_rows.yaml:
//
//   REQUIREMENT(pkce_verifier_wrong) {
//     const auto code = server.code();
//     refused(server.redeem_but(code, {{"code_verifier", another}}), 400, "invalid_grant");
//     granted(server.redeem(code));
//   }
//
// The name is the row's id with underscores; ctest runs it as requirements-server/pkce-verifier-wrong.
// A refusal shows something only beside an acceptance: the same request without the fault, in the same test.
#pragma once

#include <functional>
#include <set>

#include "tests/engine_fixture.hpp"

#define REQUIREMENT(id) TEST_F(Requirement, id)

namespace mockoauth::server::testing {

inline constexpr std::string_view kWebRedirect = "https://web.example/cb?tenant=1";
inline constexpr std::string_view kWebSecret = "s3cret:/+ &=%";

/// A fresh strict server (the profile `plain`) with a public client `app`, a second one `other`, a confidential one
/// `web`, and the user ada, who approves.
class Requirement : public ::testing::Test {
 protected:
  Engine server;

  Json metadata() { return body_of(server.get("/.well-known/oauth-authorization-server")); }
  Json openid_metadata() { return body_of(server.get("/.well-known/openid-configuration")); }
  Json published_keys() { return body_of(server.get("/jwks")); }

  /// A code for the confidential client, and what redeems it with the right secret.
  std::string web_code(std::initializer_list<Parameters::Pair> changes = {});
  HttpResponse web_redeem(const std::string& code, std::initializer_list<Parameters::Pair> changes = {});
  Json web_login() { return body_of(web_redeem(web_code())); }

  /// Any token request.
  HttpResponse token(const Parameters& form, Headers headers = {}) {
    return server.post("/token", form, std::move(headers));
  }
};

/// Each of these is checked once; the place of the call is in the trace.
void granted(const HttpResponse& response);                   ///< 200 with an access token.
void refused(const HttpResponse& response, int status, std::string_view code);  ///< An OAuth error (RFC 6749 §5.2).
void got_code(const HttpResponse& response);                  ///< A redirect that carries a code.
void shown_to_user(const HttpResponse& response);             ///< An error page; no redirect (RFC 6749 §4.1.2.1).
void redirected_with(const HttpResponse& response, std::string_view error);     ///< An error redirect.
/// A protected resource said no; an empty code: the challenge names no error (RFC 6750 §3).
void challenged(const HttpResponse& response, int status, std::string_view code);
void is_oauth_text(std::string_view text);  ///< Only what RFC 6749 §5.2 allows in error texts.

/// Whether a JWT was signed by a key that the server publishes.
bool signed_by_server(Engine& server, const std::string& jwt);

/// What `make` gives eight times: 128 bits or more each by their length, all different, no two alike at the beginning.
void unguessable(const std::function<std::string()>& make);

inline std::string access_of(const Json& tokens) { return text_at(tokens, "access_token"); }
inline std::string refresh_of(const Json& tokens) { return text_at(tokens, "refresh_token"); }
inline std::string id_token_of(const Json& tokens) { return text_at(tokens, "id_token"); }

}  // namespace mockoauth::server::testing
