// Refreshing a login: RFC 6749 §6, under the store's lock from reading the old record to writing the new one.
#include <algorithm>

#include <internal/authorization_request.hpp>
#include <internal/client_registry.hpp>
#include <internal/form_post.hpp>
#include <internal/id_token.hpp>
#include <internal/lifetime.hpp>
#include <internal/manager_state.hpp>
#include <internal/refresh_journal.hpp>
#include <internal/required_claims.hpp>
#include <internal/sanitise.hpp>
#include <internal/storage_errors.hpp>
#include <internal/token_response.hpp>

namespace mimir::oauth::internal {
namespace {

/// Saves what an earlier refresh or login could not save, if nobody wrote meanwhile.
Result<> save_leftover(ManagerState& state, ProviderState& known, const std::string& provider) {
  const std::lock_guard guard(known.mutex);
  if (!known.unsaved) return {};
  const auto stored = state.seams.storage.load(provider);
  if (!stored) return fail(stored.error());
  if (const auto generation = *stored ? (*stored)->generation : 0; known.unsaved->generation == generation) {
    if (auto saved = state.seams.storage.store(provider, *known.unsaved, generation); !saved) return fail(std::move(saved.error()));
    known.changes.fetch_add(1);
  }
  known.unsaved.reset();
  return {};
}

Result<> check_waiting_time(ProviderState& known, const std::string& provider, TimePoint now) {
  const std::lock_guard guard(known.mutex);
  if (!known.not_before || now >= *known.not_before) return {};
  const auto wait = std::chrono::ceil<std::chrono::seconds>(*known.not_before - now);
  return fail({.category = Category::TryLater,
               .code = "refresh.waiting",
               .message = sanitise(provider, 64) + " asked to be left alone for another " +
                          std::to_string(wait.count()) + " seconds.",
               .hint = "Try again after that; your login is kept.",
               .spec = "RFC 9110 §10.2.3",
               .retry_after = wait});
}

/// After invalid_grant: the dead tokens go, the configuration stays for the next login. Only the record whose refresh
/// token was refused is touched. @returns what somebody else stored meanwhile, past our lock, if that can be used.
std::optional<OAuthTokens> end_login(ManagerState& state, const StoredLogin& sent, const Context& context) {
  auto& storage = state.seams.storage;
  auto current = storage.load(context.provider);
  if (!current || !*current || !(*current)->tokens.refresh_token) return std::nullopt;
  auto& tokens = (*current)->tokens;
  if (!tokens.refresh_token->equals(*sent.tokens.refresh_token)) {
    if (is_fresh(tokens, context.now(), state.options.refresh_early)) return std::move(tokens);
    return std::nullopt;
  }
  const auto cleared = storage.store(context.provider, {.config = (*current)->config.clone()}, (*current)->generation);
  if (!cleared) (void)storage.erase(context.provider);  // a store that takes no such record must not keep dead tokens
  state.provider(context.provider).changes.fetch_add(1);
  return std::nullopt;
}

/// Expiry does not need a right clock, but ID Tokens and people do (CH-TM-03).
void tell_of_skew(const std::string& complaint, ProviderState& known, const Context& context) {
  if (complaint.empty()) return;
  {
    const std::lock_guard guard(known.mutex);
    if (std::exchange(known.told_of_skew, true)) return;
  }
  context.emit(Event::Kind::Warning, complaint);
}

/// What became of the refresh token that was sent, as far as it can be told.
struct Fate {
  bool unanswered = false;   ///< The server may have acted, and its answer is lost.
  bool maybe_spent = false;  ///< That, or it said yes in words that cannot be used, or failed on the way.
  bool failed_before = false;  ///< Of several attempts an earlier one failed so.
};

/// One request.
Result<TokenGrant> ask(const StoredLogin& login, const Metadata& metadata, ClientAuthentication method,
                       const DpopBinding* dpop, Patience patience, Fate& fate, const Context& context) {
  SecretForm form;
  form.add("grant_type", "refresh_token").add("refresh_token", login.tokens.refresh_token->expose());
  for (const auto& resource : login.config.resources) form.add("resource", resource);  // RFC 8707 §2.2
  if (login.config.dialect.redirect_uri_in_refresh) form.add("redirect_uri", login.config.redirect_uri);
  const auto repeat = patience == Patience::None ? Repeat::Never : Repeat::Refused;
  auto outcome = post_form(metadata.endpoints.token, form, method, login.config, context, repeat, dpop,
                           context.options.finish_refresh);
  fate.unanswered = !outcome.response && outcome.sent != Sent::No;
  fate.failed_before = outcome.acted_before;
  fate.maybe_spent = fate.unanswered || fate.failed_before ||
                     (outcome.response && (outcome.response->status == 200 || may_have_acted(outcome.response->status)));
  if (!outcome.response) return fail(std::move(outcome.response.error()));
  return validate_token_response(*outcome.response, {.step = Step::Refresh,
                                                     .provider = sanitise(context.provider, 64),
                                                     .url = metadata.endpoints.token,
                                                     .now = context.now(),
                                                     .bound = dpop != nullptr,
                                                     .dialect = &login.config.dialect});
}

/// Whether nothing was found out about it, as when the keys cannot be had.
bool is_no_verdict(const Error& error) {
  return error.category == Category::TryLater || error.category == Category::Cancelled;
}

/// OIDC Core §12.2: an ID Token that comes with a refresh must be this user's; none has to come. One that cannot be checked
/// now counts as none: the new refresh token that came along is the only copy there is.
Result<> check_identity(TokenGrant& grant, const StoredLogin& login, const Metadata& metadata, ManagerState& state,
                        const Context& context) {
  if (!asks_for_openid(login.config)) grant.id_token.reset();
  if (!grant.id_token) return {};
  IdTokenExpectation expected{.issuer = login.config.issuer,
                              .client_id = login.config.client_id,
                              .access_token = &grant.access_token,
                              .now = state.clocks.time_there(metadata.endpoints.token, context.now()),
                              .wrong_clock = state.clocks.complaint(metadata.endpoints.token, context.now())};
  if (login.tokens.id_token) expected.subject = subject_of_stored(*login.tokens.id_token);
  auto identity = validate_id_token(*grant.id_token, expected, metadata, state.keys, context)
                      .and_then([&] { return check_required_claims(*grant.id_token, login.config); });
  if (identity || !is_no_verdict(identity.error())) return identity;
  if (expected.subject && subject_of_stored(*grant.id_token) != expected.subject) return identity;
  grant.id_token.reset();
  context.emit(Event::Kind::Warning, "the ID Token of the renewal could not be checked and was not kept (" +
                                         identity.error().code + ")");
  return {};
}

/// Of a refused answer all but what stays in use here: a server that did not rotate may repeat our refresh token.
void revoke_refused(const Error& why, TokenGrant grant, const StoredLogin& login, ManagerState& state,
                    const Context& context) {
  auto tokens = tokens_of(std::move(grant), context.now(), login.tokens.scopes);
  if (tokens.refresh_token && tokens.refresh_token->equals(*login.tokens.refresh_token)) tokens.refresh_token.reset();
  revoke_if_anothers(why, login.config, tokens, state, context);
}

/// What the answer left out stays as it was (RFC 6749 §6).
OAuthTokens merged(TokenGrant grant, const OAuthTokens& old, TimePoint received) {
  auto tokens = tokens_of(std::move(grant), received, old.scopes);
  if (!tokens.refresh_token) tokens.refresh_token = old.refresh_token->clone();
  if (!tokens.id_token && old.id_token) tokens.id_token = old.id_token->clone();
  if (old.dpop_key) tokens.dpop_key = old.dpop_key->clone();  // RFC 9449 §5: the refresh token is bound to it too
  return tokens;
}

Error braked(const std::string& provider, std::chrono::seconds wait) {
  return {.category = Category::TryLater,
          .code = "refresh.too_often",
          .message = "The login of " + sanitise(provider, 64) + " was renewed or tried " +
                     std::to_string(RefreshJournal::kBrakeCount) + " times within " +
                     std::to_string(RefreshJournal::kBrakeWindow.count()) + " seconds; something is going in circles.",
          .hint = "Look for a program that keeps asking; the login is kept.",
          .retry_after = wait};
}

/// Sends the refresh token, noted beforehand: whoever finds the note knows that it may be spent (CH-RF-06). When the
/// answer is lost the same one is tried once more, for servers that allow a grace period; never a third time (CH-RF-09).
Result<TokenGrant> ask_with_journal(const StoredLogin& login, const Metadata& metadata, ClientAuthentication method,
                                    const DpopBinding* dpop, Patience patience, RefreshJournal journal,
                                    const Context& context) {
  auto& storage = context.seams.storage;
  if (journal.sent_generation != login.generation) journal.lost_answers = 0;
  const bool interrupted = journal.sent_generation == login.generation;
  journal.sent_generation = login.generation;
  while (true) {
    journal.note_attempt(context.now());
    if (auto noted = write_journal(storage, context.provider, journal); !noted) return fail(std::move(noted.error()));
    Fate fate;
    auto grant = ask(login, metadata, method, dpop, patience, fate, context);
    if (grant) return grant;  // the note becomes void with the generation that is stored next
    if (fate.unanswered && grant.error().category == Category::TryLater) {
      ++journal.lost_answers;
      if (journal.lost_answers == 1 && context.deadline.check()) continue;
      (void)write_journal(storage, context.provider, journal);
      grant.error().code = "refresh.outcome_unknown";
      grant.error().hint = "The provider may have renewed the login without the answer arriving. Try again; if it was "
                           "replaced there, you will be asked to log in.";
      return grant;
    }
    const bool was_lost = interrupted || journal.lost_answers > 0 || fate.failed_before;
    if (!fate.maybe_spent) {
      journal.sent_generation.reset();
      (void)write_journal(storage, context.provider, journal);
    }
    if (was_lost && grant.error().category == Category::LoginRequired) {
      grant.error().code = "refresh.interrupted";
      grant.error().message = "The last renewal of the login of " + sanitise(context.provider, 64) +
                              " was interrupted before its result could be kept, and the provider has ended the login.";
    }
    return grant;
  }
}

Result<OAuthTokens> after_failure(Error error, ManagerState& state, ProviderState& known, const StoredLogin& login,
                                  const Context& context) {
  if (error.category == Category::LoginRequired) {
    if (auto newer = end_login(state, login, context)) return *std::move(newer);
    return fail(std::move(error));
  }
  state.discovery.forget(login.config.issuer);  // endpoints may have moved
  if (error.code == "invalid_client" && login.config.registration && give_up_registration(login.config, context)) {
    // A new registration cannot use what was granted to the old one.
    return fail(login_required("registration.lost",
                               sanitise(context.provider, 64) + " does not know this program's registration any more.",
                               context.provider));
  }
  if (error.retry_after) {
    const std::lock_guard guard(known.mutex);
    known.not_before = context.now() + *error.retry_after;
  }
  return fail(std::move(error));
}

}  // namespace

Result<OAuthTokens> run_refresh(ManagerState& state, const Context& context, const RefreshWish& wish) {
  const auto& provider = context.provider;
  auto& storage = state.seams.storage;
  auto& known = state.provider(provider);

  const auto patience = wish.patience == Patience::None ? std::chrono::milliseconds(0) : context.deadline.at_most(kLockTimeout);
  const auto lock = storage.lock(provider, patience, context.deadline.stop());
  if (!lock) return fail(lock.error());
  if (auto saved = save_leftover(state, known, provider); !saved) return fail(std::move(saved.error()));
  // Only what is read under the lock counts: another process may have refreshed while we waited.
  auto login = state.usable_login(provider);
  if (!login) return fail(std::move(login.error()));
  use_current_credential(login->config, storage);
  if (wish.not_this && !login->tokens.access_token.equals(*wish.not_this) &&
      is_fresh(login->tokens, context.now(), state.options.refresh_early)) {
    return std::move(login->tokens);
  }
  if (!login->tokens.refresh_token) {
    // Renewed only because somebody wished so, it may be as good as before.
    const bool is_over = wish.not_this || (login->tokens.expires_at && *login->tokens.expires_at <= context.now());
    return fail(login_required("refresh.no_token",
                               "Your access to " + sanitise(provider, 64) +
                                   (is_over ? " has expired, and the provider gave nothing to renew it with."
                                            : " cannot be renewed: the provider gave nothing to renew it with."),
                               provider));
  }
  if (auto may = check_waiting_time(known, provider, context.now()); !may) return fail(std::move(may.error()));
  auto journal = read_journal(storage, provider);
  if (const auto wait = journal.brake(context.now())) return fail(braked(provider, *wait));
  // Before the old refresh token is spent: a rotated one that cannot be saved costs the login.
  if (auto writable = storage.probe(); !writable) return fail(std::move(writable.error()));
  const auto metadata =
      state.discovery.find(login->config, {.token = true, .jwks = asks_for_openid(login->config)}, context);
  if (!metadata) return fail(metadata.error());
  const auto method = choose_client_authentication(login->config, *metadata);
  if (!method) return fail(method.error());
  std::optional<DpopKey> key;
  std::optional<DpopBinding> bound;
  if (login->tokens.dpop_key) {
    auto loaded = DpopKey::load(*login->tokens.dpop_key);
    if (!loaded) return fail(std::move(loaded.error()));
    key.emplace(*std::move(loaded));
    bound.emplace(DpopBinding{*key, state.dpop_nonces, state.clocks});
  }
  if (auto alive = context.deadline.check(); !alive) return fail(std::move(alive.error()));

  context.emit(Event::Kind::Refreshing);
  auto grant = ask_with_journal(*login, *metadata, *method, bound ? &*bound : nullptr, wish.patience, std::move(journal),
                                context);
  tell_of_skew(state.clocks.complaint(metadata->endpoints.token, context.now()), known, context);
  if (!grant) return after_failure(std::move(grant.error()), state, known, *login, context);
  if (auto identity = check_identity(*grant, *login, *metadata, state, context); !identity) {
    revoke_refused(identity.error(), *std::move(grant), *login, state, context);
    return fail(std::move(identity.error()));
  }
  const auto oddities = std::move(grant->oddities);
  auto tokens = merged(*std::move(grant), login->tokens, context.now());
  StoredLogin renewed{.config = login->config.clone(), .tokens = tokens.clone(), .generation = login->generation};
  auto stored = storage.store(provider, renewed, login->generation);
  {
    const std::lock_guard guard(known.mutex);
    known.changes.fetch_add(1);
    known.not_before.reset();
    if (!stored) known.unsaved = std::move(renewed);
  }
  if (!stored) return fail(std::move(stored.error()));
  context.emit(Event::Kind::Refreshed);
  for (const auto& oddity : oddities) context.emit(Event::Kind::Warning, "token answer: " + oddity);
  if (const auto lost = missing_scopes(login->tokens.scopes, tokens.scopes); !lost.empty()) {
    context.emit(Event::Kind::Warning, "less is granted than before; missing: " + sanitise(join_scopes(lost), 200));
  }
  return tokens;
}

}  // namespace mimir::oauth::internal
