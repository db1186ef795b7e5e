#include "protocol/registries.hpp"

#include <algorithm>
#include <iterator>

#include "protocol/fault_arguments.hpp"
#include "protocol/text.hpp"

namespace mockoauth::server {

// Generated from the folders.
void register_all_endpoints(Endpoints&);
void register_all_model_apis(Endpoints&);
void register_all_extensions(Extensions&);
void register_all_grants(Grants&);
void register_all_client_auth_methods(ClientAuthMethods&);
void register_all_faults(Faults&);

const Registries& registries() {
  static const Registries all = [] {
    Registries made;
    register_all_endpoints(made.endpoints);
    register_all_model_apis(made.endpoints);
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
  const auto found = std::find_if(all_.begin(), all_.end(), [&](const auto& fault) {
    return fault.name == name || contains(fault.other_names, name);
  });
  return found == all_.end() ? nullptr : &*found;
}

bool Fault::can_strike_at(Phase at) const {
  return at == phase || std::find(other_phases.begin(), other_phases.end(), at) != other_phases.end();
}

std::optional<Phase> parse_phase(std::string_view name) {
  const auto found = std::find_if(std::begin(kPhases), std::end(kPhases), [&](auto phase) { return to_string(phase) == name; });
  return found == std::end(kPhases) ? std::nullopt : std::optional(*found);
}

std::string_view to_string(Phase phase) {
  switch (phase) {
    case Phase::Accept: return "accept";
    case Phase::Handshake: return "handshake";
    case Phase::BeforeValidation: return "before_validation";
    case Phase::BeforeSigning: return "before_signing";
    case Phase::WhileDown: return "while_down";
    case Phase::BeforeRedirect: return "before_redirect";
    case Phase::AfterCommit: return "after_commit";
    case Phase::BeforeSend: return "before_send";
  }
  return "";
}

std::vector<FaultDescription> known_faults() {
  std::vector<FaultDescription> list;
  for (const auto& fault : registries().faults.all()) {
    FaultDescription description{.name = fault.name, .title = fault.title, .layer = fault.layer, .phase = std::string(to_string(fault.phase))};
    for (const auto phase : kPhases) {
      if (fault.can_strike_at(phase)) description.phases.emplace_back(to_string(phase));
    }
    description.other_names = fault.other_names;
    for (const auto& argument : fault.arguments) {
      description.arguments.push_back({argument.name, kind_text(argument), argument.meaning, argument.required});
    }
    description.endpoint = fault.reach.endpoint;
    description.grant_type = fault.reach.grant_type;
    description.example_rule = fault.example.rule;
    description.example_asks = fault.example.asks;
    description.example_shows = fault.example.shows;
    list.push_back(std::move(description));
  }
  return list;
}

}  // namespace mockoauth::server
