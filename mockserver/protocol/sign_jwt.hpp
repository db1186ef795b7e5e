#pragma once

#include <string>
#include <string_view>

#include <mimir/codec/json.hpp>
#include <mimir/codec/result.hpp>

namespace mockoauth::server {

struct Call;

/// A JWT that is about to be signed. Faults at Phase::BeforeSigning change it.
struct SigningJwt {
  enum class Signature {
    Right,             ///< By the key of `algorithm`, whatever the header says.
    None,              ///< An empty one (RFC 7515 appendix A.5).
    Broken,            ///< One bit is another one.
    OtherKey,          ///< By a key of the same kind that is not in the key set.
    PublicKeyAsSecret  ///< HS256 keyed with the PEM of the public key (RFC 8725 §2.1).
  };
  std::string use;        ///< `id_token`, `access_token`, `userinfo`, or `response` (JARM).
  std::string algorithm;  ///< That it would be signed by.
  mimir::codec::Json header;
  mimir::codec::Json claims;
  Signature signature = Signature::Right;
};

/// Signs a JWT of the realm as KeyRing::sign does, unless a fault wants it otherwise. The caller must not hold
/// RealmState::store.
[[nodiscard]] mimir::codec::Result<std::string> sign_jwt(Call& call, std::string_view use, mimir::codec::Json claims,
                                                         std::string_view algorithm, std::string_view typ,
                                                         std::string_view client_secret = {});

}  // namespace mockoauth::server
