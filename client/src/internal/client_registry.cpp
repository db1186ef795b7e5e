// Which registration at a provider is this program's: kept beside the logins, under a name that no login can have.
#include <internal/client_registry.hpp>

#include <internal/lifetime.hpp>
#include <internal/record_codec.hpp>
#include <internal/registration_call.hpp>
#include <internal/registration_request.hpp>
#include <internal/registration_response.hpp>
#include <internal/registration_update.hpp>
#include <internal/sanitise.hpp>
#include <internal/storage_errors.hpp>

namespace mimir::oauth::internal {
namespace {

constexpr std::chrono::hours kRenewalBrake{1};

Result<std::optional<StoredLogin>> load_registration(const std::string& name, TokenStorage& storage) {
  auto record = storage.load(name);
  // What nobody can read any more is no registration; a keyring that is locked may hold a good one.
  for (const auto* code : {"storage.corrupt", "storage.wrong_machine", "storage.key_lost"}) {
    if (!record && record.error().code == code) return std::optional<StoredLogin>();
  }
  if (record && *record && !(*record)->registered) return std::optional<StoredLogin>();
  return record;
}

bool is_usable(const StoredLogin& record, TimePoint now) {
  const auto& end = record.registered->secret_expires_at;
  return !record.registered->refused && (!end || now < *end);
}

Result<StoredLogin> register_anew(const OAuthConfig& config, const Metadata& metadata, const Context& context) {
  const auto provider = sanitise(context.provider, 64);
  const auto& url = metadata.endpoints.registration;
  if (url.empty()) {
    return fail({.category = Category::Misconfigured,
                 .code = "registration.not_offered",
                 .message = provider + " lets no program register itself.",
                 .hint = "Register this program by hand at the provider, and configure the client id.",
                 .spec = "RFC 8414 §2"});
  }
  const auto wanted = wanted_client_metadata(config, metadata);
  const auto& initial = config.registration->initial_access_token;
  auto outcome = send_registration("POST", url, &wanted, initial ? &*initial : nullptr, context);
  if (!outcome.response) return fail(std::move(outcome.response.error()));
  return validate_registration_response(
      *outcome.response, {.step = Step::Registration, .provider = provider, .url = url, .now = context.now()}, config,
      nullptr);
}

/// Whether the provider does not know a registration any more: RFC 7592 §2.1 says 401, some servers 404.
bool is_gone(const Error& error) { return error.http && (error.http->status == 401 || error.http->status == 404); }

/// A registration that replaced a refused one and never worked is kept for an hour.
bool may_be_replaced(const RegisteredClient& client, TimePoint now) {
  return !client.replaces_refused || client.proven || now - client.registered_at >= kRenewalBrake;
}

/// Where the provider lets us, it is asked before the user is: a browser that shows "unknown client" never comes back.
/// What it has replaced is void from now on, and kept before it is used (RFC 7592 §2.2). When it cannot be asked the login
/// goes on as it is. @returns false when the provider does not know the registration any more.
bool agree_with_provider(StoredLogin& record, const OAuthConfig& config, const std::string& name, const Context& context) {
  if (record.registered->management_uri.empty()) return true;
  const bool grown = !missing_scopes(config.scopes, record.registered->asked_scopes).empty();
  auto agreed = grown ? update_registration(record, config, context) : read_registration(record, config, context);
  if (!agreed) {
    if (is_gone(agreed.error()) && may_be_replaced(*record.registered, context.now())) return false;
    context.emit(Event::Kind::Warning, "the registration could not be checked: " + agreed.error().message);
    return true;
  }
  const bool same = encode_record(*agreed).equals(encode_record(record));
  record = *std::move(agreed);
  if (same) return true;
  if (auto stored = context.seams.storage.store(name, record, record.generation)) {
    record.generation = *stored;
  } else {
    context.emit(Event::Kind::Warning, "the changed registration could not be kept: " + stored.error().message);
  }
  return true;
}

}  // namespace

Result<StoredLogin> ensure_registered(const OAuthConfig& config, const Metadata& metadata, const Context& context) {
  auto& storage = context.seams.storage;
  const auto name = registration_record_name(config);
  const auto lock = storage.lock(name, context.deadline.at_most(kLockTimeout), context.deadline.stop());
  if (!lock) return fail(lock.error());
  auto before = load_registration(name, storage);  // under the lock: another process may have registered meanwhile
  if (!before) return fail(std::move(before.error()));
  if (*before && is_usable(**before, context.now())) {
    if (agree_with_provider(**before, config, name, context)) return std::move(**before);
    (*before)->registered->refused = true;
  }

  auto record = register_anew(config, metadata, context);
  if (!record) return record;
  record->registered->replaces_refused = *before && (*before)->registered->refused;
  auto stored = storage.store(name, *record, *before ? (*before)->generation : 0);
  if (!stored && stored.error().code == "storage.conflict") {  // somebody went past our lock; theirs is the one that is kept
    auto theirs = load_registration(name, storage);
    if (theirs && *theirs) return std::move(**theirs);
  }
  if (!stored) return fail(std::move(stored.error()));
  record->generation = *stored;
  context.emit(Event::Kind::Registered, sanitise(record->config.client_id, 100));
  return record;
}

bool give_up_registration(const OAuthConfig& refused, const Context& context) {
  auto& storage = context.seams.storage;
  const auto name = registration_record_name(refused);
  const auto lock = storage.lock(name, context.deadline.at_most(kLockTimeout), context.deadline.stop());
  if (!lock) return false;
  auto record = load_registration(name, storage);
  if (!record || !*record) return false;
  if ((*record)->config.client_id != refused.client_id) return true;  // another process has renewed it
  auto& client = *(*record)->registered;
  if (client.refused) return true;
  if (!may_be_replaced(client, context.now())) return false;
  client.refused = true;
  return storage.store(name, **record, (*record)->generation).has_value();
}

void note_registration_works(const OAuthConfig& config, const StoredLogin& record, const Context& context) {
  if (record.registered->proven) return;
  auto proven = record.clone();
  proven.registered->proven = true;
  // When somebody else wrote meanwhile, theirs counts; it is noted with the next login.
  (void)context.seams.storage.store(registration_record_name(config), proven, record.generation);
}

void use_current_credential(OAuthConfig& config, TokenStorage& storage) {
  if (!config.registration) return;
  const auto record = load_registration(registration_record_name(config), storage);
  if (!record || !*record || (*record)->config.client_id != config.client_id) return;
  const auto& current = (*record)->config;
  config.client_secret.reset();
  if (current.client_secret) config.client_secret = current.client_secret->clone();
  config.token_endpoint_auth_method = current.token_endpoint_auth_method;
}

Result<bool> end_registration(const OAuthConfig& config, const Context& context) {
  auto& storage = context.seams.storage;
  const auto name = registration_record_name(config);
  const auto lock = storage.lock(name, context.deadline.at_most(kLockTimeout), context.deadline.stop());
  if (!lock) return fail(lock.error());
  auto record = load_registration(name, storage);
  bool ended = false;
  if (record && *record && !(*record)->registered->management_uri.empty()) {
    const auto& client = *(*record)->registered;
    auto outcome = send_registration("DELETE", client.management_uri, nullptr, &*client.management_token, context);
    ended = outcome.response && outcome.response->status == 204;
  }
  if (auto erased = storage.erase(name); !erased) return fail(std::move(erased.error()));
  return ended;
}

}  // namespace mimir::oauth::internal
