#include "protocol/client_auth.hpp"

#include <algorithm>

#include <mimir/codec/digest.hpp>

#include "protocol/assertion.hpp"
#include "protocol/documents.hpp"
#include "protocol/metadata.hpp"
#include "protocol/registries.hpp"
#include "protocol/text.hpp"

namespace mockoauth::server {
namespace {

struct Used {
  const ClientAuthMethod* method;
  Presented presented;
};

Checked<std::vector<Used>> read_credentials(const Call& call) {
  if (call.request.count_headers("Authorization") > 1) {
    return refuse(Condition::ClientAuthTwice, "the Authorization header is repeated");
  }
  std::vector<Used> used;
  bool understood = !call.request.header("Authorization");
  for (const auto& method : registries().client_auth_methods.all()) {
    if (method.is_used == nullptr || !method.is_used(call)) continue;
    auto presented = method.read(call);
    if (!presented) return tl::unexpected(presented.error());
    understood = understood || !method.scheme.empty();
    used.push_back({&method, std::move(*presented)});
  }
  if (!understood) return refuse(Condition::ClientBadSecret, "the Authorization scheme is not Basic");
  return used;
}

// RFC 6749 §2.3: not more than one method in each request. Lax by knob only where both say the same.
Checked<void> refuse_several(const Profile& profile, const std::vector<Used>& used) {
  if (used.size() < 2) return {};
  const bool same = used.size() == 2 && !used[0].presented.secret.empty() &&
                    used[0].presented.secret == used[1].presented.secret;
  if (same && profile.text("client.two_methods") != "reject") return {};
  return refuse(Condition::ClientAuthTwice, "the client authenticates by " + used[0].method->name + " and by " +
                used[1].method->name + " at once");
}

Checked<std::string> agreed_client_id(const Call& call, const std::vector<Used>& used) {
  auto id = value_of(call.form, "client_id");
  for (const auto& one : used) {
    if (one.presented.client_id.empty()) continue;
    if (id && *id != one.presented.client_id) {
      return refuse(Condition::ClientAuthTwice, "client_id in the body and in the credentials differ");
    }
    id = one.presented.client_id;
  }
  if (id) return *id;
  return refuse(Condition::ClientBadSecret, "there is neither a client_id nor client authentication",
                "RFC 6749 §3.2.1");
}

Checked<void> check_method(const Profile& profile, std::string_view method) {
  if (profile.lists("client.auth", method)) return {};
  return refuse(Condition::ClientBadSecret, "client authentication by " + std::string(method) +
                " is not accepted here");
}

Checked<void> check_public(const Profile& profile, const std::vector<Used>& used) {
  if (!profile.lists("client.types", "public")) {
    return refuse(Condition::ClientBadSecret, "public clients are not accepted here");
  }
  for (const auto& one : used) {
    if (!one.method->proves_secret || (one.presented.secret.empty() && one.method->scheme.empty())) {
      return refuse(Condition::ClientBadSecret, "the client is public and has nothing to authenticate with by " +
                    one.method->name);
    }
  }
  const bool sent_secret = std::any_of(used.begin(), used.end(), [](const auto& u) {
    return !u.presented.secret.empty();
  });
  const auto policy = profile.text("client.public_secret");
  if (sent_secret && policy == "forbidden") {
    return refuse(Condition::ClientBadSecret, "a public client must not send a client secret");
  }
  if (sent_secret && policy == "expected") return {};
  return check_method(profile, "none");
}

// The method of the credentials, or the one that the client is registered for and that leaves no trace.
Checked<Used> method_for(const ClientRegistration& client, const std::vector<Used>& used) {
  if (!used.empty()) return used.front();
  const auto* registered = registries().client_auth_methods.find(client.token_endpoint_auth_method);
  if (registered != nullptr && registered->is_used == nullptr) return Used{registered, {}};
  return refuse(Condition::ClientBadSecret, "this client has to authenticate and sent no credentials",
                "RFC 6749 §3.2.1");
}

Checked<void> check_confidential(Call& call, const ClientRegistration& client, const std::vector<Used>& used) {
  const auto& profile = call.profile();
  if (!profile.lists("client.types", "confidential")) {
    return refuse(Condition::ClientBadSecret, "confidential clients are not accepted here");
  }
  const auto chosen = method_for(client, used);
  if (!chosen) return tl::unexpected(chosen.error());
  if (auto allowed = check_method(profile, chosen->method->name); !allowed) return allowed;
  const auto& registered = client.token_endpoint_auth_method;
  if (registered.empty() ? !chosen->method->proves_secret : registered != chosen->method->name) {
    return refuse(Condition::ClientBadSecret, "the client is registered for " +
                  (registered.empty() ? std::string("a client secret") : registered) + ", not for " +
                  chosen->method->name, "RFC 7591 §2");
  }
  // RFC 6749 §2.3.1: guessing is slowed, and the right secret in the middle of it gains nothing.
  if (const auto wait = call.realm.guesses.wait(client.client_id, call.now)) {
    Refusal refusal{Condition::RateLimited, "the client failed to authenticate too often", "RFC 6749 §2.3.1"};
    refusal.wait = wait;
    return tl::unexpected(std::move(refusal));
  }
  auto checked = chosen->method->check(call, client, chosen->presented);
  if (!checked && checked.error().condition == Condition::ClientBadSecret) {
    call.realm.guesses.failed(client.client_id, call.now);
  }
  return checked;
}

}  // namespace

Checked<ClientRegistration> authenticate_client(Call& call) {
  const auto& profile = call.profile();
  auto used = read_credentials(call);
  if (!used) return tl::unexpected(used.error());
  if (auto checked = refuse_several(profile, *used); !checked) return tl::unexpected(checked.error());
  const auto id = agreed_client_id(call, *used);
  if (!id) return tl::unexpected(id.error());
  auto client = find_client(call, *id);
  if (!client) return client;
  if (client->expires_at && *client->expires_at <= call.now) {
    return refuse(Condition::ClientUnknown, "the registration of this client expired at " +
                  mimir::codec::format_iso8601(*client->expires_at));
  }
  const bool proves_nothing = call.realm.options.takes_any_client && !call.realm.registrations.find_registered(*id);
  if (proves_nothing) {
    client->token_endpoint_auth_method = used->empty() ? "none" : used->front().method->name;
    return std::move(*client);
  }
  const auto allowed = is_public(*client) ? check_public(profile, *used) : check_confidential(call, *client, *used);
  if (!allowed) return tl::unexpected(allowed.error());
  return std::move(*client);
}

std::string claimed_client_id(const Call& call) {
  if (const auto id = value_of(call.form, "client_id")) return *id;
  if (const auto id = value_of(call.query, "client_id")) return *id;
  for (const auto& method : registries().client_auth_methods.all()) {
    if (method.is_used == nullptr || !method.is_used(call)) continue;
    if (const auto presented = method.read(call)) return presented->client_id;
  }
  return {};
}

std::vector<std::string> client_auth_methods(const Profile& profile) {
  std::vector<std::string> methods;
  if (profile.lists("client.auth", "none")) methods.emplace_back("none");
  for (const auto& method : registries().client_auth_methods.all()) {
    const bool is_served = method.served == nullptr || method.served(profile);
    if (is_served && profile.lists("client.auth", method.name)) methods.push_back(method.name);
  }
  return methods;
}

void describe_client_auth(mimir::codec::Json& document, const std::string& endpoint,
                          const std::vector<std::string>& methods) {
  set_list(document, endpoint + "_auth_methods_supported", methods);
  std::vector<std::string> algorithms;
  const auto add = [&](const char* method, std::span<const mimir::codec::JwsAlgorithm> list) {
    if (!contains(methods, method)) return;
    for (const auto algorithm : list) algorithms.emplace_back(mimir::codec::to_string(algorithm));
  };
  add("private_key_jwt", asymmetric_algorithms());
  add("client_secret_jwt", symmetric_algorithms());
  set_list(document, endpoint + "_auth_signing_alg_values_supported", algorithms);
}

const ClientAuthMethod* ClientAuthMethods::find(std::string_view name) const {
  const auto found = std::find_if(all_.begin(), all_.end(), [&](const auto& m) { return m.name == name; });
  return found == all_.end() ? nullptr : &*found;
}

}  // namespace mockoauth::server
