#include <internal/login_client.hpp>

#include <internal/authorization_request.hpp>
#include <internal/client_id_document.hpp>
#include <internal/client_registry.hpp>
#include <internal/sanitise.hpp>

namespace mimir::oauth::internal {
namespace {

struct SettledClient {
  LoginClient client;
  std::optional<StoredLogin> record = {};  ///< The registration it is by.
};

Error document_not_taken(const OAuthConfig& config, const std::string& provider) {
  return {.category = Category::Misconfigured,
          .code = "config.client_id_document",
          .message = sanitise(provider, 64) + " takes no client id that is the address of a document (" +
                     sanitise(config.client_id, 200) + ").",
          .hint = "Register this program there and configure the client id, or let it register itself.",
          .spec = "draft-ietf-oauth-client-id-metadata-document §5"};
}

Result<SettledClient> settle(ManagerState& state, const OAuthConfig& config, NeededEndpoints needed,
                             const Context& context) {
  const bool by_document = is_client_id_document(config.client_id);
  needed.description = by_document;
  needed.registration = config.registration.has_value();
  auto metadata = state.discovery.find(config, needed, context);
  if (!metadata) return fail(std::move(metadata.error()));
  SettledClient settled{.client = {.config = config.clone(),
                                   .metadata = *std::move(metadata),
                                   .redirects = {config.redirect_uri, config.alternative_ports}}};
  if (by_document && settled.client.metadata.takes_client_id_documents) return settled;
  if (by_document && !config.registration) return fail(document_not_taken(config, context.provider));
  if (!config.registration) return settled;
  auto record = ensure_registered(config, settled.client.metadata, context);
  if (!record) return fail(std::move(record.error()));
  auto& as = settled.client.config;
  as.client_id = record->config.client_id;
  as.client_secret.reset();
  if (record->config.client_secret) as.client_secret = record->config.client_secret->clone();
  as.token_endpoint_auth_method = record->config.token_endpoint_auth_method;
  settled.client.redirects = {record->config.redirect_uri, record->config.alternative_ports};
  settled.record = *std::move(record);
  return settled;
}

}  // namespace

Result<> check_login(ManagerState& state, const OAuthConfig& config, const Context& context) {
  return check_login_config(context.provider, config).and_then([&] {
    return state.strange_issuers.check(config.issuer, state.seams.storage);
  });
}

Result<OAuthTokens> log_in_as_client(ManagerState& state, const OAuthConfig& config, NeededEndpoints needed,
                                     const Context& context,
                                     const std::function<Result<OAuthTokens>(const LoginClient&)>& attempt) {
  for (bool renewed = false;; renewed = true) {
    const auto settled = settle(state, config, needed, context);
    if (!settled) return fail(settled.error());
    auto tokens = attempt(settled->client);
    if (!settled->record) return tokens;
    if (tokens) {
      note_registration_works(config, *settled->record, context);
      return tokens;
    }
    // RFC 6749 §5.2: also when the server has lost the registration. Once: a new one that is refused as well is no cure.
    const bool lost = tokens.error().code == "invalid_client" && !renewed &&
                      give_up_registration(settled->client.config, context);
    if (!lost) return tokens;
    context.emit(Event::Kind::Warning, sanitise(context.provider, 64) +
                                           " does not know this program's registration any more; it is registered again");
  }
}

}  // namespace mimir::oauth::internal
