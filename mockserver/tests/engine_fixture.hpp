#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include <mimir/codec/base64url.hpp>
#include <mimir/codec/clock.hpp>
#include <mimir/codec/digest.hpp>
#include <mimir/codec/form.hpp>
#include <mimir/codec/json.hpp>
#include <mimir/codec/jws.hpp>
#include <mockoauth/server/realm.hpp>
#include <mockoauth/server/server.hpp>

namespace mockoauth::server::testing {

using mimir::codec::Json;
using mimir::codec::Parameters;
using namespace std::chrono_literals;

inline constexpr std::string_view kVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";  // RFC 7636 appendix B
inline constexpr std::string_view kChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
inline constexpr std::string_view kRedirect = "http://127.0.0.1:5555/callback";
inline constexpr std::string_view kRefresh = "refresh_token";
inline constexpr std::string_view kFormType = "application/x-www-form-urlencoded";

/// The plain profile with these knobs changed.
Profile plain_but(std::initializer_list<Json::Member> changes);

/// The text of a response's JSON body, or null.
Json body_of(const HttpResponse& response);
/// Parameters of the fragment or, without one, of the query of the Location header.
Parameters location_of(const HttpResponse& response);

/// The session that an answer set, as a browser sends it back.
Headers cookie_of(const HttpResponse& response);
/// A JWT signed with ES256, and its header's kid.
std::string sign_by(const mimir::codec::Key& key, const Json& claims, std::string_view typ);

/// One realm on a clock that stands still, and a client that talks to it as an application would.
class Engine {
 public:
  /// @param adjust changes the options of the realm before it is made.
  explicit Engine(Profile profile = Profile::plain(), std::uint64_t seed = 7,
                  const std::function<void(RealmOptions&)>& adjust = {});

  Realm& realm() { return *realm_; }
  void advance(std::chrono::milliseconds by) { realm_->clock().advance(by); }

  HttpResponse get(std::string target, Headers headers = {});
  HttpResponse post(std::string target, const Parameters& form, Headers headers = {});

  /// What a native app asks: client `app`, S256, state `xyz`, scope `openid api.read offline_access`.
  static Parameters authorization_request();
  HttpResponse authorize(const Parameters& parameters, Headers headers = {});
  /// The same with these parameters changed; an empty value removes one.
  HttpResponse authorize_but(std::initializer_list<Parameters::Pair> changes, Headers headers = {});
  /// Pushes the request above, changed (RFC 9126 §2.1).
  HttpResponse push(std::initializer_list<Parameters::Pair> changes = {}, Headers headers = {});
  HttpResponse authorize_pushed(const std::string& request_uri, std::string_view client_id = "app");
  /// A code for the request above (changed).
  std::string code(std::initializer_list<Parameters::Pair> changes = {});

  /// What redeems such a code.
  static Parameters code_request(const std::string& code);
  HttpResponse redeem(const std::string& code);
  HttpResponse redeem_but(const std::string& code, std::initializer_list<Parameters::Pair> changes, Headers headers =
                          {});
  /// A token response of a whole login.
  Json login(std::initializer_list<Parameters::Pair> changes = {});

  HttpResponse refresh(const std::string& token, std::initializer_list<Parameters::Pair> changes = {});
  HttpResponse use(const std::string& access_token);
  HttpResponse revoke(const std::string& token, std::initializer_list<Parameters::Pair> changes = {});

  Exchange last();
  std::string token_path();
  std::string authorize_path();

 private:
  mimir::codec::ManualClock clock_{mimir::codec::TimePoint(1'800'000'000'000ms)};
  std::unique_ptr<Realm> realm_;
};

/// `name` of a JSON body; empty when it is not there.
std::string text_at(const Json& body, std::string_view name);
inline std::string text_at(const HttpResponse& response,
                           std::string_view name) { return text_at(body_of(response), name); }

/// `Basic` credentials as RFC 6749 §2.3.1 encodes them.
Headers basic(std::string_view id, std::string_view secret);
inline Headers bearer(std::string_view token) { return {{"Authorization", "Bearer " + std::string(token)}}; }

/// The claims of a compact JWT, unverified.
Json claims_of(std::string_view jwt);

/// Expects an OAuth error at the token endpoint with exactly this status and code (RFC 6749 §5.2).
void expect_error(const HttpResponse& response, int status, std::string_view code, std::string_view description_part =
                  {});

}  // namespace mockoauth::server::testing
