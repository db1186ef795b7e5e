#include <internal/login_finish.hpp>

#include <internal/authorization_request.hpp>
#include <internal/id_token.hpp>
#include <internal/lifetime.hpp>
#include <internal/same_account.hpp>
#include <internal/sanitise.hpp>

namespace mimir::oauth::internal {
namespace {

Result<> check_identity(TokenGrant& grant, const OAuthConfig& config, const Metadata& metadata, const Secret* nonce,
                        ManagerState& state, const Context& context) {
  if (!asks_for_openid(config)) {
    grant.id_token.reset();  // not asked for, not validated, not kept
    return {};
  }
  if (!grant.id_token) {
    return fail({.category = Category::ProviderBroken,
                 .code = "id_token.missing",
                 .message = "The provider sent no ID Token although \"openid\" was asked for.",
                 .hint = "Log in without the scope openid, or report it to the provider.",
                 .spec = "OIDC Core §3.1.3.3"});
  }
  return validate_id_token(*grant.id_token,
                           {.issuer = config.issuer,
                            .client_id = config.client_id,
                            .nonce = nonce,
                            .access_token = &grant.access_token,
                            .now = context.now()},
                           metadata, state.keys, context);
}

Result<> keep(const OAuthConfig& config, const OAuthTokens& tokens, ManagerState& state, const Context& context) {
  auto& storage = state.seams.storage;
  auto lock = storage.lock(context.provider, context.deadline.remaining(), context.deadline.stop());
  if (!lock) return fail(std::move(lock.error()));
  auto before = storage.load(context.provider);
  if (!before) return fail(std::move(before.error()));
  const StoredLogin login{.config = config.clone(), .tokens = tokens.clone()};
  if (*before) {
    if (auto same = check_same_account(**before, login, context.provider); !same) return same;
  }
  auto stored = storage.store(context.provider, login, *before ? (*before)->generation : 0);
  if (!stored) return fail(std::move(stored.error()));
  auto& known = state.provider(context.provider);
  const std::lock_guard guard(known.mutex);
  known.unsaved.reset();
  known.not_before.reset();
  known.changes.fetch_add(1);
  return {};
}

std::string readable_scopes(const std::vector<std::string>& words) { return sanitise(join_scopes(words), 200); }

}  // namespace

Result<> check_store(ManagerState& state, const Context& context) {
  if (auto writable = state.seams.storage.probe(); !writable) return writable;
  if (auto readable = state.seams.storage.load(context.provider); !readable) return fail(std::move(readable.error()));
  return {};
}

Result<OAuthTokens> finish_login(TokenGrant grant, const OAuthConfig& config, const Metadata& metadata,
                                 const Secret* nonce, ManagerState& state, const Context& context) {
  if (auto identity = check_identity(grant, config, metadata, nonce, state, context); !identity) {
    return fail(std::move(identity.error()));
  }
  const auto oddities = std::move(grant.oddities);
  auto tokens = tokens_of(std::move(grant), context.now(), config.scopes);
  if (auto kept = keep(config, tokens, state, context); !kept) return fail(std::move(kept.error()));
  context.emit(Event::Kind::Stored, state.seams.storage.description());
  for (const auto& oddity : oddities) context.emit(Event::Kind::Warning, "token answer: " + oddity);
  if (const auto missing = missing_scopes(config.scopes, tokens.scopes); !missing.empty()) {
    context.emit(Event::Kind::Warning, "less was granted than asked for; missing: " + readable_scopes(missing));
  }
  return tokens;
}

}  // namespace mimir::oauth::internal
