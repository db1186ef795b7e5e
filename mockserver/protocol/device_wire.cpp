#include "protocol/device_wire.hpp"

#include "protocol/request_shape.hpp"
#include "protocol/text.hpp"

namespace mockoauth::server {

using mimir::codec::Json;

Checked<void> read_device_format(const Call& call) {
  const bool as_json = call.profile().text("device.body") == "json";
  const bool fits = call.body_format == (as_json ? BodyFormat::Json : BodyFormat::Form);
  if (fits || call.body_format == BodyFormat::None) return {};
  return refuse(Condition::BodyFormat, as_json ? "the body has to be application/json"
                                               : "the body has to be application/x-www-form-urlencoded",
                "RFC 8628 §3.1");
}

Checked<void> read_device_request(Call& call) {
  const auto& profile = call.profile();
  if (auto checked = read_device_format(call); !checked) return checked;
  rename_parameters(call.form, profile.knob("device.names"), profile.knob("client.names"));
  if (auto checked = refuse_repeated(call.form); !checked) return checked;
  return check_more_parameters(profile, "device", call.form);
}

Json device_answer(const Profile& profile, const Json& standard) {
  const auto omitted = profile.list("device.omits");
  const Json& names = profile.knob("device.names");
  Json answer = Json::object();
  for (const auto& [name, value] : *standard.as_object()) {
    if (!contains(omitted, name)) answer.set(names.string_at(name).value_or(name), value);
  }
  return answer;
}

}  // namespace mockoauth::server
