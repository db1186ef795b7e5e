#include "protocol/user_values.hpp"

#include <mimir/codec/digest.hpp>

namespace mockoauth::server {

using mimir::codec::Json;

namespace {

std::string hex_of(std::string_view what, std::string_view whose) {
  return mimir::codec::hex_encode(mimir::codec::sha256(std::string(what) + "/" + std::string(whose)));
}

std::string uuid_of(std::string_view what, std::string_view whose) {
  const auto hex = hex_of(what, whose);
  return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-4" + hex.substr(13, 3) + "-8" + hex.substr(17, 3) + "-" +
         hex.substr(20, 12);
}

std::string digits_of(std::string_view what, std::string_view whose) {
  std::uint32_t number = 0;
  for (const char c : hex_of(what, whose).substr(0, 7)) {
    number = number * 16 + static_cast<std::uint32_t>(c <= '9' ? c - '0' : c - 'a' + 10);
  }
  return std::to_string(10'000'000 + number % 90'000'000);
}

// All users of a mock provider are in one organisation.
constexpr std::string_view kOrganisation = "mockoauth";

std::optional<Json> made_up(const User& user, std::string_view name) {
  if (name == "account_id" || name == "oid") return Json(uuid_of(name, user.sub));
  if (name == "uid") return Json(digits_of(name, user.sub));
  if (name == "org") return Json("Example Organisation");
  if (name == "org_id" || name == "tenant") return Json(uuid_of(name, kOrganisation));
  if (name == "project_id") return Json("proj_" + hex_of(name, kOrganisation).substr(0, 24));
  return std::nullopt;
}

}  // namespace

std::optional<Json> user_value(const User& user, std::string_view name) {
  if (name == "sub") return Json(user.sub);
  if (name == "name") return Json(user.name);
  if (name == "email") return Json(user.email);
  if (const Json* claim = user.claims.find(name)) return *claim;
  const auto space = user.name.find(' ');
  if (name == "given_name") return Json(user.name.substr(0, space));
  if (name == "family_name") return Json(space == std::string::npos ? std::string() : user.name.substr(space + 1));
  return made_up(user, name);
}

}  // namespace mockoauth::server
