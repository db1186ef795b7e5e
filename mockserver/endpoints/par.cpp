// Pushed authorization requests, RFC 9126.
#include "protocol/answers.hpp"
#include "protocol/authorization_request.hpp"
#include "protocol/client_auth.hpp"
#include "protocol/dpop.hpp"
#include "protocol/endpoint.hpp"
#include "protocol/issue.hpp"
#include "protocol/pkce.hpp"
#include "protocol/request_object.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;
using mimir::codec::Parameters;

// RFC 6749 §2.3.1: credentials are never in the URL, where logs would keep them.
Checked<void> check_form(const Call& call) {
  if (call.query.count("client_secret") > 0 || call.query.count("client_assertion") > 0) {
    return refuse(Condition::ParamInvalid, "credentials are in the URL; they belong into the body", "RFC 6749 §2.3.1");
  }
  if (call.body_format == BodyFormat::Json || call.body_format == BodyFormat::Other) {
    return refuse(Condition::BodyFormat, "the body is not application/x-www-form-urlencoded", "RFC 9126 §2.1");
  }
  if (value_of(call.form, "request_uri")) {
    return refuse(Condition::ParamInvalid, "request_uri must not be pushed", "RFC 9126 §2.1");
  }
  return refuse_repeated(call.form);
}

Checked<Parameters> pushed_parameters(Call& call, const ClientRegistration& client) {
  if (const auto object = value_of(call.form, "request")) {
    if (!call.realm.offers("jar")) return refuse(Condition::RequestNotSupported);
    return read_request_object(call, client, *object);
  }
  if (client.require_signed_request_object) {
    return refuse(Condition::ParamInvalid, "the client has to send a signed request object", "RFC 9101 §10.5");
  }
  Parameters parameters = call.form;
  for (const char* name : {"client_secret", "client_assertion", "client_assertion_type"}) parameters.remove(name);
  parameters.set("client_id", client.client_id);
  return parameters;
}

Outcome par(Call& call) {
  const auto& profile = call.profile();
  if (auto checked = check_form(call); !checked) return tl::unexpected(checked.error());
  // Before the client is known: a proof that lacks a nonce must not cost the client its assertion (RFC 9449 §8).
  const auto jkt = dpop_thumbprint(call);
  if (!jkt) return tl::unexpected(jkt.error());
  const auto client = authenticate_client(call);
  if (!client) return tl::unexpected(client.error());
  call.exchange.client_id = client->client_id;
  auto parameters = pushed_parameters(call, *client);
  if (!parameters) return tl::unexpected(parameters.error());
  if (auto bound = bind_pushed_request(*jkt, *parameters); !bound) return tl::unexpected(bound.error());
  if (auto checked = find_redirect(call, *client, *parameters); !checked) return tl::unexpected(checked.error());
  const auto request = read_authorization_request(call, *client, *parameters);
  if (!request) return tl::unexpected(request.error());
  // Rules may still ask for more where the user is known; what holds for everybody is refused now (RFC 9126 §2.1).
  const auto challenge = read_challenge(profile, *parameters, requires_pkce(profile, *client, {}));
  if (!challenge) return tl::unexpected(challenge.error());

  const auto request_uri = mint(call, "urn:ietf:params:oauth:request_uri:");
  if (!request_uri) return tl::unexpected(request_uri.error());
  const auto life = profile.number("par.ttl_s");
  call.realm.pushed_requests.add(*request_uri, {.client_id = client->client_id, .parameters = std::move(*parameters),
                                                .expires_at = call.now + std::chrono::seconds(life)});
  return json_answer(201, Json::object({{"request_uri", Json(*request_uri)}, {"expires_in", Json(life)}}));
}

bool is_served(const Profile& profile) { return profile.text("kind") == "oauth" && profile.lists("extensions", "par"); }

void describe(const RealmState& realm, Json& document) {
  document.set("require_pushed_authorization_requests", Json(realm.profile().flag("authorize.require_pushed")));
}

}  // namespace

void register_par(Endpoints& endpoints) {
  endpoints.add({.name = "par",
                 .member = "pushed_authorization_request_endpoint",
                 .role = "par",
                 .path = "/par",
                 .methods = {"POST"},
                 .handle = par,
                 .served = is_served,
                 .describe = describe});
}

}  // namespace mockoauth::server
