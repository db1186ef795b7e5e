#include "protocol/claims_request.hpp"

#include "protocol/text.hpp"

namespace mockoauth::server {

using mimir::codec::Json;

namespace {

const Json* find_claim(const Json& claims, std::string_view place, std::string_view claim) {
  const Json* part = claims.find(place);
  return part == nullptr ? nullptr : part->find(claim);
}

tl::unexpected<Refusal> malformed(std::string detail) {
  return refuse(Condition::ParamInvalid, "claims " + std::move(detail), "OIDC Core §5.5");
}

Checked<void> check_claim(std::string_view name, const Json& wish) {
  if (wish.is_null()) return {};
  const std::string shown(name.substr(0, 60));
  if (!wish.is_object()) return malformed("asks for " + shown + " with neither null nor an object");
  const Json* essential = wish.find("essential");
  if (essential != nullptr && !essential->is_bool()) return malformed("has an essential of " + shown + " that is no boolean");
  const Json* values = wish.find("values");
  if (values != nullptr && !values->is_array()) return malformed("has values of " + shown + " that are no array");
  return {};
}

}  // namespace

Checked<Json> read_claims_parameter(const std::optional<std::string>& text) {
  if (!text) return Json();
  auto claims = Json::parse(*text);
  if (!claims) return malformed("is not JSON: " + claims.error().message);
  if (!claims->is_object()) return malformed("is not a JSON object");
  for (const auto& [place, wishes] : *claims->as_object()) {
    if (place != "userinfo" && place != "id_token") continue;  // §5.5: other members are ignored.
    if (wishes.is_null()) continue;
    if (!wishes.is_object()) return malformed("has a member " + place + " that is no object");
    for (const auto& [name, wish] : *wishes.as_object()) {
      if (auto checked = check_claim(name, wish); !checked) return tl::unexpected(checked.error());
    }
  }
  return *claims;
}

std::vector<std::string> wanted_values(const Json& claims, std::string_view place, std::string_view claim) {
  std::vector<std::string> wanted;
  const Json* wish = find_claim(claims, place, claim);
  if (wish == nullptr) return wanted;
  if (const auto value = wish->string_at("value")) wanted.push_back(*value);
  const Json* values = wish->find("values");
  if (values == nullptr || !values->is_array()) return wanted;
  for (const auto& value : *values->as_array()) {
    if (const auto* text = value.as_string()) wanted.push_back(*text);
  }
  return wanted;
}

bool is_essential(const Json& claims, std::string_view place, std::string_view claim) {
  const Json* wish = find_claim(claims, place, claim);
  return wish != nullptr && wish->bool_at("essential").value_or(false);
}

Json claims_about(const User& user) {
  Json claims = Json::object({{"sub", Json(user.sub)}});
  if (!user.name.empty()) claims.set("name", Json(user.name));
  if (!user.email.empty()) {
    claims.set("email", Json(user.email));
    claims.set("email_verified", Json(true));
  }
  if (const auto* more = user.claims.as_object()) {
    for (const auto& [name, value] : *more) {
      if (name != "sub") claims.set(name, value);
    }
  }
  return claims;
}

Json released_claims(const Login& login, const std::vector<std::string>& scopes, std::string_view place,
                     bool by_scope) {
  const Json known = claims_about(login.user);
  Json released = Json::object();
  const auto release = [&](std::string_view name) {
    const Json* value = name == "sub" ? nullptr : known.find(name);
    if (value != nullptr) released.set(name, *value);
  };
  if (by_scope) {
    for (const auto& scope : scopes) {
      for (const auto& name : claims_of_scope(scope)) release(name);
    }
  }
  const Json* asked = login.claims.find(place);
  if (asked != nullptr && asked->is_object()) {
    for (const auto& [name, wish] : *asked->as_object()) release(name);
  }
  return released;
}

std::vector<std::string> claims_of_scope(std::string_view scope) {
  if (scope == "profile") {
    return {"name",    "family_name", "given_name", "middle_name", "nickname", "preferred_username", "profile",
            "picture", "website",     "gender",     "birthdate",   "zoneinfo", "locale",             "updated_at"};
  }
  if (scope == "email") return {"email", "email_verified"};
  if (scope == "address") return {"address"};
  if (scope == "phone") return {"phone_number", "phone_number_verified"};
  return {};
}

}  // namespace mockoauth::server
