#include "protocol/metadata_members.hpp"

#include <algorithm>
#include <string>

#include <mimir/codec/jwk.hpp>
#include <mimir/codec/url.hpp>

namespace mockoauth::server {

using mimir::codec::Json;

namespace {

enum class Kind { Text, Texts, Url, Boolean, Algorithm, Object };

struct Member {
  std::string_view name;
  Kind kind;
  bool has_languages = false;  ///< RFC 7591 §2.2
};

constexpr Member kMembers[] = {
    {"redirect_uris", Kind::Texts},
    {"token_endpoint_auth_method", Kind::Text},
    {"grant_types", Kind::Texts},
    {"response_types", Kind::Texts},
    {"client_name", Kind::Text, true},
    {"client_uri", Kind::Url, true},
    {"logo_uri", Kind::Url, true},
    {"scope", Kind::Text},
    {"contacts", Kind::Texts},
    {"tos_uri", Kind::Url, true},
    {"policy_uri", Kind::Url, true},
    {"jwks_uri", Kind::Url},
    {"jwks", Kind::Object},
    {"software_id", Kind::Text},
    {"software_version", Kind::Text},
    {"application_type", Kind::Text},
    {"post_logout_redirect_uris", Kind::Texts},
    {"id_token_signed_response_alg", Kind::Algorithm},
    {"userinfo_signed_response_alg", Kind::Algorithm},
    {"request_object_signing_alg", Kind::Algorithm},
    {"authorization_details_types", Kind::Texts},
    {"tls_client_auth_subject_dn", Kind::Text},
    {"tls_client_auth_san_dns", Kind::Text},
    {"tls_client_auth_san_uri", Kind::Text},
    {"tls_client_auth_san_ip", Kind::Text},
    {"tls_client_auth_san_email", Kind::Text},
    {"tls_client_certificate_bound_access_tokens", Kind::Boolean},
    {"dpop_bound_access_tokens", Kind::Boolean},
    {"require_pushed_authorization_requests", Kind::Boolean},
    {"require_signed_request_object", Kind::Boolean},
};

const Member* find_member(std::string_view name) {
  const auto hash = name.find('#');
  const auto bare = name.substr(0, hash);
  const auto* found = std::find_if(std::begin(kMembers), std::end(kMembers),
                                   [&](const auto& member) { return member.name == bare; });
  if (found == std::end(kMembers) || (hash != std::string_view::npos && !found->has_languages)) return nullptr;
  return found;
}

bool is_text(const Json& value) { return value.as_string() != nullptr && !value.as_string()->empty(); }

bool is_texts(const Json& value) {
  return value.is_array() && std::all_of(value.as_array()->begin(), value.as_array()->end(), is_text);
}

/// What is expected; empty: the value is that.
std::string_view what_is_missing(Kind kind, const Json& value) {
  switch (kind) {
    case Kind::Text: return is_text(value) ? "" : "a text that is not empty";
    case Kind::Texts: return is_texts(value) ? "" : "an array of texts";
    case Kind::Boolean: return value.is_bool() ? "" : "true or false";
    case Kind::Object: return value.is_object() ? "" : "an object";
    case Kind::Url: return is_text(value) && mimir::codec::Url::parse(*value.as_string()) ? "" : "an http or https URL";
    case Kind::Algorithm:
      return is_text(value) && mimir::codec::parse_jws_algorithm(*value.as_string()) ? "" : "a signature algorithm";
  }
  return "";
}

}  // namespace

Checked<Json> known_members(const Json& sent) {
  Json known = Json::object();
  for (const auto& [name, value] : *sent.as_object()) {
    const Member* member = find_member(name);
    if (member == nullptr || value.is_null()) continue;
    if (const auto expected = what_is_missing(member->kind, value); !expected.empty()) {
      return refuse(Condition::RegistrationMetadataInvalid, name.substr(0, 80) + " is not " + std::string(expected),
                    "RFC 7591 §2");
    }
    known.set(name, value);
  }
  return known;
}

std::vector<std::string> texts_of(const Json& metadata, std::string_view name) {
  std::vector<std::string> texts;
  const Json* list = metadata.find(name);
  if (list == nullptr || list->as_array() == nullptr) return texts;
  for (const auto& item : *list->as_array()) {
    if (item.as_string() != nullptr) texts.push_back(*item.as_string());
  }
  return texts;
}

}  // namespace mockoauth::server
