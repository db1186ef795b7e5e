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
#include <mimir/oauth/login_demand.hpp>
#include <mimir/oauth/token_storage.hpp>
#include <mimir/oauth/tokens.hpp>
#include <mimir/oauth/user_info.hpp>

namespace mimir::oauth {

/// What the user needs for a login on another device (RFC 8628 §3.3). Show `user_code` even beside the complete URI, so
/// that the user can compare (§3.3.1, §5.4). Fit for a terminal; holds no secret.
struct DevicePrompt {
  std::string user_code;
  std::string verification_uri;                               ///< An https page.
  std::optional<std::string> verification_uri_complete = {};  ///< With the code in it, for a QR code or a click.
  std::chrono::seconds lifetime{};                            ///< From now on.
};

/// What is waited for while the user is away. Fit for a terminal; holds no secret.
struct Wait {
  std::string host = {};           ///< Where the user logs in.
  std::chrono::seconds left{};     ///< Until the login is given up.
  std::string redirect_uri = {};   ///< Where the browser's answer is waited for; empty for a login on another device.
  CallbackProgress progress = {};  ///< What came there so far.
};

/// What happens during a call, for a user interface; the library itself never writes to stdout or stderr.
struct Event {
  enum class Kind {
    AuthorizationUrl,  ///< `text` is the URL to show, always before the browser is tried.
    DeviceCode,        ///< `device` has what to show; `text` is the user code.
    BrowserFailed,     ///< `text` says why; the login goes on.
    OtherLogin,        ///< `text` says that another one of the same name is under way, and is waited for.
    Waiting,           ///< For the user to come back; `wait` says where from and for how long.
    StillWaiting,      ///< The same, every 30 seconds, for a browser on this machine.
    CameBack,          ///< `text` says by which way: `browser`, `paste` or `device`.
    Refreshing,
    Refreshed,
    LoginNeeded,       ///< `text` says why, for example that the refresh token has expired.
    Registered,        ///< This program, at the provider (RFC 7591); `text` is its client id.
    Stored,            ///< `text` describes the store.
    Warning,
  };
  Kind kind;
  std::string provider;
  std::string text;  ///< Never a secret.
  std::optional<DevicePrompt> device = {};
  std::optional<Wait> wait = {};
};
/// May be called from a thread of the library, and from two at once.
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
  /// Where the provider has the device grant, a browser login offers a code for another device as well, and whichever
  /// comes first counts: for places whose browser may not reach the listener, over SSH or in a container.
  bool device_beside_browser = false;
  /// A resource that answers 429 or 503 with a Retry-After of at most this is asked again then; 0: never.
  std::chrono::seconds resource_patience{60};
  /// How often one request is sent at most when it did not get through, or when the server is overloaded and sending it
  /// again does no harm (RFC 9110 §9.2.2); the pauses between grow from half a second.
  int send_attempts = 3;
  /// A refresh that was sent goes on for this long when its caller stops it: the provider may have replaced the refresh
  /// token, and the answer holds the only copy of the new one.
  std::chrono::milliseconds finish_refresh{5'000};
  /// What happens when another login of the same name is under way, here or in another program with the same storage: a
  /// second browser window would ask the user the same thing twice.
  enum class OtherLogin {
    Wait,    ///< For it to end; what it brings is the result here, too, if it fits.
    Refuse,  ///< `login.under_way` (TryLater).
    GoOn     ///< Beside it; the one that ends last is kept.
  };
  OtherLogin other_login = OtherLogin::Wait;
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

/// How an authorization server treats codes that come without what proves whose they are (RFC 7636 §4.6).
struct PkceProof {
  bool refuses_missing = false;  ///< A code without `code_verifier`, though its request had a challenge.
  bool refuses_wrong = false;    ///< A code with another verifier than that of its request.
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

  /// Browser login with PKCE on loopback (RFC 8252, RFC 7636), stores the tokens, then returns a copy. Where the
  /// configuration asks for it this program is registered first (RFC 7591): `registration.not_offered`,
  /// `registration.denied`, the provider's own code such as `invalid_client_metadata` (all Misconfigured), or
  /// `registration.redirect_uris`, `.auth_method`, `.grant_types` (ProviderBroken) when it gave what cannot be used.
  /// Whoever asks while such a login at this provider is under way waits for that one and gets what it got; between
  /// programs ManagerOptions::other_login decides.
  /// `login.too_long` (Cancelled) when the machine slept meanwhile.
  Result<OAuthTokens> initiate_flow(const std::string& provider, const CallOptions& options = {});

  /// Browser login that brings what a resource wants besides (RFC 9470 §4; see login_demand()): asks for these scopes and
  /// for those granted so far. With an ID Token it is checked for what was asked: `id_token.auth_time`, `id_token.acr`.
  /// The login that is stored stays as it was until the new one is there.
  Result<OAuthTokens> step_up(const std::string& provider, const LoginDemand& demand, const CallOptions& options = {});

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

  /// Finds out whether PKCE protects logins at this provider (RFC 9700 §2.1.1), which no login that works can tell: sends the
  /// user off twice and redeems one code without verifier and one with a wrong one. Nothing is stored; tokens that come are
  /// revoked. Errors as of initiate_flow(): then nothing is known.
  Result<PkceProof> prove_pkce(const std::string& provider, const CallOptions& options = {});

  /// Asks an API's address, without a token, who grants access to it (RFC 9728). `resource.mismatch`,
  /// `resource.server_internal` and `resource.metadata_url` (AttackSuspected) when its answer must not be followed;
  /// `resource.no_servers`, `resource.metadata_absent` when there is none. Logs in nowhere, and a login at
  /// an issuer of its answer is refused (`issuer.unconfirmed`, Misconfigured) until confirm_issuer(), unless it was added as a
  /// provider before, is known beforehand, or a login of it is stored.
  Result<ProtectedResource> discover_resource(const std::string& url, const CallOptions& options = {});

  /// Says that a person was shown this issuer, which a resource had named, and wants to log in there (RFC 9728 §7.7). Holds
  /// as long as this manager; from the first login on the login that is stored says it.
  void confirm_issuer(const std::string& issuer);

  /// What the provider says of the user who is logged in (OIDC Core §5.3). Needs a login with the scope `openid`; renews
  /// the access token if need be. An answer about another user than that of the ID Token is dropped: `user_info.sub`
  /// (AttackSuspected). Whatever goes wrong with the answer, the login stands.
  Result<UserInfo> user_info(const std::string& provider, const CallOptions& options = {});

  /// Refreshes the stored login (RFC 6749 §6) and stores what came before returning it. With `not_this` set, a login
  /// whose access token is another one already is returned as it is: somebody else refreshed first. `invalid_grant`
  /// clears the login and returns LoginRequired.
  Result<OAuthTokens> refresh_token(const std::string& provider, const CallOptions& options = {},
                                    const Secret* not_this = nullptr);

  /// Revokes what the provider lets us revoke (RFC 7009), then deletes the local copy in any case.
  Result<RevokeReport> revoke_access(const std::string& provider, const CallOptions& options = {});

  /// Ends the registration of this program at the provider, where that offers it (RFC 7592 §2.3), and forgets it here in
  /// any case: logins made with it cannot be refreshed any more. @returns whether the provider has ended it; false too
  /// when there was none.
  Result<bool> end_registration(const std::string& provider, const CallOptions& options = {});

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
