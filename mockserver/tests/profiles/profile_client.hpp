#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mimir/codec/clock.hpp>
#include <mimir/codec/form.hpp>
#include <mimir/codec/json.hpp>

#include "protocol/routes.hpp"
#include <mockoauth/server/realm.hpp>

namespace mockoauth::server::testing {

using mimir::codec::Json;
using mimir::codec::Parameters;

/// Parameters to change, by their standard names; an empty value removes one.
using Changes = std::vector<Parameters::Pair>;

struct ProfileClientSetup {
  Profile spoken;          ///< What the client takes the provider for.
  Profile served;          ///< What the provider is; the same, unless a test wants to see a difference.
  std::string scope = {};  ///< To ask for, separated by spaces; empty: what the profile suggests.
};

/// A client written after the provider's documentation, that is to say its profile: it registers what is accepted there,
/// sends what is demanded there in the form that is read there. With a realm of its own, on a clock that stands still.
class ProfileClient {
 public:
  explicit ProfileClient(ProfileClientSetup setup);

  HttpResponse authorize(const Changes& changes = {}, const Headers& headers = {});
  /// In the redirect, in the form to be posted or on the page to copy from; empty when there is none.
  static std::string code_in(const HttpResponse& response);
  std::string code(const Changes& changes = {}) { return code_in(authorize(changes)); }
  HttpResponse redeem(const std::string& code, const Changes& changes = {});
  HttpResponse log_in() { return redeem(code()); }
  HttpResponse refresh(const std::string& token, const Changes& changes = {});
  HttpResponse exchange(const std::string& subject_token, const Changes& changes = {});
  HttpResponse ask_device(const Changes& changes = {});
  HttpResponse poll(const std::string& device_code, const Changes& changes = {});
  HttpResponse revoke(const std::string& token, const Changes& changes = {});
  HttpResponse request_tokens(const std::string& grant_type, const Parameters& parameters, const Changes& changes = {});
  HttpResponse call_api(const std::string& credential, const std::string& path_below = {});
  /// To a model API at the origin of the API, with every header that some vendor wants.
  HttpResponse ask_model(const std::string& path, const Json& body, const std::string& credential);
  HttpResponse userinfo(const std::string& access_token);
  HttpResponse metadata(std::string_view document);
  HttpResponse get(std::string_view endpoint);
  HttpResponse get_path(const std::string& path);  ///< At the origin of the issuer.
  HttpResponse push(const Changes& changes);       ///< The request that authorize() would send (RFC 9126 §2.1).
  /// To the endpoint of that role (else of that name), the token in every place where some provider wants it.
  HttpResponse send_to(std::string_view role, std::string_view endpoint, const std::string& method, const std::string& token);
  [[nodiscard]] std::string token_url() const;

  /// Members of a token answer under their standard names, whatever the profile calls them and wherever it has them.
  [[nodiscard]] Json tokens_in(const HttpResponse& response) const;
  [[nodiscard]] std::string token_in(const HttpResponse& response, std::string_view member) const;
  /// The text that a device was given under a standard name.
  [[nodiscard]] std::string device_value(const HttpResponse& response, std::string_view member) const;
  [[nodiscard]] std::string user_code() const;  ///< Of the newest sign-in of a device.

  [[nodiscard]] bool serves(std::string_view endpoint) const { return routes_.route_of(endpoint) != nullptr; }
  Realm& realm() { return *realm_; }
  [[nodiscard]] const Profile& spoken() const { return spoken_; }
  void advance(std::int64_t seconds) { realm_->clock().advance(std::chrono::seconds(seconds)); }

  // What a test may bend before it sends something.
  std::string client_id = "app";
  std::string client_secret = "app-secret";
  std::string authenticates_by;    ///< A value of the knob `client.auth`.
  std::string body_format = {};    ///< `form`, `json`, `query` or `text`; empty: the first that the profile reads.
  std::string method = {};         ///< Of the token endpoint; empty: the first that the profile takes.
  std::optional<std::string> accept = "application/json";
  std::optional<std::string> user_agent = "profile-client/1";
  bool sends_demanded_headers = true;
  std::string redirect_uri;
  Headers more_headers = {};  ///< Of requests to the token endpoint.
  bool as_bearer = false;  ///< Present API credentials in the Authorization header, whatever the profile says.

 private:
  struct Outgoing {
    const Routes::Route* route = nullptr;
    std::string kind = {};  ///< Row of the knobs `token.*`: a grant type, `device`, `revocation`.
    Parameters parameters = {};
    bool is_device = false;
    Headers headers = {};
  };

  [[nodiscard]] Parameters authorization_request(const Changes& changes) const;
  HttpResponse send(Outgoing out, const Changes& changes);
  HttpResponse handle(const Routes::Route* route, HttpRequest request);
  [[nodiscard]] const Routes::Route* route_of_role(std::string_view role) const;
  void add_demanded(Outgoing& out) const;
  void authenticate(Outgoing& out) const;
  void rename(Outgoing& out) const;
  [[nodiscard]] std::string format_for(const Outgoing& out) const;
  [[nodiscard]] std::string value_for(const std::string& name) const;

  Profile spoken_;
  std::string scope_;
  mimir::codec::ManualClock clock_;
  std::unique_ptr<Realm> realm_;
  Routes routes_;
};

/// Of a new login.
std::string access_token_of(ProfileClient& client);
std::string device_code_of(ProfileClient& client);

}  // namespace mockoauth::server::testing
