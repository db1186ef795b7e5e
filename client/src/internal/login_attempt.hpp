#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include <internal/authorization_request.hpp>
#include <internal/authorization_response.hpp>
#include <internal/form_post.hpp>
#include <internal/login_client.hpp>

namespace mimir::oauth::internal {

/// What a code is redeemed with (RFC 7636 §4.5). All but the right one is for finding out whether a server looks.
enum class Verifier { Right, Wrong, Missing };

/// One attempt to log in with a browser, from listening to the code exchange (RFC 8252, RFC 7636, RFC 9207). The page in the
/// user's browser says "success" only after succeeded(); every other way out says "failure". What it was begun with must
/// outlive it.
class LoginAttempt {
 public:
  /// Draws what is drawn anew for each attempt, and listens, so that the redirect URI is known.
  static Result<std::unique_ptr<LoginAttempt>> begin(ManagerState& state, const LoginClient& client, const Context& context);
  LoginAttempt(const LoginAttempt&) = delete;
  LoginAttempt& operator=(const LoginAttempt&) = delete;
  ~LoginAttempt();

  /// Where the user's browser is to go; pushes the request first where it must (RFC 9126).
  Result<std::string> prepare_visit();
  /// Tells the URL and opens the browser.
  void send_off(const std::string& url);
  /// @param race  ends the wait when another way has won.
  Result<CallbackResult> await_response(const std::string& url, std::stop_token race);
  /// Judges what came back.
  Result<ValidatedCode> accept(CallbackResult response);
  Result<TokenGrant> exchange(ValidatedCode code, Verifier verifier = Verifier::Right);

  /// After a failed exchange: the next attempt looks again, since endpoints may have moved.
  void forget_endpoints();
  void succeeded() { outcome_ = PageOutcome::Success; }

  [[nodiscard]] const LoginClient& client() const { return client_; }
  [[nodiscard]] const ClientAuthentication& method() const { return method_; }
  [[nodiscard]] const LoginSecrets& secrets() const { return secrets_; }
  [[nodiscard]] const DpopBinding* dpop() const { return dpop_ ? &*dpop_ : nullptr; }

 private:
  LoginAttempt(ManagerState& state, const LoginClient& client, const Context& context, ClientAuthentication method,
               LoginSecrets secrets, std::optional<DpopKey> key);

  ManagerState& state_;
  const LoginClient& client_;
  const Context& context_;
  ClientAuthentication method_;
  LoginSecrets secrets_;
  std::optional<DpopKey> key_;
  std::optional<DpopBinding> dpop_;
  std::unique_ptr<CallbackReceiver> receiver_;
  std::string redirect_uri_;
  TimePoint begun_ = {};
  PageOutcome outcome_ = PageOutcome::Failure;
};

}  // namespace mimir::oauth::internal
