#include "rsa_check.hpp"

#include <memory>

#include "openssl.hpp"

namespace mimir::codec::internal {
namespace {

using NumberContextPtr = std::unique_ptr<BN_CTX, Freer<BN_CTX_free>>;

/// a * b mod m == 1.
bool are_inverse(const BIGNUM* a, const BIGNUM* b, const BIGNUM* m, BN_CTX* context) {
  const BigNumPtr product(BN_new());
  return product && BN_mod_mul(product.get(), a, b, m, context) == 1 && BN_is_one(product.get()) == 1;
}

/// For one prime: the exponent kept for it undoes e, and is d reduced (RFC 8017 §3.2).
bool prime_fits(const BIGNUM* e, const BIGNUM* d, const BIGNUM* prime, const BIGNUM* exponent, BN_CTX* context) {
  const BigNumPtr order(BN_dup(prime));
  const BigNumPtr reduced(BN_new());
  return order && reduced && BN_sub_word(order.get(), 1) == 1 && BN_cmp(order.get(), BN_value_one()) > 0 &&
         BN_mod(reduced.get(), d, order.get(), context) == 1 && BN_cmp(reduced.get(), exponent) == 0 &&
         are_inverse(e, exponent, order.get(), context);
}

}  // namespace

bool rsa_primes_fit(const BIGNUM* n, const BIGNUM* e, const BIGNUM* d, const RsaPrimes& primes) {
  const NumberContextPtr context(BN_CTX_new());
  const BigNumPtr product(BN_new());
  return context && product && BN_mul(product.get(), primes.p, primes.q, context.get()) == 1 &&
         BN_cmp(product.get(), n) == 0 && BN_cmp(d, n) < 0 && prime_fits(e, d, primes.p, primes.dp, context.get()) &&
         prime_fits(e, d, primes.q, primes.dq, context.get()) &&
         are_inverse(primes.qi, primes.q, primes.p, context.get());
}

bool rsa_exponent_fits(const BIGNUM* n, const BIGNUM* e, const BIGNUM* d) {
  const NumberContextPtr context(BN_CTX_new());
  const BigNumPtr message(BN_new());
  const BigNumPtr sealed(BN_new());
  const BigNumPtr opened(BN_new());
  const BigNumPtr secret(BN_dup(d));
  if (!context || !message || !sealed || !opened || !secret || BN_cmp(d, n) >= 0) return false;
  BN_set_flags(secret.get(), BN_FLG_CONSTTIME);
  return BN_set_word(message.get(), 2) == 1 && BN_mod_exp(sealed.get(), message.get(), e, n, context.get()) == 1 &&
         BN_mod_exp(opened.get(), sealed.get(), secret.get(), n, context.get()) == 1 &&
         BN_cmp(opened.get(), message.get()) == 0;
}

}  // namespace mimir::codec::internal
