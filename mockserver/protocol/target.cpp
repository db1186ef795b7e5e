#include "protocol/target.hpp"

#include "protocol/protected_resources.hpp"
#include "protocol/text.hpp"

namespace mockoauth::server {

Checked<void> check_target(const RealmState& realm, const std::string& resource) {
  const auto shown = resource.substr(0, 100);
  if (resource.find('#') != std::string::npos) {
    return refuse(Condition::TargetInvalid, "the resource " + shown + " has a fragment", "RFC 8707 §2");
  }
  const bool is_known = contains(resource_identifiers(realm), resource) || contains(realm.options.resources, resource);
  if (is_known) return {};
  const auto colon = resource.find(':');
  const bool is_absolute = colon != std::string::npos && colon > 0 && resource.find_first_of("/?") > colon;
  return refuse(Condition::TargetInvalid, "the resource " + shown + (is_absolute ? " is not known here"
                                                                                 : " is not an absolute URI"),
                "RFC 8707 §2");
}

Checked<std::vector<std::string>> read_targets(const Call& call, const std::vector<std::string>& more) {
  std::vector<std::string> targets = more;
  if (call.realm.offers("resource_indicators")) {
    for (const auto& [name, value] : call.form.pairs()) {
      if (name == "resource" && !value.empty() && !contains(targets, value)) targets.push_back(value);
    }
  }
  for (const auto& target : targets) {
    if (auto checked = check_target(call.realm, target); !checked) return tl::unexpected(checked.error());
  }
  return targets;
}

Checked<std::vector<std::string>> narrow_targets(const std::vector<std::string>& granted,
                                                 const std::vector<std::string>& asked) {
  if (asked.empty()) return granted;
  for (const auto& target : asked) {
    if (!granted.empty() && !contains(granted, target)) {
      return refuse(Condition::TargetInvalid, "the resource " + target.substr(0, 100) + " was not granted",
                    "RFC 8707 §2.2");
    }
  }
  return asked;
}

}  // namespace mockoauth::server
