#include "protocol/registries.hpp"

#include <algorithm>

namespace mockoauth::server {

// Generated from the folders.
void register_all_endpoints(Endpoints&);
void register_all_extensions(Extensions&);
void register_all_grants(Grants&);
void register_all_client_auth_methods(ClientAuthMethods&);
void register_all_faults(Faults&);

const Registries& registries() {
  static const Registries all = [] {
    Registries made;
    register_all_endpoints(made.endpoints);
    register_all_extensions(made.extensions);
    register_all_grants(made.grants);
    register_all_client_auth_methods(made.client_auth_methods);
    register_all_faults(made.faults);
    return made;
  }();
  return all;
}

const Endpoint* Endpoints::find(std::string_view name) const {
  const auto found = std::find_if(all_.begin(), all_.end(), [&](const auto& e) { return e.name == name; });
  return found == all_.end() ? nullptr : &*found;
}

const Grant* Grants::find(std::string_view grant_type) const {
  const auto found = std::find_if(all_.begin(), all_.end(), [&](const auto& g) { return g.grant_type == grant_type; });
  return found == all_.end() ? nullptr : &*found;
}

const Fault* Faults::find(std::string_view name) const {
  const auto found = std::find_if(all_.begin(), all_.end(), [&](const auto& f) { return f.name == name; });
  return found == all_.end() ? nullptr : &*found;
}

std::string_view to_string(Phase phase) {
  switch (phase) {
    case Phase::BeforeValidation: return "before_validation";
    case Phase::AfterCommit: return "after_commit";
    case Phase::BeforeSend: return "before_send";
  }
  return "";
}

std::vector<FaultDescription> known_faults() {
  std::vector<FaultDescription> list;
  for (const auto& fault : registries().faults.all()) {
    list.push_back({fault.name, fault.title, std::string(to_string(fault.phase))});
  }
  return list;
}

}  // namespace mockoauth::server
