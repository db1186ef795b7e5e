#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include <internal/discovery.hpp>
#include <internal/dpop.hpp>
#include <internal/issuer_trust.hpp>
#include <internal/key_cache.hpp>
#include <internal/server_clocks.hpp>
#include <internal/token_flight.hpp>
#include <mimir/oauth/oauth_manager.hpp>

namespace mimir::oauth::internal {

/// What a manager remembers about one provider while it lives. Members are safe from any thread as noted.
struct ProviderState {
  TokenFlight refreshes;                    ///< Thread-safe.
  TokenFlight browser_logins;               ///< Thread-safe. A second window would ask the user the same thing twice.
  TokenFlight device_logins;                ///< Thread-safe.
  std::atomic<std::uint64_t> changes{0};    ///< Grows with every login, refresh and logout: cached tokens are stale.

  std::mutex mutex;                         ///< Guards what follows.
  std::shared_ptr<const OAuthConfig> config;
  std::optional<TimePoint> not_before;      ///< The server asked us to wait until then (RFC 9110 §10.2.3).
  /// Refreshed or logged in, but the store refused it; `generation` is that of the record it replaces. Spending the old refresh token
  /// once more would look like theft to a server that rotates, so this one is saved first.
  std::optional<StoredLogin> unsaved;
  bool told_of_skew = false;                ///< That this computer's clock is wrong was said once.
  /// Token of the client itself (RFC 6749 §4.4), for the configuration it was got with. Never stored: it can be had again
  /// without a user.
  std::optional<OAuthTokens> own_token;
  std::shared_ptr<const OAuthConfig> own_token_of;
  TokenFlight own_token_flight;             ///< Thread-safe.
};

/// Everything the flows share.
struct ManagerState {
  ManagerState(Seams outside, ManagerOptions wanted);

  ServerClocks clocks;         ///< Thread-safe.
  ClockedTransport clocked;    ///< Over the transport from outside.
  Seams seams;                 ///< With that one in its place.
  ManagerOptions options;
  Discovery discovery;
  KeyCache keys;
  DpopNonces dpop_nonces;
  StrangeIssuers strange_issuers;
  std::mutex mutex;  ///< Guards the map; the states in it never move.
  std::map<std::string, std::unique_ptr<ProviderState>> providers;

  ProviderState& provider(const std::string& name);
  /// Remembers the issuers that a resource has named, but for those that were added as providers before.
  void note_strangers(const std::vector<std::string>& issuers);
  /// The configuration that was added, or else the one kept with the stored login.
  Result<std::shared_ptr<const OAuthConfig>> config(const std::string& name);
  /// The stored login if it can serve the configuration that was added: same issuer and client, no more scopes wanted
  /// than were asked for then (RFC 6749 §6 lets no refresh widen them). LoginRequired says why there is none.
  Result<StoredLogin> usable_login(const std::string& name);
};

/// The key that a new login or token is to be bound to; none when the configuration does not ask for binding.
Result<std::optional<DpopKey>> make_dpop_key(const OAuthConfig& config, const Metadata& metadata);

/// Whether logins of the one configuration are logins of the other: same issuer and client, or both by registration.
[[nodiscard]] bool is_same_client(const OAuthConfig& wanted, const OAuthConfig& stored);

/// LoginRequired in the words for a person.
[[nodiscard]] Error login_required(std::string code, std::string message, const std::string& provider);

/// The flows; one file each.
/// @param demand  what this login must bring besides what is configured; what was granted so far is asked for as well.
Result<OAuthTokens> run_login(ManagerState& state, const LoginDemand& demand, const Context& context);
Result<PkceProof> run_pkce_proof(ManagerState& state, const Context& context);
Result<OAuthTokens> run_device_login(ManagerState& state, const Context& context);
Result<OAuthTokens> run_client_credentials(ManagerState& state, const Context& context);
Result<OAuthTokens> run_token_exchange(ManagerState& state, const TokenExchange& exchange, const Context& context);
Result<OAuthTokens> run_jwt_bearer(ManagerState& state, const Secret& assertion, const std::vector<std::string>& scopes,
                                   const Context& context);
/// How long a refresh waits for another process that refreshes the same login, and whether it outwaits an outage.
enum class Patience { None, Full };
struct RefreshWish {
  const Secret* not_this = nullptr;  ///< A stored login with another access token than this is good enough.
  Patience patience = Patience::Full;
};
Result<OAuthTokens> run_refresh(ManagerState& state, const Context& context, const RefreshWish& wish);
Result<RevokeReport> run_revocation(ManagerState& state, const Context& context);
/// Best effort, of tokens that are not kept; a warning says when they may still be live.
/// @param which  "the tokens of the other account"
void revoke_unkept(const OAuthConfig& config, const OAuthTokens& tokens, const std::string& which, ManagerState& state,
                   const Context& context);
/// Tokens that came and are refused because they are of another account than wanted must not live on unseen (CH-AC-02):
/// they are revoked if `why` is such a refusal.
void revoke_if_anothers(const Error& why, const OAuthConfig& config, const OAuthTokens& refused, ManagerState& state,
                        const Context& context);

}  // namespace mimir::oauth::internal
