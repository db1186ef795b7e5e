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

}  // namespace

void register_keys(ControlRoutes& routes) {
  routes.add({"GET",
              "/_mock/realms/{realm}/keys",
              "listKeys",
              "Signing keys and whether they are published",
              {},
              {},
              200,
              list_keys});
  routes.add({"POST", "/_mock/realms/{realm}/keys/rotate", "rotateKeys",
              "New keys sign; the old ones stay published for a while", kOverlapSchema, {}, 200, rotate});
  routes.add({"POST", "/_mock/realms/{realm}/keys/{kid}/retire", "retireKey",
              "Take a key out of the published set, whether it signs or not", kOverlapSchema, {}, 204, retire});
}

}  // namespace mockoauth::server
