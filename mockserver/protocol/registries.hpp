#pragma once

#include "protocol/endpoint.hpp"
#include "protocol/extension.hpp"
#include "protocol/fault.hpp"
#include "protocol/grant.hpp"

namespace mockoauth::server {

/// What the program can do: filled from the folders endpoints/, grants/ and faults/ on first use, then immutable.
struct Registries {
  Endpoints endpoints;
  Extensions extensions;
  Grants grants;
  Faults faults;
};
[[nodiscard]] const Registries& registries();

}  // namespace mockoauth::server
