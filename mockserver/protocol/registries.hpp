#pragma once

#include "protocol/client_auth.hpp"
#include "protocol/endpoint.hpp"
#include "protocol/extension.hpp"
#include "protocol/fault.hpp"
#include "protocol/grant.hpp"

namespace mockoauth::server {

/// What the program can do: filled from the folders endpoints/, grants/, client_auth/ and faults/ on first use, then immutable.
struct Registries {
  Endpoints endpoints;
  Extensions extensions;
  Grants grants;
  ClientAuthMethods client_auth_methods;
  Faults faults;
};
[[nodiscard]] const Registries& registries();

}  // namespace mockoauth::server
