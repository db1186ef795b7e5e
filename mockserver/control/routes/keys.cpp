// Signing keys of a realm: rotation at the step where a test needs it.
#include "control/registration_json.hpp"
#include "control/route.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

std::chrono::seconds overlap_of(const Json& body, std::chrono::seconds otherwise) {
  const auto seconds = body.int_at("overlap_s");
  return seconds ? std::chrono::seconds(*seconds) : otherwise;
}

ControlAnswer list_keys(const ControlCall& call) {
  Json all = Json::array();
  for (const auto& key : call.realm->keys().states(call.realm->clock().now())) {
    Json view = Json::object({{"kid", key.kid},
                              {"alg", to_string(key.algorithm)},
                              {"signs", key.signs},
                              {"published", key.published}});
    if (key.published_until) view.set("published_until", mimir::codec::format_iso8601(*key.published_until));
    all.push_back(std::move(view));
  }
  return Json::object({{"keys", std::move(all)}});
}

ControlAnswer rotate(const ControlCall& call) {
  auto kids = call.realm->rotate_keys(overlap_of(call.body, KeyRing::kOverlap));
  if (!kids) return refuse_call(409, kids.error().code, kids.error().message);
  return Json::object({{"kids", texts_to_json(*kids)}});
}

ControlAnswer retire(const ControlCall& call) {
  const auto now = call.realm->clock().now();
  const auto done = call.realm->keys().retire(call.segments[1], now, overlap_of(call.body, {}));
  if (!done) return refuse_call(404, done.error().code, done.error().message);
  return Json();
}

constexpr const char* kOverlapSchema = R"({"type": "object", "additionalProperties": false, "properties": {
  "overlap_s": {"type": "integer", "minimum": 0, "maximum": 3153600000}}})";

constexpr const char* kKeysSchema = R"({"type": "object", "required": ["keys"], "properties": {"keys": {"type": "array", "items": {
  "type": "object", "required": ["kid", "alg", "signs", "published"], "properties": {
    "kid": {"type": "string"}, "alg": {"type": "string"}, "signs": {"type": "boolean"}, "published": {"type": "boolean"},
    "published_until": {"type": "string"}}}}}})";

}  // namespace

void register_keys(ControlRoutes& routes) {
  const std::string at = "/_mock/realms/{realm}/keys";
  routes.add({.method = "GET", .path = at, .id = "listKeys", .summary = "Signing keys and whether they are published",
              .handle = list_keys, .answer = kKeysSchema});
  routes.add({.method = "POST", .path = at + "/rotate", .id = "rotateKeys",
              .summary = "New keys sign; the old ones stay published for a while", .body = kOverlapSchema, .handle = rotate,
              .answer = R"({"type": "object", "required": ["kids"], "properties": {
                "kids": {"type": "array", "items": {"type": "string"}}}})"});
  routes.add({.method = "POST", .path = at + "/{kid}/retire", .id = "retireKey",
              .summary = "Take a key out of the published set, whether it signs or not", .body = kOverlapSchema,
              .status = 204, .handle = retire});
}

}  // namespace mockoauth::server
