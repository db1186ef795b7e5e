#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mimir/codec/clock.hpp>
#include <mimir/codec/json.hpp>
#include <mimir/codec/jwk.hpp>
#include <mimir/codec/jws.hpp>
#include <mimir/codec/result.hpp>

namespace mockoauth::server {

/// One key of a ring, as it stands at a moment.
struct SigningKeyState {
  std::string kid;
  mimir::codec::JwsAlgorithm algorithm;
  bool signs = false;      ///< New tokens of its algorithm are signed with it.
  bool published = false;  ///< In the key set.
  std::optional<mimir::codec::TimePoint> published_until = {};  ///< Set once it is retired.
};

/// Makes the key of an algorithm of key pairs: private, its `alg` and a kid of its own set. `rank` counts those that the
/// ring has of it. Called when the key is first needed, by whoever needs it, who waits for it.
using KeySource = std::function<mimir::codec::Result<mimir::codec::Key>(mimir::codec::JwsAlgorithm, std::size_t rank)>;

/// The signing keys of a realm: several at once, one of each algorithm that signs. Unless there is a source of others,
/// the first ones are published test keys, compiled in; each is read when it is first needed, once per process. Times
/// are the realm's. Thread-safe.
///
/// Errors: `key.algorithm` (no such algorithm, or a symmetric one where a key pair is needed), `key.kid` (no such key,
/// or one of that kid is there already), `key.missing` (nothing signs this algorithm).
class KeyRing {
 public:
  using TimePoint = mimir::codec::TimePoint;

  /// How long a verification key stays published after another has taken over, unless told otherwise: longer than a
  /// client may cache the set and than a token lives (OIDC Core §10.1.1).
  static constexpr std::chrono::seconds kOverlap{86'400};

  /// @param seed which of the test keys come first; 0: those without a number.
  /// @param algorithms beside RS256, ES256 and EdDSA, that shall be published from the start.
  /// @param source of keys instead of the published ones; empty: those.
  explicit KeyRing(std::uint64_t seed = 0, std::vector<mimir::codec::JwsAlgorithm> algorithms = {},
                   KeySource source = {});

  /// The key that sign() uses. @param client_secret for HS256, HS384, HS512 (OIDC Core §10.1), which no key of the ring
  /// signs.
  [[nodiscard]] mimir::codec::Result<mimir::codec::Key> signer(std::string_view algorithm,
                                                               std::string_view client_secret = {});
  /// The header that sign() writes.
  [[nodiscard]] static mimir::codec::Json header_for(std::string_view algorithm, std::string_view typ,
                                                     const mimir::codec::Key& signer);
  /// Signs a JWT. @param typ of the header: `JWT`, `at+jwt`.
  [[nodiscard]] mimir::codec::Result<std::string> sign(const mimir::codec::Json& claims, std::string_view algorithm,
                                                       std::string_view typ, std::string_view client_secret = {});
  /// Whether a key that is still published verifies it, by the algorithm that the key is for.
  [[nodiscard]] bool verifies(const mimir::codec::Jws& jws, TimePoint now);

  /// The published key set (RFC 7517 §5) as text.
  [[nodiscard]] std::string jwks(TimePoint now);
  [[nodiscard]] std::vector<SigningKeyState> states(TimePoint now);

  /// A new key takes over signing; the old one stays published for `overlap`. @returns its kid.
  mimir::codec::Result<std::string> rotate(mimir::codec::JwsAlgorithm algorithm, TimePoint now,
                                           std::chrono::seconds overlap = kOverlap);
  /// Publishes a key that does not sign yet. Its kid must be new (RFC 7517 §4.5), its `alg` set, and it must be private.
  mimir::codec::Result<> add(mimir::codec::Key key);
  /// This key signs from now on; the one before it stays published. It is published if it was not.
  mimir::codec::Result<> promote(std::string_view kid);
  /// Out of the key set after `overlap`; it goes on signing if it did, which is what a client must find out.
  mimir::codec::Result<> retire(std::string_view kid, TimePoint now, std::chrono::seconds overlap = {});

 private:
  struct Entry {
    std::string kid;
    mimir::codec::JwsAlgorithm algorithm;
    std::optional<mimir::codec::Key> key = {};  ///< Nothing: the test key `fixture`, which is read when it is needed.
    std::size_t fixture = 0;
    bool signs = false;
    std::optional<TimePoint> published_until = {};

    [[nodiscard]] bool is_published(TimePoint now) const { return !published_until || now < *published_until; }
    [[nodiscard]] mimir::codec::Result<mimir::codec::Key> read() const;
    [[nodiscard]] mimir::codec::Result<mimir::codec::Json> public_jwk() const;
  };

  void load_locked();
  [[nodiscard]] mimir::codec::Result<Entry> next_key_locked(mimir::codec::JwsAlgorithm algorithm);
  [[nodiscard]] mimir::codec::Result<> check_new_locked(const mimir::codec::Key& key);
  [[nodiscard]] Entry* signer_locked(mimir::codec::JwsAlgorithm algorithm);
  [[nodiscard]] Entry* find_locked(std::string_view kid);
  [[nodiscard]] mimir::codec::Result<mimir::codec::Key> key_for(mimir::codec::JwsAlgorithm algorithm);

  const std::uint64_t seed_;
  const std::vector<mimir::codec::JwsAlgorithm> wanted_;
  const KeySource source_;
  std::mutex mutex_;
  bool loaded_ = false;
  std::vector<Entry> entries_;
  std::string jwks_;                       ///< Of the last time that it was asked for; empty: to be made.
  TimePoint jwks_since_ = {};
  std::optional<TimePoint> jwks_until_ = {};
};

}  // namespace mockoauth::server
