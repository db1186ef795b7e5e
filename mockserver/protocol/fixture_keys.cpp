#include "protocol/fixture_keys.hpp"

#include <map>
#include <mutex>
#include <string>
#include <utility>

#include <mockoauth/embedded/mockoauth-fixtures.hpp>

namespace mockoauth::server {

using mimir::codec::Json;
using mimir::codec::JwsAlgorithm;
using mimir::codec::Key;

namespace {

struct Family {
  std::string_view file;  ///< Without number and ending.
  std::size_t count = 0;
};

Family family_of(JwsAlgorithm algorithm) {
  switch (algorithm) {
    case JwsAlgorithm::HS256:
    case JwsAlgorithm::HS384:
    case JwsAlgorithm::HS512: return {};
    case JwsAlgorithm::RS256:
    case JwsAlgorithm::RS384:
    case JwsAlgorithm::RS512:
    case JwsAlgorithm::PS256:
    case JwsAlgorithm::PS384:
    case JwsAlgorithm::PS512: return {"rs256", 3};
    case JwsAlgorithm::ES256: return {"es256", 3};
    case JwsAlgorithm::ES384: return {"es384", 1};
    case JwsAlgorithm::ES512: return {"es512", 1};
    case JwsAlgorithm::EdDSA: return {"ed25519", 3};
  }
  return {};
}

std::string with_rank(std::string name, std::size_t index) {
  return index == 0 ? name : name + "-" + std::to_string(index + 1);
}

std::string_view file_of(JwsAlgorithm algorithm, std::size_t index, std::string_view ending) {
  const std::string path = "keys/" + with_rank(std::string(family_of(algorithm).file), index) + std::string(ending);
  for (const auto& file : fixtures::embedded_fixtures()) {
    if (file.path == path) return file.content;
  }
  return {};
}

std::optional<Key> read(JwsAlgorithm algorithm, std::size_t index) {
  auto key = Key::from_pem(file_of(algorithm, index, ".pem"), kid_of(algorithm, index), algorithm);
  return key ? std::optional(std::move(*key)) : std::nullopt;
}

}  // namespace

std::size_t count_fixture_keys(JwsAlgorithm algorithm) { return family_of(algorithm).count; }

std::string kid_of(JwsAlgorithm algorithm, std::size_t index) {
  if (algorithm == JwsAlgorithm::EdDSA) return with_rank("ed25519", index);
  std::string name(mimir::codec::to_string(algorithm));
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return with_rank(std::move(name), index);
}

std::optional<Key> fixture_key(JwsAlgorithm algorithm, std::size_t index) {
  if (index >= count_fixture_keys(algorithm)) return std::nullopt;
  static std::mutex mutex;
  static std::map<std::pair<JwsAlgorithm, std::size_t>, std::optional<Key>> known;
  const std::lock_guard lock(mutex);
  auto& key = known[{algorithm, index}];
  if (!key) key = read(algorithm, index);
  return key;
}

std::optional<Json> public_fixture_jwk(JwsAlgorithm algorithm, std::size_t index) {
  if (index >= count_fixture_keys(algorithm)) return std::nullopt;
  const auto members = Json::parse(file_of(algorithm, index, ".public.json"));
  if (!members || !members->is_object()) return std::nullopt;
  Json jwk = Json::object({{"kty", members->string_at("kty").value_or("")},
                           {"alg", to_string(algorithm)},
                           {"kid", kid_of(algorithm, index)}});
  for (const auto& [name, value] : *members->as_object()) jwk.set(name, value);
  return jwk;
}

}  // namespace mockoauth::server
