#pragma once

#include <functional>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <mimir/oauth/browser.hpp>
#include <mimir/oauth/callback_server.hpp>
#include <mimir/oauth/error.hpp>
#include <mimir/oauth/http_transport.hpp>
#include <mimir/oauth/token_storage.hpp>
#include <mimir/oauth/tokens.hpp>

namespace mimir::oauth {

/// What the user needs for a login on another device (RFC 8628 §3.3). Show `user_code` even beside the complete URI, so
/// that the user can compare (§3.3.1, §5.4). Fit for a terminal; holds no secret.
struct DevicePrompt {
  std::string user_code;
  std::string verification_uri;                               ///< An https page.
  std::optional<std::string> verification_uri_complete = {};  ///< With the code in it, for a QR code or a click.
  std::chrono::seconds lifetime{};                            ///< From now on.
};

/// What happens during a call, for a user interface; the library itself never writes to stdout or stderr.
struct Event {
  enum class Kind {
    AuthorizationUrl,  ///< `text` is the URL to show, always before the browser is tried.
    DeviceCode,        ///< `device` has what to show; `text` is the user code.
    BrowserFailed,     ///< `text` says why; the login goes on.
    Waiting,           ///< For the user to come back.
    Refreshing,
    Refreshed,
    LoginNeeded,       ///< `text` says why, for example that the refresh token has expired.
    Stored,            ///< `text` describes the store.
    Warning,
  };
  Kind kind;
  std::string provider;
  std::string text;  ///< Never a secret.
  std::optional<DevicePrompt> device = {};
};
using EventSink = std::function<void(const Event&)>;

/// Lets time pass between polls. Thread-safe.
class Waiter {
 public:
  virtual ~Waiter() = default;
  /// Returns after `time`, or within 100 ms of a requested stop.
  virtual void wait(std::chrono::milliseconds time, std::stop_token stop) = 0;
};

/// Everything that comes from outside. All references must outlive the manager.
struct Seams {
  HttpTransport& http;
  Browser& browser;
  CallbackReceiverFactory& callbacks;
  TokenStorage& storage;
  const Clock& clock;
  Random& random;
  EventSink events = {};
  Waiter* waiter = nullptr;  ///< None: real time.
};

struct ManagerOptions {
  std::chrono::milliseconds login_timeout{300'000};    ///< From opening the browser to the callback.
  std::chrono::milliseconds request_timeout{30'000};   ///< Of one HTTP exchange.
  std::chrono::seconds refresh_early{300};             ///< At most; and never more than a fifth of the token's life.
  std::size_t verifier_length = 128;                   ///< RFC 7636 §4.1: 43 to 128.
};

/// What became of each token on revocation (RFC 7009).
struct RevokeReport {
  enum class Outcome { Revoked, NotHeld, NotOffered, Failed };
  Outcome refresh_token = Outcome::NotHeld;
  Outcome access_token = Outcome::NotHeld;
  bool deleted = false;           ///< Local copy is gone; true even when the server could not be reached.
  std::string detail = {};        ///< Why something failed, for a person.
};

/// What a protected resource says of itself (RFC 9728 §2), checked but not trusted: who runs it chose these servers.
struct ProtectedResource {
  std::string resource;                                  ///< Its identifier; the address that was asked.
  std::vector<std::string> authorization_servers = {};   ///< Issuers, in its order; at least one.
  std::vector<std::string> scopes = {};                  ///< Those its challenge asks for, else all it knows; may be empty.
};

/// What a token is to be exchanged for (RFC 8693 §2.1).
struct TokenExchange {
  Secret subject_token;  ///< The token that is there, for example the ID Token of a company's sign-in.
  std::string subject_token_type = "urn:ietf:params:oauth:token-type:access_token";  ///< §3
  std::string requested_token_type = {};                                             ///< Empty: the server chooses.
  std::string audience = {};                     ///< Name under which the server knows the API; may be empty.
  std::vector<std::string> resources = {};       ///< Absolute URIs of the API, without fragment.
  std::vector<std::string> scopes = {};
};

/// Logs in, refreshes and revokes. Thread-safe. Blocking calls end at their timeout or stop token.
class OAuthManager {
 public:
  OAuthManager(Seams seams, ManagerOptions options = {});
  ~OAuthManager();
  OAuthManager(const OAuthManager&) = delete;
  OAuthManager& operator=(const OAuthManager&) = delete;

  /// Makes a provider known by name; replaces an earlier one of that name. A provider with a stored login need not be
  /// added: its configuration is kept with the tokens.
  void add_provider(const std::string& name, OAuthConfig config);

  /// Browser login with PKCE on loopback (RFC 8252, RFC 7636), stores the tokens, then returns a copy.
  Result<OAuthTokens> initiate_flow(const std::string& provider, const CallOptions& options = {});

  /// Login without a browser on this machine (RFC 8628): emits DeviceCode, polls no faster than the server allows, stores
  /// the tokens, then returns a copy. `device.not_offered` when the provider has no such flow; `access_denied`
  /// (UserDeclined) and `expired_token` (Cancelled) are told apart.
  Result<OAuthTokens> device_login(const std::string& provider, const CallOptions& options = {});

  /// A token for this program itself, without a user (RFC 6749 §4.4). Kept in memory and handed out until it is about to
  /// expire; never stored. `client.no_credentials` for a public client.
  Result<OAuthTokens> client_credentials(const std::string& provider, const CallOptions& options = {});

  /// Exchanges a token for another one (RFC 8693): never stored, and without a refresh token, since it can be exchanged
  /// again. `token_type` is `N_A` for what is no access token, such as an assertion for another server (§2.2.1).
  /// `exchange.issued_type` (ProviderBroken) when another kind of token came than was asked for.
  Result<OAuthTokens> exchange_token(const std::string& provider, const TokenExchange& exchange,
                                     const CallOptions& options = {});

  /// A token for an assertion that another server issued about the user (RFC 7523 §2.1). The assertion is the caller's,
  /// is sent once, and goes to the token endpoint only. Never stored.
  Result<OAuthTokens> redeem_assertion(const std::string& provider, const Secret& assertion,
                                       const std::vector<std::string>& scopes = {}, const CallOptions& options = {});

  /// Asks an API's address, without a token, who grants access to it (RFC 9728). `resource.mismatch`,
  /// `resource.server_internal` and `resource.metadata_url` (AttackSuspected) when its answer must not be followed;
  /// `resource.no_servers`, `resource.metadata_absent` when there is none. Logs in nowhere: show the issuer to the user.
  Result<ProtectedResource> discover_resource(const std::string& url, const CallOptions& options = {});

  /// Refreshes the stored login (RFC 6749 §6) and stores what came before returning it. With `not_this` set, a login
  /// whose access token is another one already is returned as it is: somebody else refreshed first. `invalid_grant`
  /// clears the login and returns LoginRequired.
  Result<OAuthTokens> refresh_token(const std::string& provider, const CallOptions& options = {},
                                    const Secret* not_this = nullptr);

  /// Revokes what the provider lets us revoke (RFC 7009), then deletes the local copy in any case.
  Result<RevokeReport> revoke_access(const std::string& provider, const CallOptions& options = {});

  /// Whether the access token can be used now without refreshing first. No network.
  [[nodiscard]] bool is_token_valid(const OAuthTokens& tokens) const;

  /// The stored login, if any.
  Result<std::optional<StoredLogin>> stored(const std::string& provider) const;

 private:
  friend class TokenSource;  ///< Sends with the same transport, clock and events.
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mimir::oauth
