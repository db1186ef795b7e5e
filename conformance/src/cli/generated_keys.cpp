#include "generated_keys.hpp"

#include <string>

#include <mimir/codec/random.hpp>

namespace mockoauth::cli {

using mimir::codec::JwsAlgorithm;
using mimir::codec::Key;

namespace {

// The kid differs from start to start: a client that kept the key of an earlier one must not take it for this one.
mimir::codec::Result<Key> make(JwsAlgorithm algorithm) {
  mimir::codec::SystemRandom random;
  const auto suffix = mimir::codec::random_base64url(random, 6);
  if (!suffix) return tl::unexpected(suffix.error());
  return Key::generate(algorithm, std::string(to_string(algorithm)) + "-" + *suffix);
}

}  // namespace

GeneratedKeys::GeneratedKeys(const std::vector<JwsAlgorithm>& algorithms) {
  // Without a launch policy: where no thread is left, the key is made when it is asked for.
  for (const auto algorithm : algorithms) begun_.try_emplace(algorithm, std::async(make, algorithm));
}

server::KeySource GeneratedKeys::source() {
  return [this](JwsAlgorithm algorithm, std::size_t) {
    std::future<Made> begun;
    {
      const std::lock_guard lock(mutex_);
      if (auto entry = begun_.extract(algorithm)) begun = std::move(entry.mapped());
    }
    return begun.valid() ? begun.get() : make(algorithm);
  };
}

}  // namespace mockoauth::cli
