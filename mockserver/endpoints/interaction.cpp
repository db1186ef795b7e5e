// Where the forms of the pages are posted to: sign-in, consent, device, sign-out. Only where people are asked by pages.
#include "pages/flow.hpp"
#include "protocol/authorization_grant.hpp"
#include "protocol/endpoint.hpp"

namespace mockoauth::server {
namespace {

bool is_served(const Profile& profile) { return profile.text("kind") == "oauth"; }

}  // namespace

void register_interaction(Endpoints& endpoints) {
  endpoints.add({.name = "interaction",
                 .origin_role = "authorization",
                 .path = "/interaction",
                 .methods = {"POST"},
                 .handle = continue_interaction,
                 .refuse = tell_refusal,
                 .served = is_served});
}

}  // namespace mockoauth::server
