#include <internal/login_finish.hpp>

#include <internal/authorization_request.hpp>
#include <internal/expected_account.hpp>
#include <internal/id_token.hpp>
#include <internal/lifetime.hpp>
#include <internal/required_claims.hpp>
#include <internal/same_account.hpp>
#include <internal/sanitise.hpp>

namespace mimir::oauth::internal {
namespace {

Result<> check_identity(TokenGrant& grant, const OAuthConfig& config, const Metadata& metadata, const AskedIdentity& asked,
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
                            .asked = asked,
                            .access_token = &grant.access_token,
                            .now = state.clocks.time_there(metadata.endpoints.token, context.now()),
                            .wrong_clock = state.clocks.complaint(metadata.endpoints.token, context.now())},
                           metadata, state.keys, context)
      .and_then([&] { return check_required_claims(*grant.id_token, config); })
      .and_then([&] { return check_expected_account(*grant.id_token, config.account); });
}

Result<> keep(const OAuthConfig& config, const OAuthTokens& tokens, ManagerState& state, const Context& context) {
  auto& storage = state.seams.storage;
  auto lock = storage.lock(context.provider, context.deadline.remaining(), context.deadline.stop());
  if (!lock) return fail(std::move(lock.error()));
  auto before = storage.load(context.provider);
  if (!before) return fail(std::move(before.error()));
  StoredLogin login{.config = config.clone(), .tokens = tokens.clone()};
  if (*before) {
    if (auto same = check_same_account(**before, login, context.provider); !same) return same;
  }
  login.generation = *before ? (*before)->generation : 0;
  auto stored = storage.store(context.provider, login, login.generation);
  auto& known = state.provider(context.provider);
  const std::lock_guard guard(known.mutex);
  if (!stored) {  // CH-ST-05: the provider has granted it, so it is not thrown away while this process lives
    known.unsaved = std::move(login);
    stored.error().message = "You are logged in, but the login is not saved. " + stored.error().message;
    return fail(std::move(stored.error()));
  }
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
                                 const AskedIdentity& asked, ManagerState& state, const Context& context) {
  const auto identity = check_identity(grant, config, metadata, asked, state, context);
  const auto oddities = std::move(grant.oddities);
  auto tokens = tokens_of(std::move(grant), context.now(), config.scopes);
  if (auto kept = identity.and_then([&] { return keep(config, tokens, state, context); }); !kept) {
    revoke_if_anothers(kept.error(), config, tokens, state, context);
    return fail(std::move(kept.error()));
  }
  context.emit(Event::Kind::Stored, state.seams.storage.description());
  for (const auto& oddity : oddities) context.emit(Event::Kind::Warning, "token answer: " + oddity);
  if (const auto missing = missing_scopes(config.scopes, tokens.scopes); !missing.empty()) {
    context.emit(Event::Kind::Warning, "less was granted than asked for; missing: " + readable_scopes(missing));
  }
  return tokens;
}

}  // namespace mimir::oauth::internal
