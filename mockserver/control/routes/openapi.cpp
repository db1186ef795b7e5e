// The description of this API, made from the routes themselves.
#include "control/route.hpp"

namespace mockoauth::server {
namespace {

ControlAnswer show_openapi(const ControlCall&) { return describe_control_routes(control_routes()); }

}  // namespace

void register_openapi(ControlRoutes& routes) {
  routes.add({"GET", "/_mock/openapi.json", "showOpenApi", "This document", {}, {}, 200, show_openapi});
}

}  // namespace mockoauth::server
