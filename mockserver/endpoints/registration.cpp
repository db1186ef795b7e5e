// Managing a registration, RFC 7592: whoever holds the registration access token reads, replaces and ends it.
#include "protocol/answers.hpp"
#include "protocol/endpoint.hpp"
#include "protocol/error_writer.hpp"
#include "protocol/registration.hpp"
#include "protocol/text.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

constexpr const char* kPath = "/register/client";

struct Managed {
  ClientRegistration client;
  DynamicClient dynamic;
};

Checked<std::string> bearer_token(const Call& call) {
  const auto header = call.request.header("Authorization");
  if (!header) return refuse(Condition::TokenMissing, "the registration access token is missing", "RFC 7592 §2");
  if (call.request.count_headers("Authorization") > 1) {
    return refuse(Condition::ParamInvalid, "the Authorization header is repeated", "RFC 6750 §3.1");
  }
  constexpr std::string_view kScheme = "Bearer ";
  const auto scheme = std::string_view(*header).substr(0, kScheme.size());
  if (!equal_ignoring_case(scheme, kScheme)) {
    return refuse(Condition::TokenMissing, "the Authorization scheme is not Bearer", "RFC 7592 §2");
  }
  return std::string(trim(std::string_view(*header).substr(kScheme.size())));
}

// A client that is gone is answered like a token that is wrong (RFC 7592 §2.1), so that nobody learns which ids exist.
tl::unexpected<Refusal> unknown() {
  return refuse(Condition::TokenInvalid, "the registration access token does not manage a client at this URL",
                "RFC 7592 §2");
}

Checked<Managed> find_managed(Call& call) {
  const auto token = bearer_token(call);
  if (!token) return tl::unexpected(token.error());
  const auto path = call.request.path();
  const auto id = path.substr(path.rfind('/') + 1);
  const auto dynamic = call.realm.dynamic_clients.find(id, *token);
  auto client = call.realm.registrations.find_registered(id);
  if (!dynamic || !client) return unknown();
  call.exchange.client_id = id;
  return Managed{std::move(*client), *dynamic};
}

// RFC 7592 §2.2: the whole registration comes again, under the names it has, and without what only the server says.
Checked<void> check_identity(const Managed& managed, const Json& sent) {
  constexpr const char* kClause = "RFC 7592 §2.2";
  for (const char* name :
       {"registration_access_token", "registration_client_uri", "client_secret_expires_at", "client_id_issued_at"}) {
    if (sent.find(name) != nullptr) {
      return refuse(Condition::RegistrationMetadataInvalid, std::string(name) + " must not be sent", kClause);
    }
  }
  if (sent.string_at("client_id") != managed.client.client_id) {
    return refuse(Condition::RegistrationMetadataInvalid, "client_id is not that of this registration", kClause);
  }
  const Json* secret = sent.find("client_secret");
  if (secret != nullptr && (managed.client.client_secret.empty() || *secret != Json(managed.client.client_secret))) {
    return refuse(Condition::RegistrationMetadataInvalid, "client_secret is not the one that was issued", kClause);
  }
  return {};
}

Outcome update(Call& call, const Managed& managed) {
  const auto sent = read_registration_body(call);
  if (!sent) return tl::unexpected(sent.error());
  if (auto checked = check_identity(managed, *sent); !checked) return tl::unexpected(checked.error());
  auto client = described_client(call, *sent);
  if (!client) return tl::unexpected(client.error());
  client->client_id = managed.client.client_id;
  client->client_secret = managed.client.client_secret;
  if (auto given = give_secret(call, *client); !given) return tl::unexpected(given.error());
  if (!call.realm.registrations.replace_client(*client)) return unknown();  // It was ended meanwhile.
  return json_answer(200, client_information(call.realm, *client, managed.dynamic));
}

// RFC 7592 §2.3: what was granted to it ends as well.
HttpResponse end(Call& call, const std::string& client_id) {
  call.realm.dynamic_clients.remove(client_id);
  call.realm.registrations.remove_client(client_id);
  call.realm.store.open()->revoke_logins({}, client_id, call.now);
  return {204, {{"Cache-Control", "no-store"}, {"Pragma", "no-cache"}}, {}};
}

Outcome registration(Call& call) {
  const auto managed = find_managed(call);
  if (!managed) return tl::unexpected(managed.error());
  if (call.request.method == "PUT") return update(call, *managed);
  if (call.request.method == "DELETE") return end(call, managed->client.client_id);
  return json_answer(200, client_information(call.realm, managed->client, managed->dynamic));
}

// RFC 6750 §3 where the token is at fault, a JSON error where the metadata is.
HttpResponse refuse_registration(Call& call, const Refusal& refusal) {
  const bool is_about_token =
      refusal.condition == Condition::TokenMissing || refusal.condition == Condition::TokenInvalid;
  return is_about_token ? write_bearer_challenge(call, refusal) : write_error(call, refusal);
}

bool is_served(const Profile& profile) {
  return profile.text("kind") == "oauth" && profile.text("client.registration") == "rfc7591";
}

}  // namespace

void register_registration(Endpoints& endpoints) {
  endpoints.add({.name = "registration",
                 .origin_role = "registration",
                 .path = kPath,
                 .methods = {"GET", "PUT", "DELETE"},
                 .handle = registration,
                 .refuse = refuse_registration,
                 .served = is_served,
                 .below = true});
}

}  // namespace mockoauth::server
