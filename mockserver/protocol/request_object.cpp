#include "protocol/request_object.hpp"

#include <algorithm>
#include <chrono>

#include <mimir/codec/jwk.hpp>
#include <mimir/codec/jws.hpp>

#include "protocol/registrations.hpp"
#include "protocol/text.hpp"
#include "protocol/token_response.hpp"

namespace mockoauth::server {

using mimir::codec::Json;
using mimir::codec::Jws;
using mimir::codec::JwsAlgorithm;
using mimir::codec::Parameters;

namespace {

constexpr std::chrono::seconds kSkew{60};

tl::unexpected<Refusal> invalid(std::string detail, std::string clause = "RFC 9101 §6.2") {
  return refuse(Condition::RequestObjectInvalid, "the request object " + std::move(detail), std::move(clause));
}

Checked<void> check_signature(Call& call, const ClientRegistration& client, const Jws& jws) {
  const auto alg = jws.header.string_at("alg").value_or("");
  if (alg == "none") return invalid("is not signed", "RFC 9101 §10.5");
  const auto algorithm = mimir::codec::parse_jws_algorithm(alg);
  const auto& taken = request_object_algorithms();
  if (!algorithm || std::find(taken.begin(), taken.end(), *algorithm) == taken.end()) {
    return invalid("has the algorithm " + alg.substr(0, 20) + ", which is not taken");
  }
  const auto registered = client.metadata.string_at("request_object_signing_alg");
  if (registered && *registered != alg) return invalid("has the algorithm " + alg + ", the client registered " + *registered);
  const auto keys = client_keys(call, client, Condition::RequestObjectInvalid);
  if (!keys) return tl::unexpected(keys.error());
  const auto kid = jws.header.string_at("kid");
  const JwsAlgorithm allowed[] = {*algorithm};
  const bool verified = std::any_of(keys->keys.begin(), keys->keys.end(), [&](const auto& key) {
    return (!kid || key.kid() == *kid || key.kid().empty()) && key.fits(*algorithm) &&
           mimir::codec::jws_verify(jws, key, allowed).has_value();
  });
  if (!verified) return invalid("has a signature that no key of the client verifies");
  return {};
}

bool is_for(const Json& claims, const std::string& issuer) {
  const Json* audience = claims.find("aud");
  if (audience->as_string() != nullptr) return *audience->as_string() == issuer;
  const auto* list = audience->as_array();
  return list != nullptr && std::any_of(list->begin(), list->end(), [&](const Json& item) {
    return item.as_string() != nullptr && *item.as_string() == issuer;
  });
}

Checked<void> check_claims(const Call& call, const ClientRegistration& client, const Json& claims) {
  // RFC 9101 §4: a request object inside of another has no end.
  if (claims.find("request") != nullptr || claims.find("request_uri") != nullptr) {
    return invalid("holds request or request_uri", "RFC 9101 §4");
  }
  const auto client_id = claims.string_at("client_id");
  if (!client_id || *client_id != client.client_id) {
    return invalid(client_id ? "names another client_id" : "has no client_id", "RFC 9101 §6.3");
  }
  if (claims.find("iss") != nullptr && claims.string_at("iss") != client.client_id) {
    return invalid("was issued by somebody else than the client", "RFC 9101 §4");
  }
  if (claims.find("aud") != nullptr && !is_for(claims, call.realm.issuer)) {
    return invalid("is for another authorization server", "RFC 9101 §4");
  }
  const auto now = unix_seconds(call.now);
  for (const char* name : {"exp", "nbf", "iat"}) {
    if (const Json* time = claims.find(name); time != nullptr && !time->is_number()) {
      return invalid("has a claim " + std::string(name) + " that is no number", "RFC 7519 §4.1");
    }
  }
  if (const auto exp = claims.int_at("exp"); exp && *exp <= now) return invalid("has expired", "RFC 7519 §4.1.4");
  const auto nbf = claims.int_at("nbf");
  if (nbf && *nbf > now + kSkew.count()) return invalid("is not valid yet", "RFC 7519 §4.1.5");
  return {};
}

Parameters to_parameters(const Json& claims) {
  const std::vector<std::string> of_the_jwt = {"iss", "sub", "aud", "exp", "nbf", "iat", "jti"};
  Parameters parameters;
  for (const auto& [name, value] : *claims.as_object()) {
    if (contains(of_the_jwt, name) || value.is_null()) continue;
    if (name == "resource" && value.is_array()) {
      for (const auto& item : *value.as_array()) {
        parameters.add(name, item.as_string() != nullptr ? *item.as_string() : item.dump());
      }
    } else {
      parameters.add(name, value.as_string() != nullptr ? *value.as_string() : value.dump());
    }
  }
  return parameters;
}

}  // namespace

const std::vector<JwsAlgorithm>& request_object_algorithms() {
  using enum JwsAlgorithm;
  static const std::vector<JwsAlgorithm> all = {RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA};
  return all;
}

Checked<Parameters> read_request_object(Call& call, const ClientRegistration& client, const std::string& jwt) {
  const auto jws = Jws::parse(jwt);
  if (!jws) return invalid("cannot be read: " + jws.error().message);
  const auto typ = jws->header.string_at("typ");
  // RFC 9101 §10.8: a JWT made for something else shall not pass.
  if (typ && !equal_ignoring_case(*typ, "oauth-authz-req+jwt") && !equal_ignoring_case(*typ, "JWT")) {
    return invalid("has the typ " + typ->substr(0, 40), "RFC 9101 §10.8");
  }
  if (auto checked = check_signature(call, client, *jws); !checked) return tl::unexpected(checked.error());
  const auto claims = Json::parse(jws->payload);
  if (!claims || !claims->is_object()) return invalid("holds no JSON object");
  if (auto checked = check_claims(call, client, *claims); !checked) return tl::unexpected(checked.error());
  return to_parameters(*claims);
}

}  // namespace mockoauth::server
