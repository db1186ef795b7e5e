// The token endpoint, RFC 6749 §3.2. What a grant does is in grants/.
#include "protocol/binding.hpp"
#include "protocol/client_auth.hpp"
#include "protocol/device_wire.hpp"
#include "protocol/dpop.hpp"
#include "protocol/endpoint.hpp"
#include "protocol/metadata.hpp"
#include "protocol/registries.hpp"
#include "protocol/request_shape.hpp"

namespace mockoauth::server {
namespace {

// RFC 6749 §2.3.1, §3.2: credentials are never in the URL, where logs would keep them.
Checked<void> refuse_secrets_in_url(const Call& call) {
  for (const char* name : {"client_secret", "client_assertion", "code", "code_verifier", "refresh_token"}) {
    if (call.query.count(name) > 0) {
      return refuse(Condition::ParamInvalid, std::string(name) + " is in the URL; it belongs into the body",
                    "RFC 6749 §2.3.1");
    }
  }
  return {};
}

Checked<void> check_body_format(const Call& call) {
  const auto& profile = call.profile();
  const auto& grant = call.exchange.grant_type;
  if (call.body_format == BodyFormat::Form && reads_format(profile, grant, "form")) return {};
  if (call.body_format == BodyFormat::Json && reads_format(profile, grant, "json")) return {};
  if (call.body_format == BodyFormat::None) return {};
  const auto type = call.request.header("Content-Type");
  const std::string seen = type ? "the Content-Type is " + type->substr(0, 80) : "there is no Content-Type";
  return refuse(Condition::BodyFormat, seen + ", expected " + (reads_format(profile, grant, "form")
                                                                   ? "application/x-www-form-urlencoded"
                                                                   : "application/json"));
}

// What a request for tokens is once its parameters are read, be it sent here or to a polling address.
Outcome grant_tokens(Call& call) {
  const auto& profile = call.profile();
  if (auto checked = refuse_repeated(call.form); !checked) return tl::unexpected(checked.error());
  const auto grant_type = required(call.form, "grant_type", "RFC 6749 §5.2");
  if (!grant_type) return tl::unexpected(grant_type.error());
  if (auto checked = check_headers(call, *grant_type); !checked) return tl::unexpected(checked.error());
  const Grant* grant = registries().grants.find(*grant_type);
  if (grant == nullptr || !is_offered(*grant, profile)) {
    return refuse(Condition::GrantUnsupported, "grant_type " + grant_type->substr(0, 80) + " is not offered");
  }
  if (auto checked = check_more_parameters(profile, *grant_type, call.form); !checked) {
    return tl::unexpected(checked.error());
  }
  // Before the client is known: a proof that lacks a nonce must not cost the client its assertion (RFC 9449 §8).
  const auto jkt = dpop_thumbprint(call);
  if (!jkt) return tl::unexpected(jkt.error());
  const auto client = authenticate_client(call);
  if (!client) return tl::unexpected(client.error());
  call.exchange.client_id = client->client_id;
  if (!may_use_grant(*client, *grant_type)) {
    return refuse(Condition::GrantNotAllowed, "the client is not registered for the grant type " +
                  grant_type->substr(0, 80));
  }
  auto binding = binding_for(call, *client, *jkt);
  if (!binding) return tl::unexpected(binding.error());
  call.binding = std::move(*binding);
  return grant->handle(call, *client);
}

Outcome token(Call& call) {
  if (reads_format(call.profile(), "*", "query") && call.body_format == BodyFormat::None) {
    call.form = call.query;  // A provider that takes them in the URL.
    call.exchange.grant_type = call.form.first("grant_type").value_or("");
  } else if (auto checked = refuse_secrets_in_url(call); !checked) {
    return tl::unexpected(checked.error());
  }
  if (auto checked = check_body_format(call); !checked) return tl::unexpected(checked.error());
  return grant_tokens(call);
}

// Some providers let devices poll at an address of its own, where the grant type goes without saying.
Outcome device_poll(Call& call) {
  constexpr const char* kGrant = "urn:ietf:params:oauth:grant-type:device_code";
  if (auto checked = read_device_format(call); !checked) return tl::unexpected(checked.error());
  call.form.set("grant_type", kGrant);
  call.exchange.grant_type = kGrant;
  return grant_tokens(call);
}

std::vector<std::string> methods(const Profile& profile) { return profile.list("token.methods"); }
// An API that takes keys may still change another token for one of its own.
bool is_served(const Profile& profile) {
  return profile.text("kind") == "oauth" || profile.knob("endpoints").find("token") != nullptr;
}
bool serves_devices(const Profile& profile) { return is_served(profile) && profile.text("device.style") != "none"; }

void describe(const RealmState& realm, mimir::codec::Json& document) {
  std::vector<std::string> grants;
  for (const auto& grant : registries().grants.all()) {
    if (is_offered(grant, realm.profile())) grants.push_back(grant.grant_type);
  }
  set_list(document, "grant_types_supported", grants);
  describe_client_auth(document, "token_endpoint", client_auth_methods(realm.profile()));
}

}  // namespace

void register_token(Endpoints& endpoints) {
  Endpoint endpoint{.name = "token",
                    .member = "token_endpoint",
                    .role = "token",
                    .path = "/token",
                    .handle = token,
                    .served = is_served,
                    .methods_by_profile = methods,
                    .describe = describe};
  endpoints.add(endpoint);
  // Some providers refresh at a URL of its own: another path to the same thing.
  endpoint.member.clear();
  endpoint.describe = nullptr;
  endpoint.role = "refresh";
  endpoint.path.clear();
  endpoints.add(endpoint);
  endpoints.add({.name = "token", .role = "device_poll", .methods = {"POST"}, .handle = device_poll,
                 .served = serves_devices});
}

}  // namespace mockoauth::server
