#include <mockoauth/server/key_ring.hpp>

#include <algorithm>

#include "protocol/fixture_keys.hpp"

namespace mockoauth::server {

using mimir::codec::fail;
using mimir::codec::Json;
using mimir::codec::JwsAlgorithm;
using mimir::codec::Key;
using mimir::codec::KeySet;
using mimir::codec::Result;

namespace {

std::vector<JwsAlgorithm> with_usual_ones(const std::vector<JwsAlgorithm>& more) {
  std::vector<JwsAlgorithm> all{JwsAlgorithm::RS256, JwsAlgorithm::ES256, JwsAlgorithm::EdDSA};
  for (const auto algorithm : more) {
    if (std::find(all.begin(), all.end(), algorithm) == all.end()) all.push_back(algorithm);
  }
  return all;
}

bool is_symmetric(JwsAlgorithm algorithm) { return count_fixture_keys(algorithm) == 0; }

// OIDC Core §10.1: the octets of the client_secret are the key.
Result<Key> key_of_secret(JwsAlgorithm algorithm, std::string_view secret) {
  if (secret.empty()) {
    return fail("key.missing", "a client without a secret gets nothing signed by " + std::string(to_string(algorithm)),
                "OIDC Core §10.1");
  }
  return Key::from_secret(secret);
}

}  // namespace

Result<Key> KeyRing::Entry::read() const {
  if (key) return *key;
  if (auto test_key = fixture_key(algorithm, fixture)) return *test_key;
  return fail("key.missing", "the test key `" + kid + "` cannot be read");
}

Result<Json> KeyRing::Entry::public_jwk() const {
  if (key) return key->public_jwk();
  if (auto jwk = public_fixture_jwk(algorithm, fixture)) return std::move(*jwk);
  return fail("key.missing", "the test key `" + kid + "` cannot be read");
}

KeyRing::KeyRing(std::uint64_t seed, std::vector<JwsAlgorithm> algorithms, KeySource source)
    : seed_(seed), wanted_(with_usual_ones(algorithms)), source_(std::move(source)) {}

Result<KeyRing::Entry> KeyRing::next_key_locked(JwsAlgorithm algorithm) {
  const std::size_t count = count_fixture_keys(algorithm);
  std::size_t used = 0;
  for (const auto& entry : entries_) used += entry.algorithm == algorithm ? 1u : 0u;
  if (source_) {
    auto key = source_(algorithm, used);
    if (!key) return tl::unexpected(key.error());
    if (auto checked = check_new_locked(*key); !checked) return tl::unexpected(checked.error());
    return Entry{.kid = key->kid(), .algorithm = algorithm, .key = std::move(*key)};
  }
  if (used < count) {
    // Where the circle begins is the seed's choice.
    const auto index = static_cast<std::size_t>((seed_ + used) % count);
    return Entry{.kid = kid_of(algorithm, index), .algorithm = algorithm, .fixture = index};
  }
  std::string kid = kid_of(algorithm, used);
  for (std::size_t rank = used; find_locked(kid) != nullptr;) kid = kid_of(algorithm, ++rank);
  auto made = Key::generate(algorithm, kid);
  if (!made) return tl::unexpected(made.error());
  return Entry{.kid = std::move(kid), .algorithm = algorithm, .key = std::move(*made)};
}

void KeyRing::load_locked() {
  if (loaded_) return;
  loaded_ = true;
  for (const auto algorithm : wanted_) {
    if (is_symmetric(algorithm)) continue;
    if (auto entry = next_key_locked(algorithm)) {
      entry->signs = true;
      entries_.push_back(std::move(*entry));
    }
  }
}

KeyRing::Entry* KeyRing::signer_locked(JwsAlgorithm algorithm) {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return entry.signs && entry.algorithm == algorithm;
  });
  return found == entries_.end() ? nullptr : &*found;
}

KeyRing::Entry* KeyRing::find_locked(std::string_view kid) {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const auto& entry) {
    return entry.kid == kid;
  });
  return found == entries_.end() ? nullptr : &*found;
}

Result<Key> KeyRing::key_for(JwsAlgorithm algorithm) {
  const std::lock_guard lock(mutex_);
  load_locked();
  if (const Entry* entry = signer_locked(algorithm)) return entry->read();
  // Asked for without having been announced: from now on it is in the key set.
  auto entry = next_key_locked(algorithm);
  if (!entry) return tl::unexpected(entry.error());
  entry->signs = true;
  entries_.push_back(std::move(*entry));
  jwks_.clear();
  return entries_.back().read();
}

Result<Key> KeyRing::signer(std::string_view algorithm, std::string_view client_secret) {
  const auto wanted = mimir::codec::parse_jws_algorithm(algorithm);
  if (!wanted) return fail("key.algorithm", "no such algorithm: " + std::string(algorithm.substr(0, 40)));
  return is_symmetric(*wanted) ? key_of_secret(*wanted, client_secret) : key_for(*wanted);
}

Json KeyRing::header_for(std::string_view algorithm, std::string_view typ, const Key& signer) {
  Json header = Json::object({{"alg", algorithm}, {"typ", typ}});
  if (!signer.kid().empty()) header.set("kid", signer.kid());
  return header;
}

Result<std::string> KeyRing::sign(const Json& claims, std::string_view algorithm, std::string_view typ,
                                  std::string_view client_secret) {
  const auto key = signer(algorithm, client_secret);
  if (!key) return tl::unexpected(key.error());
  return mimir::codec::jws_sign(header_for(algorithm, typ, *key), claims.dump(), *key);
}

bool KeyRing::verifies(const mimir::codec::Jws& jws, TimePoint now) {
  const auto kid = jws.header.string_at("kid");
  std::vector<Entry> candidates;
  {
    const std::lock_guard lock(mutex_);
    load_locked();
    for (const auto& entry : entries_) {
      if (entry.is_published(now) && (!kid || entry.kid == *kid)) candidates.push_back(entry);
    }
  }
  return std::any_of(candidates.begin(), candidates.end(), [&](const Entry& entry) {
    const JwsAlgorithm allowed[] = {entry.algorithm};
    const auto key = entry.read();
    return key && mimir::codec::jws_verify(jws, *key, allowed).has_value();
  });
}

std::string KeyRing::jwks(TimePoint now) {
  const std::lock_guard lock(mutex_);
  load_locked();
  if (!jwks_.empty() && now >= jwks_since_ && (!jwks_until_ || now < *jwks_until_)) return jwks_;
  Json keys = Json::array();
  jwks_until_.reset();
  for (const auto& entry : entries_) {
    if (!entry.is_published(now)) continue;
    if (entry.published_until) {
      jwks_until_ = jwks_until_ ? std::min(*jwks_until_, *entry.published_until) : *entry.published_until;
    }
    auto jwk = entry.public_jwk();
    if (!jwk) continue;
    // RFC 7517 §4.2, §4.4: what it is for, so that no client has to guess.
    jwk->set("use", "sig");
    jwk->set("alg", to_string(entry.algorithm));
    keys.push_back(std::move(*jwk));
  }
  jwks_since_ = now;
  return jwks_ = Json::object({{"keys", std::move(keys)}}).dump();
}

std::vector<SigningKeyState> KeyRing::states(TimePoint now) {
  const std::lock_guard lock(mutex_);
  load_locked();
  std::vector<SigningKeyState> states;
  for (const auto& entry : entries_) {
    states.push_back({entry.kid, entry.algorithm, entry.signs, entry.is_published(now), entry.published_until});
  }
  return states;
}

Result<std::string> KeyRing::rotate(JwsAlgorithm algorithm, TimePoint now, std::chrono::seconds overlap) {
  if (is_symmetric(algorithm)) {
    return fail("key.algorithm", std::string(to_string(algorithm)) + " signs with the client secret, not with a key");
  }
  const std::lock_guard lock(mutex_);
  load_locked();
  auto entry = next_key_locked(algorithm);
  if (!entry) return tl::unexpected(entry.error());
  if (Entry* old = signer_locked(algorithm)) {
    old->signs = false;
    old->published_until = now + overlap;
  }
  entry->signs = true;
  entries_.push_back(std::move(*entry));
  jwks_.clear();
  return entries_.back().kid;
}

Result<> KeyRing::check_new_locked(const Key& key) {
  const auto algorithm = key.algorithm();
  if (!algorithm || is_symmetric(*algorithm) || !key.is_private()) {
    return fail("key.algorithm", "a signing key is a private key that states its algorithm", "RFC 7517 §4.4");
  }
  if (key.kid().empty() || find_locked(key.kid()) != nullptr) {
    return fail("key.kid", "a signing key needs a kid that no other key of the realm has", "RFC 7517 §4.5");
  }
  return {};
}

Result<> KeyRing::add(Key key) {
  const std::lock_guard lock(mutex_);
  load_locked();
  if (auto checked = check_new_locked(key); !checked) return checked;
  auto kid = key.kid();
  const auto algorithm = *key.algorithm();
  entries_.push_back({.kid = std::move(kid), .algorithm = algorithm, .key = std::move(key)});
  jwks_.clear();
  return {};
}

Result<> KeyRing::promote(std::string_view kid) {
  const std::lock_guard lock(mutex_);
  load_locked();
  Entry* entry = find_locked(kid);
  if (entry == nullptr) return fail("key.kid", "there is no key `" + std::string(kid.substr(0, 80)) + "`");
  if (Entry* old = signer_locked(entry->algorithm)) old->signs = false;
  entry->signs = true;
  entry->published_until.reset();
  jwks_.clear();
  return {};
}

Result<> KeyRing::retire(std::string_view kid, TimePoint now, std::chrono::seconds overlap) {
  const std::lock_guard lock(mutex_);
  load_locked();
  Entry* entry = find_locked(kid);
  if (entry == nullptr) return fail("key.kid", "there is no key `" + std::string(kid.substr(0, 80)) + "`");
  entry->published_until = now + overlap;
  jwks_.clear();
  return {};
}

}  // namespace mockoauth::server
