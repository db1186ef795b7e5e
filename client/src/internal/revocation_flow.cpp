// Ending a login: RFC 7009, then the local copy goes whatever the server said.
#include <internal/client_registry.hpp>
#include <internal/form_post.hpp>
#include <internal/lifetime.hpp>
#include <internal/manager_state.hpp>
#include <internal/oauth_failure.hpp>
#include <internal/body.hpp>
#include <internal/sanitise.hpp>
#include <internal/storage_errors.hpp>

namespace mimir::oauth::internal {
namespace {

using Outcome = RevokeReport::Outcome;

void note(RevokeReport& report, const std::string& text) {
  if (!report.detail.empty()) report.detail += ' ';
  report.detail += text;
}

void note_failure(RevokeReport& report, const Error& error) {
  note(report, error.message);
  if (error.retry_after) note(report, "It asked to wait " + std::to_string(error.retry_after->count()) + " seconds.");
}

Error failure_of(const HttpResponse& response, const AnswerSource& source) {
  if (const auto body = parse_json_body(response, 64 * 1024); body && body->is_object()) {
    if (auto error = stated_error(response, *body, source)) return *std::move(error);
  }
  return unstated_failure(response, source);
}

/// One token. @returns false when the server was not reached: the next one would only take as long again.
bool revoke(const Secret& token, std::string_view hint, const OAuthConfig& config, const Metadata& metadata,
            ClientAuthentication method, const Context& context, Outcome& outcome, RevokeReport& report) {
  SecretForm form;
  form.add("token", token.expose()).add("token_type_hint", hint);
  auto exchange = post_form(metadata.endpoints.revocation, form, method, config, context, Repeat::Refused);
  outcome = Outcome::Failed;
  if (!exchange.response) {
    note_failure(report, exchange.response.error());
    return false;
  }
  if (exchange.response->status == 200) {  // RFC 7009 §2.2: also for a token that it does not know; the body is ignored
    outcome = Outcome::Revoked;
    return true;
  }
  const auto error = failure_of(*exchange.response, {.step = Step::Revocation,
                                                     .provider = sanitise(context.provider, 64),
                                                     .url = metadata.endpoints.revocation,
                                                     .now = context.now(),
                                                     .dialect = &config.dialect});
  if (error.code == "invalid_token") {
    // RFC 7009 §2.2 wants 200 for a dead token; providers whose revocation takes the whole grant along answer the second
    // of its tokens like this. Dead is what was asked for.
    outcome = Outcome::Revoked;
    return true;
  }
  if (error.code == "unsupported_token_type") {  // RFC 7009 §2.2.1: the other one of the login may well be revoked
    outcome = Outcome::NotOffered;
    const std::string kind = hint == "refresh_token" ? "refresh token" : "access token";
    note(report, "The provider does not revoke tokens of this kind: the " + kind + " stays valid there until it expires.");
    return true;
  }
  note_failure(report, error);
  return true;
}

void revoke_tokens(const OAuthConfig& config, const OAuthTokens& tokens, ManagerState& state, const Context& context,
                   RevokeReport& report) {
  const bool has_refresh = tokens.refresh_token && !tokens.refresh_token->empty();
  const auto all = [&](Outcome outcome) {
    if (has_refresh) report.refresh_token = outcome;
    report.access_token = outcome;
  };
  const auto metadata = state.discovery.find(config, {.revocation = true}, context);
  // Configured by hand, without metadata and without an endpoint for this: there is none.
  const bool is_known_not_to = !metadata && metadata.error().code == "metadata.absent" && !config.endpoints.token.empty();
  if (!metadata && !is_known_not_to) {
    all(Outcome::Failed);
    return note_failure(report, metadata.error());
  }
  if (is_known_not_to || metadata->endpoints.revocation.empty()) {
    all(Outcome::NotOffered);
    return note(report, "The provider offers no revocation; the tokens stay valid there until they expire.");
  }
  const auto method = choose_client_authentication(config, *metadata);
  if (!method) {
    all(Outcome::Failed);
    return note_failure(report, method.error());
  }
  // The refresh token first: it is the one that lives long (RFC 7009 §2.1).
  if (has_refresh && !revoke(*tokens.refresh_token, "refresh_token", config, *metadata, *method, context,
                             report.refresh_token, report)) {
    report.access_token = Outcome::Failed;
    return;
  }
  revoke(tokens.access_token, "access_token", config, *metadata, *method, context, report.access_token, report);
}

/// An ID Token without a subject is `id_token.sub` too, but nobody's.
bool tells_of_another(const Error& why) {
  const bool is_other_subject = why.code == "id_token.sub" && why.category == Category::AttackSuspected;
  return is_other_subject || why.code == "account.mismatch" || why.code == "account.unexpected" || why.code == "id_token.claim_required";
}

}  // namespace

void revoke_unkept(const OAuthConfig& config, const OAuthTokens& tokens, const std::string& which, ManagerState& state,
                   const Context& context) {
  RevokeReport report;
  revoke_tokens(config, tokens, state, context, report);
  const auto lives = [](Outcome outcome) { return outcome == Outcome::Failed || outcome == Outcome::NotOffered; };
  if (lives(report.refresh_token) || lives(report.access_token)) {
    context.emit(Event::Kind::Warning, which + ", which are not kept, may still be live: " + report.detail);
  }
}

void revoke_if_anothers(const Error& why, const OAuthConfig& config, const OAuthTokens& refused, ManagerState& state,
                        const Context& context) {
  if (tells_of_another(why)) revoke_unkept(config, refused, "the tokens of the other account", state, context);
}

Result<RevokeReport> run_revocation(ManagerState& state, const Context& context) {
  auto& storage = state.seams.storage;
  const auto lock = storage.lock(context.provider, context.deadline.at_most(kLockTimeout), context.deadline.stop());
  if (!lock) return fail(lock.error());
  RevokeReport report;
  auto login = storage.load(context.provider);
  if (!login) {
    note(report, "The stored login could not be read, so nothing was revoked: " + login.error().message);
  } else if (!*login) {
    return report;
  } else if (holds_login((*login)->tokens)) {
    use_current_credential((*login)->config, storage);
    revoke_tokens((*login)->config, (*login)->tokens, state, context, report);
  }
  if (auto erased = storage.erase(context.provider); !erased) return fail(std::move(erased.error()));
  report.deleted = true;
  auto& known = state.provider(context.provider);
  const std::lock_guard guard(known.mutex);
  known.unsaved.reset();
  known.not_before.reset();
  known.changes.fetch_add(1);
  return report;
}

}  // namespace mimir::oauth::internal
