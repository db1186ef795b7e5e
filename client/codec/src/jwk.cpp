// What a key says about itself. Reading keys is in jwk_read.cpp, PEM and new keys in jwk_make.cpp.
#include <mimir/codec/jwk.hpp>

#include <algorithm>

#include <mimir/codec/base64url.hpp>
#include <mimir/codec/digest.hpp>

#include "internal/key.hpp"

namespace mimir::codec {
std::string_view to_string(JwsAlgorithm algorithm) { return internal::traits_of(algorithm).name; }

std::optional<JwsAlgorithm> parse_jws_algorithm(std::string_view name) {
  const internal::AlgorithmTraits* traits = internal::traits_by_name(name);
  return traits == nullptr ? std::nullopt : std::optional(traits->algorithm);
}

const std::string& Key::kid() const { return impl_->kid; }
const std::string& Key::kty() const { return impl_->kty; }
const std::string& Key::use() const { return impl_->use; }
std::optional<JwsAlgorithm> Key::algorithm() const { return impl_->algorithm; }
bool Key::is_private() const { return impl_->is_private; }

bool Key::fits(JwsAlgorithm algorithm) const {
  const internal::AlgorithmTraits& traits = internal::traits_of(algorithm);
  if (!impl_->is_for_signatures || impl_->kty != traits.kty) return false;
  if (!traits.curve.empty() && impl_->curve != traits.curve) return false;
  // RFC 7518 §3.2: a key of the digest's size or larger must be used.
  if (traits.kty == "oct") {
    const auto digest_bytes = static_cast<std::size_t>(EVP_MD_get_size(traits.digest()));
    if (impl_->octets.size() < digest_bytes) return false;
  }
  return !impl_->algorithm || *impl_->algorithm == algorithm;
}

Result<Json> Key::public_jwk() const {
  if (impl_->kty == "oct") return fail("jwk.symmetric", "a symmetric key has no public part", "RFC 7518 §6.4");
  const internal::ErrorQueueGuard guard;
  Json jwk = Json::object({{"kty", impl_->kty}});
  if (!impl_->use.empty()) jwk.set("use", impl_->use);
  if (impl_->algorithm) jwk.set("alg", to_string(*impl_->algorithm));
  if (!impl_->kid.empty()) jwk.set("kid", impl_->kid);
  for (auto& [name, value] : internal::required_members(*impl_)) jwk.set(name, std::move(value));
  return jwk;
}

Result<std::string> Key::thumbprint() const {
  const internal::ErrorQueueGuard guard;
  return base64url_encode(sha256(Json(internal::required_members(*impl_)).dump()));
}

Result<KeySet> KeySet::from_jwks(const Json& jwks) {
  const Json* member = jwks.find("keys");
  const Json::Array* items = member ? member->as_array() : nullptr;
  if (items == nullptr) return fail("jwks.keys", "a JWK set is an object with an array \"keys\"", "RFC 7517 §5.1");
  KeySet set;
  for (const Json& item : *items) {
    if (auto key = Key::from_jwk(item)) {
      set.keys.push_back(std::move(*key));
    } else {
      ++set.ignored;
    }
  }
  return set;
}

Json KeySet::public_jwks() const {
  Json::Array items;
  for (const Key& key : keys) {
    if (auto jwk = key.public_jwk()) items.push_back(std::move(*jwk));
  }
  return Json::object({{"keys", std::move(items)}});
}

const Key* KeySet::find(std::string_view kid) const {
  const auto found = std::find_if(keys.begin(), keys.end(), [kid](const Key& key) { return key.kid() == kid; });
  return found == keys.end() ? nullptr : &*found;
}

}  // namespace mimir::codec
