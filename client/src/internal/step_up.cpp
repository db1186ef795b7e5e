#include <internal/step_up.hpp>

#include <algorithm>

#include <internal/authorization_request.hpp>
#include <internal/sanitise.hpp>
#include <mimir/codec/url.hpp>

namespace mimir::oauth::internal {
namespace {

/// A resource that invents a new demand for each answer must not fill the memory.
constexpr std::size_t kMaxDemands = 64;

/// A resource is known by its origin: each of its paths may demand the same.
std::string key_of(const std::string& url, const LoginDemand& demand) {
  const auto parsed = codec::Url::parse(url);
  return (parsed ? parsed->origin() : url) + ' ' + describe(demand);
}

}  // namespace

void DemandsInVain::add(const std::string& url, const LoginDemand& demand) {
  const std::lock_guard lock(mutex_);
  if (known_.size() < kMaxDemands) known_.insert(key_of(url, demand));
}

bool DemandsInVain::contains(const std::string& url, const LoginDemand& demand) const {
  const std::lock_guard lock(mutex_);
  return known_.size() >= kMaxDemands || known_.contains(key_of(url, demand));
}

std::string describe(const LoginDemand& demand) {
  std::string text;
  const auto add = [&](std::string part) { text += (text.empty() ? "" : " and ") + std::move(part); };
  if (!demand.scopes.empty()) add("the scope \"" + sanitise(join_scopes(demand.scopes), 200) + "\"");
  if (demand.max_age) add("a login no older than " + std::to_string(demand.max_age->count()) + " s");
  if (!demand.acr_values.empty()) add("a login by \"" + sanitise(join_scopes(demand.acr_values), 200) + "\"");
  return text;
}

bool is_granted(const LoginDemand& demand, const OAuthTokens& tokens) {
  if (demand.max_age || !demand.acr_values.empty()) return false;
  return std::ranges::all_of(demand.scopes, [&](const std::string& scope) {
    return std::ranges::find(tokens.scopes, scope) != tokens.scopes.end();
  });
}

}  // namespace mimir::oauth::internal
