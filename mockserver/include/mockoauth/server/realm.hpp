#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mimir/codec/json.hpp>
#include <mockoauth/server/fetch.hpp>
#include <mockoauth/server/http.hpp>
#include <mockoauth/server/journal.hpp>
#include <mockoauth/server/key_ring.hpp>
#include <mockoauth/server/latches.hpp>
#include <mockoauth/server/profile.hpp>
#include <mockoauth/server/script.hpp>
#include <mockoauth/server/welcome.hpp>
#include <mockoauth/server/virtual_clock.hpp>

namespace mockoauth::server {

/// A registered client (RFC 7591 §2 names its members).
struct ClientRegistration {
  std::string client_id;
  std::string client_secret = {};  ///< Empty: a public client.
  std::vector<std::string> redirect_uris = {};
  std::vector<std::string> scopes = {};  ///< Allowed; empty means all the realm knows.

  /// How the client authenticates; empty: `none` without a secret, else by either form of the secret.
  std::string token_endpoint_auth_method = {};
  std::vector<std::string> grant_types = {};     ///< Allowed; empty means all that the profile offers.
  std::vector<std::string> response_types = {};  ///< Allowed; empty means all that the profile offers.
  std::vector<std::string> post_logout_redirect_uris = {};
  mimir::codec::Json jwks = {};                  ///< Public keys of the client (RFC 7517 §5); null: none.
  std::string jwks_uri = {};
  std::string tls_client_auth_subject_dn = {};   ///< RFC 8705 §2.1.2, in the form of RFC 4514.
  bool dpop_bound_access_tokens = false;         ///< RFC 9449 §5.2
  bool tls_client_certificate_bound_access_tokens = false;  ///< RFC 8705 §3.4
  bool require_pushed_authorization_requests = false;       ///< RFC 9126 §6
  bool require_signed_request_object = false;               ///< RFC 9101 §10.5
  std::optional<TimePoint> expires_at = {};  ///< Id and secret are good until then; nothing: for ever.
  /// Members of the registration that the server only keeps: client_name, logo_uri and the like.
  mimir::codec::Json metadata = {};
  /// Resource identifiers that it is the server of: it may look up the tokens that are for these (RFC 7662 §4).
  std::vector<std::string> server_of = {};
};

/// Somebody who can sign in.
struct User {
  std::string sub;
  std::string name = {};
  std::string email = {};
  mimir::codec::Json claims = {};   ///< More about them by the names of OIDC Core §5.1; an object, or null.
  std::string strongest_acr = {};   ///< The best they can sign in by; empty: all of the realm's contexts.
  bool entitled = true;             ///< Whether the provider lets them use its clients at all.
  /// For the login page, and for the password grant where a profile has it. Empty: that grant never works, and the login
  /// page takes any password but `wrong`.
  std::string password = {};
};

/// Who else may vouch for a user: assertions as grants (RFC 7523 §2.1), subject tokens (RFC 8693), software statements
/// (RFC 7591 §2.3) signed by these keys.
struct TrustedIssuer {
  std::string issuer;             ///< Exactly as in the claim `iss`.
  mimir::codec::Json jwks;        ///< Its public keys (RFC 7517 §5).
};

/// Claims for the tokens of whoever sends a certain parameter, at the token endpoint or in the authorization request
/// that it began with. Of several rules the first that fits counts.
struct TokenRule {
  std::string parameter = {};  ///< Empty: every request.
  /// Of the whole value: the text itself, a regular expression (ECMAScript) that fits all of it, or `*` for any.
  std::string match = "*";
  /// `${name}` in a text stands for a parameter, `${clientId}` for the client. `sub` is whom the tokens are for; the
  /// rest is known of that user, too.
  mimir::codec::Json claims = {};
  std::string typ = {};  ///< Of the header of a JWT access token; empty: `at+jwt`.
};

enum class DeviceLoginState { Pending, Approved, Denied, Redeemed };

/// A sign-in of a device as a script sees it (RFC 8628).
struct DeviceLoginView {
  std::string user_code;
  std::string client_id;
  std::vector<std::string> scopes;
  DeviceLoginState state;
};

/// One way to sign in, as clients name it (OIDC Core §2 `acr`, RFC 8176 `amr`).
struct AuthenticationContext {
  std::string acr = {};
  std::vector<std::string> amr = {};
};

/// Something that is protected, and what a token has to have to be let in.
struct ProtectedResource {
  std::string path;                            ///< `/resource` or below.
  std::vector<std::string> scopes = {};        ///< All of them (RFC 6750 §3.1).
  std::vector<std::string> acr_values = {};    ///< One of them: how the user must have signed in (RFC 9470 §3).
  std::optional<std::chrono::seconds> max_age = {};  ///< How long ago the user may have signed in (RFC 9470 §3).
  /// Whether its own URL is its resource identifier, so that it needs a token of its own (RFC 8707 §2); else that of
  /// `/resource`.
  bool is_separate = false;
};

/// A type of authorization_details that can be asked for (RFC 9396 §2).
struct AuthorizationDetailsType {
  std::string type;
  std::vector<std::string> required = {};  ///< Members beside `type` that must be there.
  std::vector<std::string> optional = {};  ///< Members that may be; those of §2.2 always may.
  std::vector<std::string> actions = {};   ///< Values of `actions`; empty: any.
};

/// What the person at the login page does, as far as a script decides it. Abandon: nothing, the page stays open.
enum class UserDecision { Approve, Deny, Abandon };

/// Who sits at the login page where no login_hint names somebody else, and what they do.
struct PersonView {
  std::string sub;
  UserDecision decision = UserDecision::Approve;
  std::optional<std::vector<std::string>> allowed_scopes = {};  ///< Nothing: all that is asked for.
};

/// What a realm is made of. A value; what is left out is a provider that any client of the samples can use.
struct RealmOptions {
  std::string name = "default";
  Profile profile = Profile::plain();
  /// Where clients reach this realm: `http://127.0.0.1:4321` for the default realm, with `/r/NAME` behind it for others.
  std::string base_url;
  /// The same at the server's other origins, for the endpoints that the provider has on other hosts than its issuer. What
  /// has no origin of its own here is served at `base_url`.
  std::vector<std::string> other_base_urls = {};
  std::uint64_t seed = 0;             ///< 0: unpredictable codes and tokens; else the same bytes for the same seed.
  std::vector<ClientRegistration> clients = {};
  std::vector<User> users = {};       ///< Empty: one user, ada.
  std::vector<std::string> scopes = {"openid", "profile", "email", "offline_access", "api.read", "api.write"};
  std::vector<std::string> resources = {};  ///< Further protected resources that tokens may be for (RFC 8707).
  std::vector<ProtectedResource> protected_resources = {
      {.path = "/resource"},
      {.path = "/resource/write", .scopes = {"api.write"}},
      {.path = "/resource/payments", .acr_values = {"mfa", "phr"}, .max_age = std::chrono::seconds(300)},
      {.path = "/resource/calendar", .is_separate = true},
  };
  /// Weakest first; that is what people use unless a stronger one is asked for.
  std::vector<AuthenticationContext> authentication_contexts = {
      {.acr = "pwd", .amr = {"pwd"}}, {.acr = "mfa", .amr = {"pwd", "otp", "mfa"}}, {.acr = "phr", .amr = {"hwk", "mfa"}}};
  std::vector<AuthorizationDetailsType> authorization_details_types = {
      {.type = "payment_initiation",
       .required = {"instructedAmount", "creditorName"},
       .optional = {"creditorAccount", "remittanceInformationUnstructured"},
       .actions = {"initiate", "status", "cancel"}}};
  std::vector<TrustedIssuer> trusted_issuers = {};
  /// Keys that the API takes instead of an access token. Empty: one, the knob `api.credential_prefix` with
  /// `mockoauth-key` behind it, where that knob is set.
  std::vector<std::string> api_keys = {};
  std::size_t journal_capacity = 10'000;  ///< Exchanges; see JournalLimits.
  std::size_t journal_bytes = JournalLimits().bytes;
  std::size_t max_clients = 10'000;   ///< That register themselves (RFC 7591 §5); further ones are refused.
  std::shared_ptr<Fetcher> fetcher = {};  ///< Gets metadata documents and keys of clients; null: none are fetched.
  /// Where it is served at the server's origins, as `/issuer1`: one segment that nothing else has. Empty: at `/r/NAME`,
  /// and the default realm at `/`.
  std::string path = {};
  std::vector<TokenRule> token_rules = {};
  /// Whoever names a client_id is taken for a client that is registered for everything and proves nothing. For suites
  /// that were written against a server that asks for nothing.
  bool takes_any_client = false;
  /// Whoever gives a name at the login page is the user of that name, known or not, without password and consent; more
  /// claims about them stand beside it as JSON. For the same suites.
  bool takes_any_user = false;
  /// A code that nobody issued is taken, as often as it comes, for one of a login by whoever sits at the login page. For
  /// the same suites.
  bool takes_any_code = false;
  std::optional<TimePoint> stands_at = {};  ///< Where the clock stands still from the start; nothing: it goes.
  std::size_t max_grants = 100'000;   ///< Logins and refresh tokens that are remembered; then the oldest is forgotten.
  /// Whether people sign in and decide on pages, in a browser, instead of by decide(); nothing: as the knob `login.mode` says.
  std::optional<bool> login_by_form = {};
  KeySource key_source = {};          ///< Of signing keys; empty: published test keys (KeyRing).
};

/// Tokens to be issued without a login.
struct GrantOrder {
  std::string client_id;
  std::string sub = {};                  ///< Empty: the client acts for itself (RFC 6749 §4.4).
  std::vector<std::string> scopes = {};
};

/// A login, as a test sees it.
struct GrantView {
  std::string flow;
  std::string client_id;
  std::string sub;  ///< Empty: the client acts for itself.
  std::vector<std::string> scopes;
  bool is_alive = true;
};

/// What a script left behind: each entry is a sign that a test did not test what it was meant to.
struct ScriptReport {
  std::vector<FaultRuleState> unused;      ///< Rules that never struck.
  std::vector<FaultRuleState> unfinished;  ///< Rules that struck, with actions left that no request used up.
  std::vector<FaultRuleState> unexpected;  ///< Rules with `fail` that more requests fitted.
  std::vector<LatchState> forgotten;       ///< Latches whose calls had to be let go by themselves, or still wait.

  std::size_t unused_model_answers = 0;    ///< Scripted answers of model APIs that no request got.

  [[nodiscard]] bool is_clean() const {
    return unused.empty() && unfinished.empty() && unexpected.empty() && forgotten.empty() && unused_model_answers == 0;
  }
};

/// A whole provider: profile, clients, users, keys, tokens, clock, journal and script. Thread-safe. Nothing is shared
/// between realms but the process.
class Realm {
 public:
  /// @param clock real time; must outlive the realm. Server::create_realm makes realms that are reached by a path.
  Realm(RealmOptions options, const Clock& clock);
  ~Realm();
  Realm(const Realm&) = delete;
  Realm& operator=(const Realm&) = delete;

  /// Answers one request; the target is relative to the realm (`/token`, not `/r/x/token`). Never throws.
  /// The journal keeps the request: whoever needs it no longer moves it here.
  HttpResponse handle(HttpRequest request);

  [[nodiscard]] const std::string& name() const;
  [[nodiscard]] std::string issuer() const;       ///< As the metadata prints it.
  /// What a client is configured with, where that is not what the metadata then prints (knob `discovery.place`).
  [[nodiscard]] std::string configured_issuer() const;
  /// Where each endpoint is, by its name in metadata (RFC 8414 §2), whether the profile publishes metadata or not. Thread-safe.
  [[nodiscard]] std::map<std::string, std::string> endpoint_urls() const;
  [[nodiscard]] std::string resource_url() const;  ///< Absolute URL of the protected resource.
  [[nodiscard]] const Profile& profile() const;
  [[nodiscard]] Journal& journal();
  [[nodiscard]] VirtualClock& clock();
  [[nodiscard]] KeyRing& keys();

  /// Every algorithm that signs gets a new key; the old ones stay published for a while, on the realm's clock (OIDC
  /// Core §10.1.1). @returns the new kids.
  mimir::codec::Result<std::vector<std::string>> rotate_keys(std::chrono::seconds overlap = KeyRing::kOverlap);
  /// Forgets what requests have left behind: grants, journal, faults, clients that registered themselves; a seed begins
  /// anew. Other clients, users, keys and the clock stay as they are.
  void reset();

  void add_client(ClientRegistration client);  ///< Replaces one of the same client_id.
  bool remove_client(const std::string& client_id);  ///< Its grants stay. @returns whether there was one.
  [[nodiscard]] std::vector<ClientRegistration> clients() const;  ///< Those that registered themselves, too; by id.
  [[nodiscard]] std::optional<ClientRegistration> find_client(const std::string& client_id) const;

  void put_user(User user);  ///< Replaces one of the same `sub`; what was issued for them before stays as it is.
  /// Fails with `user.unknown` or, since somebody has to sit at the login page, `user.last`.
  mimir::codec::Result<> remove_user(const std::string& sub);
  [[nodiscard]] std::vector<User> users() const;  ///< In the order of addition.

  void decide(UserDecision decision);  ///< From now on.
  /// From now on this one sits at the login page, whatever login_hint says; without it a known hint chooses.
  void choose_user(const std::string& sub);
  /// The person ticks only these of the scopes asked for, where the knob `scope.partial` lets them; nothing: all.
  void allow_scopes(std::optional<std::vector<std::string>> scopes);
  void entitle_user(const std::string& sub, bool entitled);  ///< Of a known user; see User::entitled.
  [[nodiscard]] PersonView person() const;

  /// What the model APIs (knob `models.apis`) say to the next request that fits, once: `{text, tool_calls, stop, when}`.
  /// Without one they say what the knob `models.answers` has, or repeat what they were told. Fails with `model_answer`.
  mimir::codec::Result<> add_model_answer(const mimir::codec::Json& answer);
  [[nodiscard]] std::size_t model_answers_left() const;  ///< Scripted ones that no request got yet.

  /// Decides as the chosen user at the verification page (RFC 8628 §3.3). @returns whether an undecided, live sign-in
  /// has this user code; case and hyphen do not matter.
  bool decide_device(std::string_view user_code, UserDecision decision);
  [[nodiscard]] std::vector<DeviceLoginView> device_logins() const;  ///< Oldest first.

  /// Fails with `fault.unknown`, naming the nearest one, or `fault.arguments`; then nothing changed.
  /// @returns the rule's id.
  RuleResult<std::uint64_t> add_fault(FaultRule rule);
  /// @returns what the rule had done; nothing when there is none of that id.
  std::optional<FaultRuleState> remove_fault(std::uint64_t id);
  [[nodiscard]] std::vector<FaultRuleState> faults() const;  ///< In the order of addition.
  void clear_faults();
  [[nodiscard]] Latches& latches();  ///< Of the fault `hold`.
  /// Whether a fault may make the caller of handle() wait. A server with few threads answers such requests on others.
  [[nodiscard]] bool may_block() const;
  /// How the realm's rules of the phases `accept` and `handshake` want a connection to be met. Counts as a match.
  [[nodiscard]] Welcome welcome(const Arrival& arrival);
  [[nodiscard]] ScriptReport report() const;  ///< What is left of its script so far.
  /// Lets every held call go, and whoever waits for an exchange; holds none any more. For whoever drops the realm;
  /// handle() still answers. @returns what was left of the script.
  ScriptReport end();
  [[nodiscard]] bool has_ended() const;  ///< Whether end() was called.

  /// Revokes as an administrator or the user at the provider's site would, without the client knowing.
  std::size_t revoke_all(std::string_view user_sub = {});  ///< Every grant (of that user). @returns how many.
  /// Something happens to the account of this user (to all of them, when nobody is named). If the profile lists it in
  /// `refresh.dies_on`, logins end by it: wholly, or for what only stops refreshing (testing_mode, reauth_policy,
  /// inactivity) without their access tokens. session_end also signs the user out of the browser.
  /// @returns how many logins ended.
  std::size_t happen(AccountEvent event, std::string_view user_sub = {});
  std::size_t expire_access_tokens();                       ///< All that live now. @returns how many.
  /// Ends one token, access or refresh, at once; the rest of its grant lives on. @returns whether it was alive.
  bool revoke_token(const std::string& text);
  bool expire_token(const std::string& text);  ///< As if its time were over. @returns whether it was alive.

  /// Signs any claims, so that a test can hold what no honest grant would give. It belongs to no grant; the journal
  /// names it. Errors as KeyRing::sign.
  mimir::codec::Result<std::string> sign_token(const mimir::codec::Json& claims, const std::string& algorithm,
                                               const std::string& typ, const std::string& client_secret = {});
  /// Issues tokens as if this user had logged in at this client, without any request. @returns the token response.
  /// Fails with `client.unknown`, `user.unknown` or `token.refused`; then nothing was issued.
  mimir::codec::Result<mimir::codec::Json> issue_tokens(const GrantOrder& order);
  /// What is known of a login: `g1` in the journal.
  [[nodiscard]] std::optional<GrantView> find_grant(const std::string& flow) const;
  /// The login that a code or token belongs to; empty: none.
  [[nodiscard]] std::string flow_of(const std::string& token) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mockoauth::server
