// Clients of a realm while it runs.
#include "control/registration_json.hpp"
#include "control/route.hpp"

namespace mockoauth::server {
namespace {

ControlAnswer add(const ControlCall& call) {
  call.realm->add_client(client_from_json(call.body));
  return mimir::codec::Json();
}

}  // namespace

void register_clients(ControlRoutes& routes) {
  routes.add({"POST", "/_mock/realms/{realm}/clients", "addClient", "Register a client, or replace the one of its id",
              client_schema(), {}, 204, add});
}

}  // namespace mockoauth::server
