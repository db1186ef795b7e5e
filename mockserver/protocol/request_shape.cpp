#include "protocol/request_shape.hpp"

#include "protocol/text.hpp"

namespace mockoauth::server {

using mimir::codec::Json;
using mimir::codec::Parameters;

namespace {

// Of this grant, else of all others.
const Json* row_of(const Json& table, std::string_view grant_type) {
  const Json* row = grant_type == "*" ? nullptr : table.find(grant_type);
  return row != nullptr ? row : table.find("*");
}

// A rule may call a parameter as it is sent; here it has its standard name again.
std::string standard_name(const Profile& profile, std::string name) {
  for (const char* knob : {"client.names", "device.names"}) {
    const auto* names = profile.knob(knob).as_object();
    if (names == nullptr) continue;
    for (const auto& [standard, sent] : *names) {
      if (sent.as_string() != nullptr && *sent.as_string() == name) return standard;
    }
  }
  return name;
}

bool header_fits(const std::optional<std::string>& sent, const std::string& wanted) {
  if (!sent || sent->empty()) return false;
  if (wanted == "*") return true;
  if (wanted.starts_with('!')) return *sent != wanted.substr(1);
  return *sent == wanted;
}

}  // namespace

void rename_parameters(Parameters& parameters, const Json& names, const Json& done) {
  const auto* members = names.as_object();
  if (members == nullptr || members->empty()) return;
  Parameters renamed;
  for (const auto& [name, value] : parameters.pairs()) {
    std::string standard = name;
    for (const auto& [ours, theirs] : *members) {
      if (theirs.as_string() == nullptr || done.find(ours) != nullptr) continue;
      if (name == *theirs.as_string()) {
        standard = ours;
        break;
      }
      if (name == ours) standard.clear();
    }
    if (!standard.empty()) renamed.add(std::move(standard), value);
  }
  parameters = std::move(renamed);
}

bool reads_format(const Profile& profile, std::string_view grant_type, std::string_view format) {
  const Json* list = row_of(profile.knob("token.body"), grant_type);
  if (list == nullptr || list->as_array() == nullptr) return format == "form";
  for (const auto& item : *list->as_array()) {
    if (item.as_string() != nullptr && *item.as_string() == format) return true;
  }
  return false;
}

Checked<void> check_headers(const Call& call, std::string_view grant_type) {
  const Json* row = row_of(call.profile().knob("token.headers"), grant_type);
  return row == nullptr ? Checked<void>() : check_all_headers(call, *row);
}

Checked<void> check_all_headers(const Call& call, const Json& headers) {
  if (headers.as_object() == nullptr) return {};
  for (const auto& [name, value] : *headers.as_object()) {
    const std::string wanted = value.as_string() == nullptr ? "*" : *value.as_string();
    if (header_fits(call.request.header(name), wanted)) continue;
    const bool any = wanted == "*" || wanted.starts_with('!');
    return refuse(Condition::HeaderMissing, "the header " + name + (any ? " is needed" : " has to be " + wanted));
  }
  return {};
}

Checked<void> check_more_parameters(const Profile& profile, std::string_view request, const Parameters& parameters) {
  const Json* list = profile.knob("token.params").find(request);
  if (list == nullptr || list->as_array() == nullptr) return {};
  for (const auto& item : *list->as_array()) {
    if (item.as_string() == nullptr) continue;
    const std::string& rule = *item.as_string();
    if (rule.ends_with('?')) continue;
    if (rule.ends_with('!')) {
      const auto name = standard_name(profile, rule.substr(0, rule.size() - 1));
      if (parameters.count(name) > 0) return refuse(Condition::ParamInvalid, name + " must not be sent here");
      continue;
    }
    const auto equals = rule.find('=');
    const auto value = value_of(parameters, standard_name(profile, rule.substr(0, equals)));
    if (!value || (equals != std::string::npos && *value != rule.substr(equals + 1))) {
      return refuse(Condition::ParamMissing, "the parameter " + rule + " is needed here");
    }
  }
  return {};
}

}  // namespace mockoauth::server
