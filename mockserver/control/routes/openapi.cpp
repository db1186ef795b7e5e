// The description of this API, made from the routes themselves.
#include "control/route.hpp"

namespace mockoauth::server {
namespace {

ControlAnswer show_openapi(const ControlCall&) { return describe_control_routes(control_routes()); }

}  // namespace

void register_openapi(ControlRoutes& routes) {
  routes.add({.method = "GET", .path = "/_mock/openapi.json", .id = "showOpenApi", .summary = "This document",
              .handle = show_openapi,
              .answer = R"({"type": "object", "required": ["openapi", "info", "paths", "components"], "properties": {
                "openapi": {"type": "string"}, "info": {"type": "object"}, "paths": {"type": "object"},
                "components": {"type": "object"}}})"});
}

}  // namespace mockoauth::server
