// JWK to key: RFC 7517 §4, RFC 7518 §6, RFC 8037 §2.
#include <algorithm>
#include <array>
#include <vector>

#include <openssl/core_names.h>

#include <mimir/codec/base64url.hpp>
#include <mimir/codec/jwk.hpp>

#include "internal/key.hpp"
#include "internal/rsa_check.hpp"

namespace mimir::codec {
namespace {

using internal::bytes_of;
using internal::WipedString;

/// Beyond any key this can read; keeps numbers of hostile size away from OpenSSL.
constexpr std::size_t kMaxMemberBytes = 8192;

auto quoted(std::string_view name) { return "\"" + std::string(name) + "\""; }

/// A string member, empty when it is absent.
Result<std::string> text_member(const Json& jwk, std::string_view name) {
  const Json* member = jwk.find(name);
  if (member == nullptr) return std::string();
  if (const std::string* text = member->as_string()) return *text;
  return fail("jwk.type", "JWK member " + quoted(name) + " is no string", "RFC 7517 §4");
}

/// The decoded bytes of a member that must be there. `width` is their exact number, 0 for any.
Result<WipedString> bytes_member(const Json& jwk, std::string_view name, std::size_t width = 0) {
  const Json* member = jwk.find(name);
  if (member == nullptr) return fail("jwk.missing", "JWK member " + quoted(name) + " is missing", "RFC 7518 §6");
  const std::string* text = member->as_string();
  if (text == nullptr) return fail("jwk.type", "JWK member " + quoted(name) + " is no string", "RFC 7518 §6");
  if (text->size() > kMaxMemberBytes) return fail("jwk.too_large", "JWK member " + quoted(name) + " is too long");
  auto decoded = base64url_decode(*text);
  if (!decoded) {
    return fail("jwk.encoding", "JWK member " + quoted(name) + ": " + decoded.error().message, decoded.error().spec,
                decoded.error().offset);
  }
  WipedString bytes(std::move(*decoded));
  if (bytes.bytes.empty() || (width != 0 && bytes.bytes.size() != width)) {
    return fail("jwk.length",
                "JWK member " + quoted(name) + " has " + std::to_string(bytes.bytes.size()) + " bytes" +
                    (width != 0 ? ", expected " + std::to_string(width) : ""),
                "RFC 7518 §6");
  }
  return bytes;
}

/// Hands parameters to OpenSSL's key import.
internal::PkeyPtr import_key(const char* type, OSSL_PARAM_BLD* builder, bool is_private) {
  const internal::ParamsPtr params(OSSL_PARAM_BLD_to_param(builder));
  const internal::PkeyContextPtr context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* pkey = nullptr;
  if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &pkey, is_private ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
    return nullptr;
  }
  return internal::PkeyPtr(pkey);
}

Result<> read_rsa(const Json& jwk, Key::Impl& key) {
  struct Member {
    const char* name;
    const char* parameter;
  };
  static constexpr std::array<Member, 8> kMembers{{{"n", OSSL_PKEY_PARAM_RSA_N},
                                                   {"e", OSSL_PKEY_PARAM_RSA_E},
                                                   {"d", OSSL_PKEY_PARAM_RSA_D},
                                                   {"p", OSSL_PKEY_PARAM_RSA_FACTOR1},
                                                   {"q", OSSL_PKEY_PARAM_RSA_FACTOR2},
                                                   {"dp", OSSL_PKEY_PARAM_RSA_EXPONENT1},
                                                   {"dq", OSSL_PKEY_PARAM_RSA_EXPONENT2},
                                                   {"qi", OSSL_PKEY_PARAM_RSA_COEFFICIENT1}}};
  const auto has = [&jwk](const Member& member) { return jwk.find(member.name) != nullptr; };
  if (jwk.find("oth") != nullptr) {
    return fail("jwk.unsupported", "keys of more than two primes are not supported", "RFC 7518 §6.3.2.7");
  }
  key.is_private = has(kMembers[2]);
  // RFC 7518 §6.3.2: of the primes and what is derived from them, all are there or none.
  const bool has_primes = std::any_of(kMembers.begin() + 3, kMembers.end(), has);
  if (has_primes && !key.is_private) return fail("jwk.missing", "JWK member \"d\" is missing", "RFC 7518 §6.3.2");
  const std::size_t count = has_primes ? 8 : key.is_private ? 3 : 2;

  std::array<internal::BigNumPtr, 8> numbers;
  const internal::ParamBuilderPtr builder(OSSL_PARAM_BLD_new());
  if (!builder) return fail("jwk.key", "there is no memory for the key");
  for (std::size_t i = 0; i < count; ++i) {
    const auto bytes = bytes_member(jwk, kMembers[i].name);
    if (!bytes) return tl::unexpected(bytes.error());
    numbers[i] = internal::to_number(bytes->bytes);
    if (!numbers[i] || OSSL_PARAM_BLD_push_BN(builder.get(), kMembers[i].parameter, numbers[i].get()) != 1) {
      return fail("jwk.key", "JWK member " + quoted(kMembers[i].name) + " makes no number", "RFC 7518 §6.3");
    }
  }
  key.pkey = import_key("RSA", builder.get(), key.is_private);
  if (!key.pkey) return fail("jwk.key", "the members make no RSA key", "RFC 7518 §6.3");
  if (const auto classified = internal::classify(key); !classified) return classified;

  const auto n = [&numbers](std::size_t i) { return numbers[i].get(); };
  const bool is_consistent =
      !key.is_private || (has_primes ? internal::rsa_primes_fit(n(0), n(1), n(2), {n(3), n(4), n(5), n(6), n(7)})
                                     : internal::rsa_exponent_fits(n(0), n(1), n(2)));
  if (!is_consistent) {
    return fail("jwk.mismatch", "the private members do not belong to the public ones", "RFC 7518 §6.3.2");
  }
  return {};
}

Result<> read_ec(const Json& jwk, Key::Impl& key) {
  const auto name = text_member(jwk, "crv");
  if (!name) return tl::unexpected(name.error());
  const internal::CurveTraits* curve = internal::curve_by_name(*name);
  if (curve == nullptr) {
    return fail("jwk.unsupported", "JWK member \"crv\" names no supported curve", "RFC 7518 §6.2.1.1");
  }
  const auto x = bytes_member(jwk, "x", curve->bytes);
  if (!x) return tl::unexpected(x.error());
  const auto y = bytes_member(jwk, "y", curve->bytes);
  if (!y) return tl::unexpected(y.error());
  key.is_private = jwk.find("d") != nullptr;

  const std::string group(curve->openssl_name);
  const std::string point = "\x04" + x->bytes + y->bytes;
  internal::BigNumPtr d;
  const internal::ParamBuilderPtr builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD* const b = builder.get();
  bool is_built = b != nullptr &&
                  OSSL_PARAM_BLD_push_utf8_string(b, OSSL_PKEY_PARAM_GROUP_NAME, group.c_str(), 0) == 1 &&
                  OSSL_PARAM_BLD_push_octet_string(b, OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) == 1;
  if (key.is_private) {
    const auto bytes = bytes_member(jwk, "d", curve->bytes);
    if (!bytes) return tl::unexpected(bytes.error());
    d = internal::to_number(bytes->bytes);
    is_built = is_built && d && OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_PRIV_KEY, d.get()) == 1;
  }
  if (is_built) key.pkey = import_key("EC", builder.get(), key.is_private);
  if (!key.pkey) return fail("jwk.key", "the members make no point on the curve", "RFC 7518 §6.2");

  const internal::PkeyContextPtr context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.pkey.get(), nullptr));
  if (!context || EVP_PKEY_public_check(context.get()) != 1) {
    return fail("jwk.key", "the members make no point on the curve", "RFC 7518 §6.2");
  }
  if (key.is_private && EVP_PKEY_pairwise_check(context.get()) != 1) {
    return fail("jwk.mismatch", "the private member does not belong to the public ones", "RFC 7518 §6.2.2");
  }
  return internal::classify(key);
}

Result<> read_okp(const Json& jwk, Key::Impl& key) {
  const auto curve = text_member(jwk, "crv");
  if (!curve) return tl::unexpected(curve.error());
  if (*curve != "Ed25519") {
    return fail("jwk.unsupported", "JWK member \"crv\" names no supported curve", "RFC 8037 §3.1");
  }
  const auto x = bytes_member(jwk, "x", 32);
  if (!x) return tl::unexpected(x.error());
  key.is_private = jwk.find("d") != nullptr;
  if (key.is_private) {
    const auto d = bytes_member(jwk, "d", 32);
    if (!d) return tl::unexpected(d.error());
    key.pkey.reset(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes_of(std::string_view(d->bytes)), 32));
    std::string derived(32, '\0');
    std::size_t size = derived.size();
    if (key.pkey && EVP_PKEY_get_raw_public_key(key.pkey.get(), bytes_of(derived), &size) != 1) key.pkey.reset();
    if (key.pkey && derived != x->bytes) {
      return fail("jwk.mismatch", "the private member does not belong to the public one", "RFC 8037 §2");
    }
  } else {
    key.pkey.reset(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(std::string_view(x->bytes)), 32));
  }
  if (!key.pkey) return fail("jwk.key", "the members make no Ed25519 key", "RFC 8037 §2");
  return internal::classify(key);
}

Result<> read_octets(const Json& jwk, Key::Impl& key) {
  const auto k = bytes_member(jwk, "k");
  if (!k) return tl::unexpected(k.error());
  if (k->bytes.size() < 32) return fail("jwk.weak", "the symmetric key has less than 256 bits", "RFC 7518 §3.2");
  key.octets = Secret(k->bytes);
  key.is_private = true;
  return {};
}

/// kid, use, key_ops and alg.
Result<> read_common(const Json& jwk, Key::Impl& key) {
  struct Target {
    const char* name;
    std::string* text;
  };
  std::string algorithm;
  for (const Target& target : {Target{"kid", &key.kid}, Target{"use", &key.use}, Target{"alg", &algorithm}}) {
    auto text = text_member(jwk, target.name);
    if (!text) return tl::unexpected(std::move(text.error()));
    *target.text = std::move(*text);
  }
  key.is_for_signatures = key.use.empty() || key.use == "sig";
  if (const Json* member = jwk.find("key_ops")) {
    const Json::Array* operations = member->as_array();
    if (operations == nullptr) return fail("jwk.type", "JWK member \"key_ops\" is no array", "RFC 7517 §4.3");
    const bool may_sign_or_verify = std::any_of(operations->begin(), operations->end(), [](const Json& operation) {
      return operation == Json("sign") || operation == Json("verify");
    });
    key.is_for_signatures = key.is_for_signatures && may_sign_or_verify;
  }
  if (jwk.find("alg") == nullptr) return {};
  key.algorithm = parse_jws_algorithm(algorithm);
  // A key that states another algorithm is for that one only, which this code cannot do.
  if (!key.algorithm) {
    return fail("jwk.unsupported", "JWK member \"alg\" names no supported signature algorithm", "RFC 7517 §4.4");
  }
  return {};
}

}  // namespace

Result<Key> Key::from_jwk(const Json& jwk) {
  const internal::ErrorQueueGuard guard;
  if (!jwk.is_object()) return fail("jwk.type", "a JWK is an object", "RFC 7517 §4");
  const auto kty = text_member(jwk, "kty");
  if (!kty) return tl::unexpected(kty.error());
  if (kty->empty()) return fail("jwk.missing", "JWK member \"kty\" is missing", "RFC 7517 §4.1");
  auto key = std::make_shared<Impl>();
  key->kty = *kty;
  if (const auto common = read_common(jwk, *key); !common) return tl::unexpected(common.error());

  using Reader = Result<> (*)(const Json&, Impl&);
  const Reader reader = *kty == "RSA"   ? read_rsa
                        : *kty == "EC"  ? read_ec
                        : *kty == "OKP" ? read_okp
                        : *kty == "oct" ? read_octets
                                        : Reader{};
  if (reader == nullptr) {
    return fail("jwk.unsupported", "JWK member \"kty\" names no supported key type", "RFC 7518 §6.1");
  }
  if (const auto read = reader(jwk, *key); !read) return tl::unexpected(read.error());
  if (key->algorithm && (internal::traits_of(*key->algorithm).kty != key->kty ||
                         (!key->curve.empty() && internal::traits_of(*key->algorithm).curve != key->curve))) {
    return fail("jwk.algorithm", "JWK member \"alg\" does not go with the key's type or curve", "RFC 7517 §4.4");
  }
  return Key(std::move(key));
}

}  // namespace mimir::codec
