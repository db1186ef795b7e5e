#include "protocol/registration.hpp"

#include "protocol/client_metadata.hpp"
#include "protocol/issue.hpp"
#include "protocol/software_statement.hpp"
#include "protocol/token_response.hpp"

namespace mockoauth::server {

using mimir::codec::Json;

Checked<Json> read_registration_body(const Call& call) {
  if (call.body_format != BodyFormat::Json) {
    return refuse(Condition::BodyFormat, "client metadata has to be sent as application/json", "RFC 7591 §3.1");
  }
  auto body = Json::parse(call.request.body);
  if (!body || !body->is_object()) {
    return refuse(Condition::RegistrationMetadataInvalid, "the body is no JSON object", "RFC 7591 §3.1");
  }
  return std::move(*body);
}

Checked<ClientRegistration> described_client(const Call& call, const Json& body) {
  const auto metadata = with_software_statement(call, body);
  if (!metadata) return tl::unexpected(metadata.error());
  auto client = read_client_metadata(call, *metadata, MetadataSource::Registration);
  if (!client) return client;
  // RFC 7591 §3.2.1: given back as it came.
  if (const Json* statement = metadata->find("software_statement")) {
    client->metadata.set("software_statement", *statement);
  }
  return client;
}

Checked<void> give_secret(Call& call, ClientRegistration& client) {
  if (!needs_secret(client)) {
    client.client_secret.clear();
  } else if (client.client_secret.empty()) {
    auto secret = mint(call);  // 256 bits, enough for HS256 as well (RFC 7518 §3.2).
    if (!secret) return tl::unexpected(secret.error());
    client.client_secret = std::move(*secret);
  }
  return {};
}

Json client_information(const RealmState& realm, const ClientRegistration& client, const DynamicClient& dynamic) {
  Json body = Json::object({{"client_id", Json(client.client_id)},
                            {"client_id_issued_at", Json(unix_seconds(dynamic.issued_at))}});
  if (!client.client_secret.empty()) {
    body.set("client_secret", Json(client.client_secret));
    body.set("client_secret_expires_at", Json(0));  // RFC 7591 §3.2.1: it does not.
  }
  body.set("registration_access_token", Json(dynamic.access_token));
  body.set("registration_client_uri", Json(realm.url_of("registration") + "/" + client.client_id));
  for (const auto& [name, value] : *client.metadata.as_object()) body.set(name, value);
  return body;
}

}  // namespace mockoauth::server
