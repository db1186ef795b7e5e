#pragma once

#include <openssl/bn.h>

namespace mimir::codec::internal {

/// The two primes and what is derived from them (RFC 7518 §6.3.2.2 to §6.3.2.6).
struct RsaPrimes {
  const BIGNUM* p;
  const BIGNUM* q;
  const BIGNUM* dp;
  const BIGNUM* dq;
  const BIGNUM* qi;
};

/// Whether every member says the same key (RFC 8017 §3.2). Arithmetic only, microseconds: that p and q are prime is
/// taken on trust, since who holds the private key has nothing to gain from a lie about it.
[[nodiscard]] bool rsa_primes_fit(const BIGNUM* n, const BIGNUM* e, const BIGNUM* d, const RsaPrimes& primes);

/// Whether d undoes e, tried on one number: one private operation, milliseconds.
[[nodiscard]] bool rsa_exponent_fits(const BIGNUM* n, const BIGNUM* e, const BIGNUM* d);

}  // namespace mimir::codec::internal
