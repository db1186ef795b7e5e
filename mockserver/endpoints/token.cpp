// The token endpoint, RFC 6749 §3.2. What a grant does is in grants/.
#include "protocol/client_auth.hpp"
#include "protocol/endpoint.hpp"
#include "protocol/metadata.hpp"
#include "protocol/registries.hpp"
#include "protocol/text.hpp"

namespace mockoauth::server {
namespace {

bool reads(const Profile& profile, std::string_view grant_type, std::string_view format) {
  const auto& formats = profile.knob("token.body");
  const auto* list = formats.find(grant_type);
  if (list == nullptr) list = formats.find("*");
  if (list == nullptr || list->as_array() == nullptr) return format == "form";
  for (const auto& item : *list->as_array()) {
    if (item.as_string() != nullptr && *item.as_string() == format) return true;
  }
  return false;
}

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
  if (call.body_format == BodyFormat::Form && reads(profile, grant, "form")) return {};
  if (call.body_format == BodyFormat::Json && reads(profile, grant, "json")) return {};
  if (call.body_format == BodyFormat::None) return {};
  const auto type = call.request.header("Content-Type");
  const std::string seen = type ? "the Content-Type is " + type->substr(0, 80) : "there is no Content-Type";
  return refuse(Condition::BodyFormat, seen + ", expected application/x-www-form-urlencoded");
}

Outcome token(Call& call) {
  const auto& profile = call.profile();
  if (reads(profile, "*", "query") && call.body_format == BodyFormat::None) {
    call.form = call.query;  // A provider that takes them in the URL.
    call.exchange.grant_type = call.form.first("grant_type").value_or("");
  } else if (auto checked = refuse_secrets_in_url(call); !checked) {
    return tl::unexpected(checked.error());
  }
  if (auto checked = check_body_format(call); !checked) return tl::unexpected(checked.error());
  if (auto checked = refuse_repeated(call.form); !checked) return tl::unexpected(checked.error());
  const auto grant_type = required(call.form, "grant_type", "RFC 6749 §5.2");
  if (!grant_type) return tl::unexpected(grant_type.error());
  const Grant* grant = registries().grants.find(*grant_type);
  if (grant == nullptr || !profile.lists("grants", *grant_type)) {
    return refuse(Condition::GrantUnsupported, "grant_type " + grant_type->substr(0, 80) + " is not offered");
  }
  const auto client = authenticate_client(call);
  if (!client) return tl::unexpected(client.error());
  call.exchange.client_id = client->client_id;
  return grant->handle(call, *client);
}

std::vector<std::string> methods(const Profile& profile) { return profile.list("token.methods"); }
bool is_served(const Profile& profile) { return profile.text("kind") == "oauth"; }

void describe(const RealmState& realm, mimir::codec::Json& document) {
  std::vector<std::string> grants;
  for (const auto& grant_type : realm.profile().list("grants")) {
    if (registries().grants.find(grant_type) != nullptr) grants.push_back(grant_type);
  }
  set_list(document, "grant_types_supported", grants);
  set_list(document, "token_endpoint_auth_methods_supported", client_auth_methods(realm.profile()));
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
}

}  // namespace mockoauth::server
