// Whether an authorization server holds a code to its challenge (RFC 7636 §4.6): by codes it should refuse (CH-AZ-04).
#include <internal/lifetime.hpp>
#include <internal/login_attempt.hpp>

namespace mimir::oauth::internal {
namespace {

/// RFC 7636 §4.6; some call a missing verifier a request that lacks a parameter.
bool is_refusal(const Error& error) { return error.code == "invalid_grant" || error.code == "invalid_request"; }

Result<bool> refuses(Verifier verifier, ManagerState& state, const LoginClient& client, const Context& context) {
  const auto attempt = LoginAttempt::begin(state, client, context);
  if (!attempt) return fail(attempt.error());
  const auto url = (*attempt)->prepare_visit();
  if (!url) return fail(url.error());
  (*attempt)->send_off(*url);
  auto response = (*attempt)->await_response(*url, context.deadline.stop());
  if (!response) return fail(std::move(response.error()));
  auto code = (*attempt)->accept(*std::move(response));
  if (!code) return fail(std::move(code.error()));
  auto grant = (*attempt)->exchange(*std::move(code), verifier);
  if (grant) {
    const auto tokens = tokens_of(*std::move(grant), context.now(), client.config.scopes);
    revoke_unkept(client.config, tokens, "the tokens that came without the right verifier", state, context);
    return false;
  }
  if (!is_refusal(grant.error())) return fail(std::move(grant.error()));
  return true;
}

}  // namespace

Result<PkceProof> run_pkce_proof(ManagerState& state, const Context& context) {
  const auto configured = state.config(context.provider);
  if (!configured) return fail(configured.error());
  const OAuthConfig& config = **configured;
  if (auto may = check_login(state, config, context); !may) return fail(std::move(may.error()));
  PkceProof proof;
  const auto prove = [&](const LoginClient& client) -> Result<OAuthTokens> {
    const auto missing = refuses(Verifier::Missing, state, client, context);
    if (!missing) return fail(missing.error());
    const auto wrong = refuses(Verifier::Wrong, state, client, context);
    if (!wrong) return fail(wrong.error());
    proof = {.refuses_missing = *missing, .refuses_wrong = *wrong};
    return OAuthTokens();
  };
  const auto done = log_in_as_client(state, config, {.authorization = true, .token = true}, context, prove);
  if (!done) return fail(done.error());
  return proof;
}

}  // namespace mimir::oauth::internal
