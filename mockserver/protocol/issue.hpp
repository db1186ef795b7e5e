#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocol/call.hpp"
#include "protocol/refusal.hpp"
#include "protocol/store.hpp"

namespace mockoauth::server {

/// An unguessable text of 256 bits after the prefix (RFC 6749 §10.10).
[[nodiscard]] Checked<std::string> mint(Call& call, std::string_view prefix = {});

/// Whether this login gets a refresh token, by the client's registration and the knobs `refresh.issue`,
/// `refresh.scope` and `grants`.
[[nodiscard]] bool gets_refresh_token(const Profile& profile, const ClientRegistration& client, const Login& login);

/// Stores a new refresh token for the login, within `refresh.max_live`. @param keep_expiry that of the token it
/// replaces, for `refresh.expiry_carries`.
void store_refresh_token(Call& call, Tables& tables, const Login& login, std::string text, Binding binding,
                         std::optional<TimePoint> keep_expiry = {});

/// What a grant has decided to hand out. The tables must not be held when it is answered: that signs.
struct TokenAnswer {
  const ClientRegistration& client;
  Login login;
  std::vector<std::string> scopes;
  std::string refresh_token = {};  ///< Empty: none goes out.
  std::string nonce = {};
  bool is_refresh = false;
  std::vector<std::string> audience = {};  ///< Resources the access token is for; empty: the realm's own.
  std::string issued_token_type = {};      ///< RFC 8693 §2.2.1; empty: not said.
};

struct IssuedAccess {
  std::string text;
  std::chrono::seconds ttl;  ///< 0: it does not expire.
};

/// Makes and stores an access token.
[[nodiscard]] Checked<IssuedAccess> issue_access_token(Call& call, const TokenAnswer& answer);

/// Mints and stores a refresh token for a new login and puts it into the answer, where the login gets one.
[[nodiscard]] Checked<void> give_refresh_token(Call& call, TokenAnswer& answer);

/// Makes and stores the access token, signs what is to be signed, and writes the token response (RFC 6749 §5.1) in the
/// form the knobs `response.*` give it.
Outcome answer_with_tokens(Call& call, const TokenAnswer& answer);

/// Who a token speaks for: the user, or the client itself where there is none (RFC 9068 §2.2).
[[nodiscard]] inline const std::string& subject_of(const Login& login) {
  return login.has_user ? login.user.sub : login.client_id;
}

/// Placeholders of the realm, the user and the client, for `response.extra`, claims and callback parameters. Not to
/// outlive what they are made of.
[[nodiscard]] Placeholders placeholders_for(const Call& call, const Login& login,
                                            const std::vector<std::string>& scopes);

}  // namespace mockoauth::server
