#include "protocol/client_auth.hpp"

#include <algorithm>

#include <mimir/codec/base64url.hpp>
#include <mimir/codec/digest.hpp>

#include "protocol/text.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::form_decode;

struct Credentials {
  std::string client_id;
  std::string secret;
};

// RFC 6749 §2.3.1: id and secret are form-encoded before they are joined with a colon.
Checked<Credentials> read_basic(std::string_view header) {
  const auto decoded = mimir::codec::base64_decode(trim(header.substr(5)));
  if (!decoded) return refuse(Condition::ClientBadSecret, "the Basic credentials are not base64", "RFC 7617 §2");
  const auto colon = decoded->find(':');
  if (colon == std::string::npos) {
    return refuse(Condition::ClientBadSecret, "the Basic credentials have no colon", "RFC 7617 §2");
  }
  const auto id = form_decode(std::string_view(*decoded).substr(0, colon));
  const auto secret = form_decode(std::string_view(*decoded).substr(colon + 1));
  if (!id || !secret) {
    return refuse(Condition::ClientBadSecret, "the Basic credentials are not form-encoded", "RFC 6749 §2.3.1");
  }
  return Credentials{*id, *secret};
}

bool has_basic(const HttpRequest& request) {
  const auto header = request.header("Authorization");
  return header && equal_ignoring_case(std::string_view(*header).substr(0, 6), "Basic ");
}

Checked<void> check_method(const Profile& profile, std::string_view method) {
  if (profile.lists("client.auth", method)) return {};
  return refuse(Condition::ClientBadSecret, "client authentication by " + std::string(method) +
                " is not accepted here");
}

Checked<void> check_public(const Profile& profile, bool sent_secret) {
  if (!profile.lists("client.types", "public")) {
    return refuse(Condition::ClientBadSecret, "public clients are not accepted here");
  }
  const auto policy = profile.text("client.public_secret");
  if (sent_secret && policy == "forbidden") {
    return refuse(Condition::ClientBadSecret, "a public client must not send a client secret");
  }
  if (sent_secret && policy == "expected") return {};
  return check_method(profile, "none");
}

Checked<void> check_confidential(const Profile& profile, const ClientRegistration& client,
                                 const std::optional<std::string>& secret, bool by_basic) {
  if (!profile.lists("client.types", "confidential")) {
    return refuse(Condition::ClientBadSecret, "confidential clients are not accepted here");
  }
  if (!secret) {
    return refuse(Condition::ClientBadSecret, "this client has to authenticate and sent no credentials",
                  "RFC 6749 §3.2.1");
  }
  auto allowed = check_method(profile, by_basic ? "client_secret_basic" : "client_secret_post");
  if (!allowed) return allowed;
  if (!mimir::codec::constant_time_equal(*secret, client.client_secret)) {
    return refuse(Condition::ClientBadSecret, "the client secret is wrong");
  }
  return {};
}

}  // namespace

Checked<ClientRegistration> authenticate_client(Call& call) {
  const auto& profile = call.profile();
  auto id = value_of(call.form, "client_id");
  auto secret = value_of(call.form, "client_secret");
  bool by_basic = false;

  if (call.request.count_headers("Authorization") > 1) {
    return refuse(Condition::ClientAuthTwice, "the Authorization header is repeated");
  }
  if (call.request.header("Authorization") && !has_basic(call.request)) {
    return refuse(Condition::ClientBadSecret, "the Authorization scheme is not Basic");
  }
  if (has_basic(call.request)) {
    auto basic = read_basic(*call.request.header("Authorization"));
    if (!basic) return tl::unexpected(basic.error());
    const bool same = (!id || *id == basic->client_id) && (!secret || *secret == basic->secret);
    // RFC 6749 §2.3: not more than one method in each request. Lax by knob only where both say the same.
    if (secret && (!same || profile.text("client.two_methods") == "reject")) {
      return refuse(Condition::ClientAuthTwice, "credentials are in the Authorization header and in the body");
    }
    if (!same) return refuse(Condition::ClientAuthTwice, "client_id in the body and in the header differ");
    id = basic->client_id;
    secret = basic->secret;
    by_basic = true;
  }
  if (!id || id->empty()) {
    return refuse(Condition::ClientBadSecret, "there is neither a client_id nor client authentication",
                  "RFC 6749 §3.2.1");
  }
  auto client = call.realm.registrations.find_client(*id);
  if (!client) return refuse(Condition::ClientUnknown, "the client_id is not registered");

  const bool sent_secret = secret && !secret->empty();
  const auto allowed = is_public(*client) ? check_public(profile, sent_secret)
                                          : check_confidential(profile, *client, secret, by_basic);
  if (!allowed) return tl::unexpected(allowed.error());
  return *client;
}

std::string claimed_client_id(const Call& call) {
  if (const auto id = value_of(call.form, "client_id")) return *id;
  if (const auto id = value_of(call.query, "client_id")) return *id;
  if (!has_basic(call.request)) return {};
  const auto basic = read_basic(*call.request.header("Authorization"));
  return basic ? basic->client_id : std::string();
}

std::vector<std::string> client_auth_methods(const Profile& profile) {
  std::vector<std::string> methods;
  for (const char* method : {"none", "client_secret_basic", "client_secret_post"}) {
    if (profile.lists("client.auth", method)) methods.emplace_back(method);
  }
  return methods;
}

}  // namespace mockoauth::server
