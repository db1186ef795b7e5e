#include "protocol/edge.hpp"

#include <algorithm>

#include "protocol/text.hpp"
#include "protocol/token_response.hpp"

namespace mockoauth::server {
namespace {

std::string lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

std::string value_for(const std::string& header, const RateWindow::State& state, TimePoint now) {
  const auto name = lower_case(header);
  const auto says = [&](std::string_view word) { return name.find(word) != std::string::npos; };
  if (says("reset-after")) {
    return std::to_string(std::chrono::ceil<std::chrono::seconds>(state.reset - now).count());
  }
  if (says("reset")) return std::to_string(unix_seconds(state.reset));
  if (says("remaining")) return std::to_string(state.remaining);
  if (says("bucket")) return "mockoauth";
  return std::to_string(RateWindow::kLimit);
}

}  // namespace

Checked<void> pass_edge(const Call& call) {
  const auto& profile = call.profile();
  const auto rule = profile.text("transport.user_agent");
  if (rule == "any") return {};
  const auto agent = call.request.header("User-Agent").value_or("");
  if (agent.empty()) return refuse(Condition::WafBlocked, "there is no User-Agent", "RFC 9110 §10.1.5");
  if (rule != "judged") return {};
  for (const auto& refused : profile.list("transport.refused_agents")) {
    if (!equal_ignoring_case(std::string_view(agent).substr(0, refused.size()), refused)) continue;
    return refuse(Condition::WafBlocked, "a User-Agent that begins with " + refused + " is not let in",
                  "RFC 9110 §10.1.5");
  }
  return {};
}

void add_limit_headers(const Call& call, HttpResponse& response) {
  const auto names = call.profile().list("limits.headers");
  if (names.empty()) return;
  const auto state = call.realm.requests.count(call.now);
  for (const auto& name : names) {
    if (!response.header(name)) response.set_header(name, value_for(name, state, call.now));
  }
}

}  // namespace mockoauth::server
