#include <algorithm>
#include <array>

#include <mimir/codec/digest.hpp>
#include <mimir/codec/json.hpp>
#include <mockoauth/server/journal.hpp>

#include "protocol/masking.hpp"
#include "protocol/text.hpp"

namespace mockoauth::server {

using mimir::codec::Json;
using mimir::codec::Parameters;

namespace {

constexpr std::array<std::string_view, 15> kSecretNames = {
    "access_token",  "refresh_token", "id_token",         "code",          "code_verifier", "client_secret", "token",
    "device_code",   "user_code",     "client_assertion", "assertion",     "password",      "subject_token",
    "actor_token",   "interaction"};
// As response.keys `camel` spells them.
constexpr std::array<std::string_view, 4> kSecretNamesInCamel =
    {"accessToken", "refreshToken", "idToken", "deviceCode"};
constexpr std::array<std::string_view, 7> kSecretHeaders = {"Authorization", "Proxy-Authorization", "Cookie",        "Set-Cookie",
                                                            "DPoP",          "x-api-key",           "x-goog-api-key"};

bool is_secret(std::string_view name) {
  const auto among = [&](const auto& list) { return std::find(list.begin(), list.end(), name) != list.end(); };
  return among(kSecretNames) || among(kSecretNamesInCamel);
}

// The end and the digest of a long secret tell whether two are the same and give nothing away; of a short one either
// would be too much.
std::string mask(std::string_view secret) {
  constexpr std::size_t kLongEnough = 16;
  if (secret.size() < kLongEnough) return "‹…›";
  const auto digest = mimir::codec::hex_encode(mimir::codec::sha256(secret).substr(0, 4));
  return "‹…" + std::string(secret.substr(secret.size() - 4)) + " #" + digest + "›";
}

// Any text that has the form of a query, a form body or neither: values of secret names are masked, the rest stays.
std::string mask_pairs(std::string_view text) {
  std::string out;
  while (true) {
    const auto end = std::min(text.find('&'), text.size());
    const auto pair = text.substr(0, end);
    const auto equals = pair.find('=');
    const auto name = mimir::codec::form_decode(pair.substr(0, equals));
    if (equals != std::string_view::npos && (!name || is_secret(*name))) {
      out += std::string(pair.substr(0, equals + 1)) + mask(pair.substr(equals + 1));
    } else {
      out += pair;
    }
    if (end == text.size()) return out;
    out += '&';
    text.remove_prefix(end + 1);
  }
}

std::string mask_url(const std::string& url) {
  const auto start = url.find_first_of("?#");
  return start == std::string::npos ? url : url.substr(0, start + 1) +
      mask_pairs(std::string_view(url).substr(start + 1));
}

Json mask_json(const Json& value) {
  if (const auto* array = value.as_array()) {
    Json out = Json::array();
    for (const auto& item : *array) out.push_back(mask_json(item));
    return out;
  }
  const auto* object = value.as_object();
  if (object == nullptr) return value;
  Json out = Json::object();
  for (const auto& [name, member] : *object) {
    const auto* text = member.as_string();
    // `error.code` and `code: 404` are no secrets: only texts are.
    out.set(name, text != nullptr && is_secret(name) ? Json(mask(*text)) : mask_json(member));
  }
  return out;
}

std::string mask_body(const Headers& headers, const std::string& body) {
  if (body.empty()) return body;
  std::string type;
  for (const auto& [name, value] : headers) {
    if (equal_ignoring_case(name, "Content-Type")) type = value;
  }
  if (type.find("form-urlencoded") != std::string::npos) return mask_pairs(body);
  // Our pages hold nothing that is good in another browser, and models say nothing secret.
  if (type.find("text/html") != std::string::npos || type.find("text/event-stream") != std::string::npos) return body;
  if (const auto json = Json::parse(body)) return mask_json(*json).dump();
  return "‹" + std::to_string(body.size()) + " bytes that could not be read›";
}

std::string mask_header(std::string_view name, const std::string& value) {
  if (equal_ignoring_case(name, "Location") || equal_ignoring_case(name, "Referer")) return mask_url(value);
  const bool secret = std::any_of(kSecretHeaders.begin(), kSecretHeaders.end(),
                                  [&](const auto& known) { return equal_ignoring_case(known, name); });
  if (!secret) return value;
  const auto space = value.find(' ');
  if (space == std::string::npos) return mask(value);
  return value.substr(0, space + 1) + mask(std::string_view(value).substr(space + 1));
}

Json headers_json(const Headers& headers, bool redact) {
  Json list = Json::array();
  for (const auto& [name, value] : headers) {
    list.push_back(Json::array({Json(name), Json(redact ? mask_header(name, value) : value)}));
  }
  return list;
}

Json texts(const std::vector<std::string>& list) {
  Json out = Json::array();
  for (const auto& text : list) out.push_back(Json(text));
  return out;
}

}  // namespace

std::string masked_parameter(std::string_view name, const std::string& value) {
  return is_secret(name) ? mask(value) : value;
}

std::string masked_header(std::string_view name, const std::string& value) { return mask_header(name, value); }

Json exchange_to_json(const Exchange& exchange, bool redact) {
  const auto& request = exchange.request;
  const auto& response = exchange.response;
  Json parameters = Json::array();
  for (const auto& [name, value] : exchange.parameters.pairs()) {
    parameters.push_back(Json::array({Json(name), Json(redact && is_secret(name) ? mask(value) : value)}));
  }
  Json out = Json::object({
      {"number", Json(static_cast<std::int64_t>(exchange.number))},
      {"virtual_time", Json(mimir::codec::format_iso8601(exchange.virtual_time))},
      {"real_time", Json(mimir::codec::format_iso8601(exchange.real_time))},
      {"endpoint", Json(exchange.endpoint)},
      {"client_id", Json(exchange.client_id)},
      {"grant_type", Json(exchange.grant_type)},
      {"parameters", std::move(parameters)},
      {"request", Json::object({{"method", Json(request.method)},
                                {"target", Json(redact ? mask_url(request.target) : request.target)},
                                {"version", Json(request.version)},
                                {"headers", headers_json(request.headers, redact)},
                                {"body", Json(redact ? mask_body(request.headers, request.body) : request.body)}})},
      {"response", Json::object({{"status", Json(response.status)},
                                 {"headers", headers_json(response.headers, redact)},
                                 {"body", Json(redact ? mask_body(response.headers, response.body) : response.body)}})},
      {"error", Json(exchange.error)},
      {"reason", Json(exchange.reason)},
      {"clause", Json(exchange.clause)},
      {"faults", texts(exchange.faults)},
      {"grant", Json(exchange.grant)},
      {"issued", texts(exchange.issued)},
      {"consumed", texts(exchange.consumed)},
  });
  if (!exchange.ignored.empty()) out.set("ignored", texts(exchange.ignored));
  if (!exchange.delivery.empty()) out.set("delivery", Json(exchange.delivery));
  // Raw bytes cannot be masked reliably, so they are shown whole or not at all.
  if (!redact && !request.raw.empty()) out.set("raw", Json(request.raw));
  return out;
}

}  // namespace mockoauth::server
