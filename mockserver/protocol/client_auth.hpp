#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/call.hpp"
#include "protocol/refusal.hpp"
#include "protocol/registrations.hpp"
#include <mockoauth/server/realm.hpp>

namespace mockoauth::server {

/// Credentials of a request as one method reads them, not judged yet.
struct Presented {
  std::string client_id;    ///< As the credentials name it; empty: they do not.
  std::string secret = {};  ///< Where a shared secret was sent as it is.
};

/// One way to authenticate, as its file in client_auth/ registers it (RFC 6749 §2.3, RFC 7591 §2).
struct ClientAuthMethod {
  std::string name;         ///< As in `token_endpoint_auth_methods_supported`: `private_key_jwt`.
  std::string scheme = {};  ///< Of the Authorization header it uses; empty: none.
  /// Whether the request carries such credentials. Null: it leaves no trace that tells it apart, so it is used where
  /// the client is registered for it and sent no others.
  bool (*is_used)(const Call&) = nullptr;
  Checked<Presented> (*read)(const Call&) = nullptr;  ///< Null where `is_used` is.
  /// Judges the credentials against the registration.
  Checked<void> (*check)(Call&, const ClientRegistration&, const Presented&) = nullptr;
  /// Whether a client whose registration names no method may use it: it proves the client secret.
  bool proves_secret = false;
  /// Whether this server can do it for this realm; null: always.
  bool (*served)(const Profile&) = nullptr;
};

/// The methods of the program. Filled once, then read from any thread.
class ClientAuthMethods {
 public:
  void add(ClientAuthMethod method) { all_.push_back(std::move(method)); }
  [[nodiscard]] const ClientAuthMethod* find(std::string_view name) const;
  [[nodiscard]] const std::deque<ClientAuthMethod>& all() const { return all_; }

 private:
  std::deque<ClientAuthMethod> all_;
};

/// Which client sends this, proven as far as it can prove it (RFC 6749 §2.3), by one of the methods that the knob
/// `client.auth` and the client's registration allow.
[[nodiscard]] Checked<ClientRegistration> authenticate_client(Call& call);

/// client_id as the request claims it, from the body, the query or the credentials; empty when there is none. For
/// addressing faults and for the journal; proves nothing.
[[nodiscard]] std::string claimed_client_id(const Call& call);

/// Methods of the knob `client.auth` that this program knows, for the metadata.
[[nodiscard]] std::vector<std::string> client_auth_methods(const Profile& profile);

/// Says in the metadata how clients authenticate at an endpoint (`token_endpoint`): the methods and, where assertions
/// are among them, what those are signed with (RFC 8414 §2).
void describe_client_auth(mimir::codec::Json& document, const std::string& endpoint,
                          const std::vector<std::string>& methods);

}  // namespace mockoauth::server
