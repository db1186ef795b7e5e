#include <internal/registration_update.hpp>

#include <internal/authorization_request.hpp>
#include <internal/registration_call.hpp>
#include <internal/registration_response.hpp>
#include <internal/sanitise.hpp>
#include <internal/wipe_json.hpp>

namespace mimir::oauth::internal {
namespace {

/// The scopes that were registered stay: another login of this program may use them.
std::string united_scopes(const StoredLogin& record, const OAuthConfig& config) {
  return join_scopes(split_scopes(join_scopes(record.registered->asked_scopes) + ' ' + join_scopes(config.scopes)));
}

Result<StoredLogin> ask(std::string method, const codec::Json* body, const StoredLogin& record, const OAuthConfig& config,
                        const Context& context) {
  const auto& client = *record.registered;
  auto outcome =
      send_registration(std::move(method), client.management_uri, body, &*client.management_token, context);
  if (!outcome.response) return fail(std::move(outcome.response.error()));
  return validate_registration_response(*outcome.response,
                                        {.step = Step::Registration,
                                         .provider = sanitise(context.provider, 64),
                                         .url = client.management_uri,
                                         .now = context.now()},
                                        config, &record);
}

}  // namespace

Result<StoredLogin> read_registration(const StoredLogin& record, const OAuthConfig& config, const Context& context) {
  return ask("GET", nullptr, record, config, context);
}

Result<StoredLogin> update_registration(const StoredLogin& record, const OAuthConfig& config, const Context& context) {
  auto body = codec::Json::parse(record.registered->metadata).value_or(codec::Json::object());
  body.set("client_id", record.config.client_id);
  if (record.config.client_secret) body.set("client_secret", record.config.client_secret->expose());
  const auto scope = united_scopes(record, config);
  body.set("scope", scope);
  auto updated = ask("PUT", &body, record, config, context);
  wipe_json(body);
  if (updated) updated->registered->asked_scopes = split_scopes(scope);
  return updated;
}

}  // namespace mimir::oauth::internal
