// HTTP Basic with client_id and client secret, RFC 6749 §2.3.1.
#include <mimir/codec/base64url.hpp>
#include <mimir/codec/digest.hpp>

#include "protocol/client_auth.hpp"
#include "protocol/text.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::form_decode;

bool is_used_client_secret_basic(const Call& call) {
  const auto header = call.request.header("Authorization");
  return header && equal_ignoring_case(std::string_view(*header).substr(0, 6), "Basic ");
}

// Appendix B: id and secret are form-encoded before they are joined with a colon.
Checked<Presented> read_client_secret_basic(const Call& call) {
  const auto header = call.request.header("Authorization").value_or("");
  const auto decoded = mimir::codec::base64_decode(trim(std::string_view(header).substr(5)));
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
  return Presented{*id, *secret};
}

Checked<void> check_client_secret_basic(Call&, const ClientRegistration& client, const Presented& presented) {
  if (mimir::codec::constant_time_equal(presented.secret, client.client_secret)) return {};
  return refuse(Condition::ClientBadSecret, "the client secret is wrong");
}

}  // namespace

void register_client_secret_basic(ClientAuthMethods& methods) {
  methods.add({.name = "client_secret_basic",
               .scheme = "Basic",
               .is_used = is_used_client_secret_basic,
               .read = read_client_secret_basic,
               .check = check_client_secret_basic,
               .proves_secret = true});
}

}  // namespace mockoauth::server
