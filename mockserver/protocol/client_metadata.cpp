#include "protocol/client_metadata.hpp"

#include <algorithm>
#include <set>

#include <mimir/codec/jwk.hpp>

#include "protocol/metadata.hpp"
#include "protocol/metadata_members.hpp"
#include "protocol/redirect_uri.hpp"
#include "protocol/registries.hpp"
#include "protocol/request_object.hpp"
#include "protocol/scope.hpp"
#include "protocol/text.hpp"

namespace mockoauth::server {

using mimir::codec::Json;

namespace {

constexpr const char* kCodeGrant = "authorization_code";
constexpr const char* kImplicitGrant = "implicit";
constexpr const char* kMethod = "token_endpoint_auth_method";
constexpr const char* kSubjects[] = {"tls_client_auth_subject_dn", "tls_client_auth_san_dns", "tls_client_auth_san_uri",
                                     "tls_client_auth_san_ip", "tls_client_auth_san_email"};

tl::unexpected<Refusal> bad_metadata(std::string detail, std::string clause = "RFC 7591 §2") {
  return refuse(Condition::RegistrationMetadataInvalid, std::move(detail), std::move(clause));
}

std::set<std::string> words_of(std::string_view text) {
  std::set<std::string> words;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    if (end > 0) words.emplace(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

// The order of the words does not matter (OAuth 2.0 Multiple Response Types §3).
bool is_offered_type(const Profile& profile, const std::string& type) {
  const auto offered = profile.list("authorize.response_types");
  return std::any_of(offered.begin(), offered.end(), [&](const auto& t) { return words_of(t) == words_of(type); });
}

bool is_offered_grant(const Profile& profile, const std::string& grant_type) {
  if (grant_type == kImplicitGrant) {
    const auto types = profile.list("authorize.response_types");
    return std::any_of(types.begin(), types.end(), [](const auto& type) { return type != "code"; });
  }
  const Grant* grant = registries().grants.find(grant_type);
  return grant != nullptr && is_offered(*grant, profile);
}

// RFC 7591 §2.1: response types and grant types belong together.
Checked<void> check_pairs(const std::vector<std::string>& grants, const std::vector<std::string>& types) {
  std::set<std::string> needed;
  for (const auto& type : types) {
    for (const auto& word : words_of(type)) needed.insert(word == "code" ? kCodeGrant : kImplicitGrant);
  }
  for (const auto& grant : needed) {
    if (!contains(grants, grant)) {
      return bad_metadata("response_types needs the grant type " + grant + ", which grant_types has not",
                          "RFC 7591 §2.1");
    }
  }
  for (const char* grant : {kCodeGrant, kImplicitGrant}) {
    if (contains(grants, grant) && !needed.contains(grant)) {
      return bad_metadata("grant_types has " + std::string(grant) + ", for which response_types has nothing",
                          "RFC 7591 §2.1");
    }
  }
  return {};
}

Checked<void> settle_flows(const Profile& profile, Json& metadata) {
  auto grants = texts_of(metadata, "grant_types");
  if (metadata.find("grant_types") == nullptr) grants = {kCodeGrant};
  for (const auto& grant : grants) {
    if (is_offered_grant(profile, grant)) continue;
    return bad_metadata("the grant type " + grant.substr(0, 80) + " is not offered");
  }
  auto types = texts_of(metadata, "response_types");
  if (metadata.find("response_types") == nullptr && contains(grants, kCodeGrant)) types = {"code"};
  for (const auto& type : types) {
    if (is_offered_type(profile, type)) continue;
    return bad_metadata("the response type " + type.substr(0, 80) + " is not offered");
  }
  if (auto checked = check_pairs(grants, types); !checked) return checked;
  for (const auto& [name, values] : {std::pair("grant_types", &grants), std::pair("response_types", &types)}) {
    Json list = Json::array();
    for (const auto& value : *values) list.push_back(Json(value));
    metadata.set(name, std::move(list));
  }
  return {};
}

Checked<void> check_redirects(const Profile& profile, const Json& metadata) {
  const auto uris = texts_of(metadata, "redirect_uris");
  const auto grants = texts_of(metadata, "grant_types");
  if (uris.empty() && (contains(grants, kCodeGrant) || contains(grants, kImplicitGrant))) {
    return refuse(Condition::RegistrationRedirectInvalid, "redirect_uris is missing; a grant type needs it",
                  "RFC 7591 §2");
  }
  for (const auto& uri : uris) {
    if (auto checked = check_registrable_uri(profile, uri); !checked) {
      return refuse(Condition::RegistrationRedirectInvalid, checked.error().detail + ": " + uri.substr(0, 120),
                    checked.error().clause);
    }
  }
  for (const auto& uri : texts_of(metadata, "post_logout_redirect_uris")) {
    if (auto checked = check_registrable_uri(profile, uri); !checked) {
      return bad_metadata("post_logout_redirect_uris holds one that cannot be registered: " + uri.substr(0, 120),
                     "OIDC RP-Initiated Logout §2.1");
    }
  }
  return {};
}

bool proves_secret(std::string_view method) {
  const auto* known = registries().client_auth_methods.find(method);
  return known != nullptr && known->proves_secret;
}

// RFC 7591 §2: client_secret_basic unless the client says otherwise; where the server has not got that, what it has.
std::string usual_method(const std::vector<std::string>& offered, MetadataSource source) {
  if (source == MetadataSource::Document) return "none";
  if (contains(offered, "client_secret_basic")) return "client_secret_basic";
  const auto found = std::find_if(offered.begin(), offered.end(), proves_secret);
  return found == offered.end() ? "none" : *found;
}

Checked<void> settle_method(const Profile& profile, Json& metadata, MetadataSource source) {
  const auto offered = client_auth_methods(profile);
  const auto method = metadata.string_at(kMethod).value_or(usual_method(offered, source));
  metadata.set(kMethod, Json(method));
  if (source == MetadataSource::Document && proves_secret(method)) {
    return bad_metadata("token_endpoint_auth_method " + method + " needs a secret, which no document can have",
                   "draft-ietf-oauth-client-id-metadata-document-02 §4.1");
  }
  if (!contains(offered, method)) {
    return bad_metadata("token_endpoint_auth_method " + method.substr(0, 80) + " is not offered, only " +
                   join(offered, ", "));
  }
  const auto* type = method == "none" ? "public" : "confidential";
  if (!profile.lists("client.types", type)) return bad_metadata(std::string(type) + " clients are not registered here");
  if (method == "none" && contains(texts_of(metadata, "grant_types"), "client_credentials")) {
    return bad_metadata("the grant type client_credentials needs a client that authenticates", "RFC 6749 §4.4");
  }
  return {};
}

Checked<void> check_own_keys(const Json& jwks) {
  const Json* keys = jwks.find("keys");
  if (keys == nullptr || !keys->is_array()) return bad_metadata("jwks has no array keys", "RFC 7517 §5");
  for (const auto& key : *keys->as_array()) {
    for (const char* name : {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}) {
      if (key.find(name) != nullptr) return bad_metadata("jwks holds a key that is not public", "RFC 7591 §2");
    }
  }
  const auto read = mimir::codec::KeySet::from_jwks(jwks);
  if (!read) return bad_metadata("jwks cannot be read: " + read.error().message, "RFC 7517 §5");
  return {};
}

Checked<void> check_keys(const Json& metadata) {
  const Json* jwks = metadata.find("jwks");
  const bool by_reference = metadata.find("jwks_uri") != nullptr;
  const auto method = metadata.string_at(kMethod).value_or("");
  if (jwks != nullptr && by_reference) return bad_metadata("jwks and jwks_uri came together");
  if (jwks != nullptr) {
    if (auto checked = check_own_keys(*jwks); !checked) return checked;
  }
  if ((method == "private_key_jwt" || method == "self_signed_tls_client_auth") && jwks == nullptr && !by_reference) {
    return bad_metadata(method + " needs jwks or jwks_uri");
  }
  const auto subjects = std::count_if(std::begin(kSubjects), std::end(kSubjects),
                                      [&](const char* name) { return metadata.find(name) != nullptr; });
  if (method == "tls_client_auth" && subjects != 1) {
    const std::vector<std::string> names(std::begin(kSubjects), std::end(kSubjects));
    return bad_metadata("tls_client_auth needs exactly one of " + join(names, ", "), "RFC 8705 §2.1.2");
  }
  return {};
}

/// @returns what the client is limited to; nothing: all that the realm has.
Checked<std::vector<std::string>> settle_scope(const RealmOptions& options, Json& metadata) {
  const auto asked = metadata.string_at("scope");
  if (!asked) {
    metadata.set("scope", Json(join(options.scopes, " ")));
    return std::vector<std::string>();
  }
  auto granted = grant_scopes(options, {}, *asked);
  if (!granted) return bad_metadata(granted.error().detail);
  if (granted->empty()) return bad_metadata("scope holds none that is known");
  metadata.set("scope", Json(join(*granted, " ")));
  return granted;
}

Checked<void> settle_signatures(const RealmState& realm, Json& metadata) {
  const auto ours = realm.profile().text("id_token.alg");
  // What it signs with is not the client's choice; §3.2.1 lets a server replace what was asked for.
  constexpr const char* kIdToken = "id_token_signed_response_alg";
  if (metadata.find(kIdToken) != nullptr) metadata.set(kIdToken, Json(ours));
  const auto userinfo = metadata.string_at("userinfo_signed_response_alg");
  if (userinfo && *userinfo != ours) return bad_metadata("userinfo_signed_response_alg is not offered, only " + ours);
  const auto request = metadata.string_at("request_object_signing_alg");
  const auto& taken = request_object_algorithms();
  if (request && std::find(taken.begin(), taken.end(), *mimir::codec::parse_jws_algorithm(*request)) == taken.end()) {
    return bad_metadata("request_object_signing_alg " + *request + " is not taken");
  }
  const auto type = metadata.string_at("application_type");
  if (type && *type != "web" && *type != "native") return bad_metadata("application_type is neither web nor native");
  return {};
}

// A promise that this realm would not keep is not registered.
void drop_what_is_not_offered(const RealmState& realm, Json& metadata) {
  const std::pair<const char*, const char*> members[] = {
      {"dpop", "dpop_bound_access_tokens"},          {"mtls", "tls_client_certificate_bound_access_tokens"},
      {"par", "require_pushed_authorization_requests"}, {"jar", "require_signed_request_object"},
      {"rar", "authorization_details_types"}};
  for (const auto& [extension, member] : members) {
    if (!realm.offers(extension)) metadata.erase(member);
  }
}

ClientRegistration client_of(Json metadata, std::vector<std::string> scopes) {
  ClientRegistration client;
  client.redirect_uris = texts_of(metadata, "redirect_uris");
  client.token_endpoint_auth_method = metadata.string_at(kMethod).value_or("");
  client.grant_types = texts_of(metadata, "grant_types");
  client.response_types = texts_of(metadata, "response_types");
  if (client.response_types.empty()) client.response_types = {"none"};  // An empty list would mean all of them.
  client.post_logout_redirect_uris = texts_of(metadata, "post_logout_redirect_uris");
  client.scopes = std::move(scopes);
  if (const Json* jwks = metadata.find("jwks")) client.jwks = *jwks;
  client.jwks_uri = metadata.string_at("jwks_uri").value_or("");
  client.tls_client_auth_subject_dn = metadata.string_at("tls_client_auth_subject_dn").value_or("");
  client.dpop_bound_access_tokens = metadata.bool_at("dpop_bound_access_tokens").value_or(false);
  client.tls_client_certificate_bound_access_tokens =
      metadata.bool_at("tls_client_certificate_bound_access_tokens").value_or(false);
  client.require_pushed_authorization_requests =
      metadata.bool_at("require_pushed_authorization_requests").value_or(false);
  client.require_signed_request_object = metadata.bool_at("require_signed_request_object").value_or(false);
  client.metadata = std::move(metadata);
  return client;
}

}  // namespace

Checked<ClientRegistration> read_client_metadata(const Call& call, const Json& sent, MetadataSource source) {
  if (source == MetadataSource::Document) {
    for (const char* name : {"client_secret", "client_secret_expires_at"}) {
      if (sent.find(name) != nullptr) {
        return bad_metadata("it holds " + std::string(name), "draft-ietf-oauth-client-id-metadata-document-02 §4.1");
      }
    }
  }
  auto metadata = known_members(sent);
  if (!metadata) return tl::unexpected(metadata.error());
  const auto& profile = call.profile();
  drop_what_is_not_offered(call.realm, *metadata);
  if (auto checked = settle_flows(profile, *metadata); !checked) return tl::unexpected(checked.error());
  if (auto checked = check_redirects(profile, *metadata); !checked) return tl::unexpected(checked.error());
  if (auto checked = settle_method(profile, *metadata, source); !checked) return tl::unexpected(checked.error());
  if (auto checked = check_keys(*metadata); !checked) return tl::unexpected(checked.error());
  if (auto checked = settle_signatures(call.realm, *metadata); !checked) return tl::unexpected(checked.error());
  auto scopes = settle_scope(call.realm.options, *metadata);
  if (!scopes) return tl::unexpected(scopes.error());
  return client_of(std::move(*metadata), std::move(*scopes));
}

bool needs_secret(const ClientRegistration& client) { return proves_secret(client.token_endpoint_auth_method); }

}  // namespace mockoauth::server
