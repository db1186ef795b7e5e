#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <mimir/oauth/callback_server.hpp>
#include <mimir/oauth/error.hpp>

namespace mimir::oauth {

/// The judgement of a callback listener without its sockets: which request ends a login, and what each one is answered.
///
/// For receivers that get their requests elsewhere: from sockets of their own, from memory, from a pasted URL. It
/// accepts exactly one request, never reflects a byte of any, and cannot be ended by a request without the login's
/// state (RFC 6749 §10.12, RFC 8252 §8.3). Not thread-safe; never blocks; memory is bounded by one request.
class CallbackSession {
 public:
  /// What one request is answered.
  struct Answer {
    bool accepted = false;  ///< This request ended the login: result() has the outcome now.
    bool pending = false;   ///< The answer is page(outcome), once the outcome is known; `bytes` is empty.
    std::string bytes;      ///< A whole HTTP response, after which the connection is to be closed.
  };

  static constexpr std::size_t kMaxRequestBytes = 32 * 1024;  ///< Of the head; more is answered 431.

  /// @param redirect_uri  with its real port, as it was sent in the authorization request.
  CallbackSession(const CallbackOptions& options, const std::string& redirect_uri);
  CallbackSession(CallbackSession&&) noexcept;
  CallbackSession& operator=(CallbackSession&&) noexcept;
  ~CallbackSession();

  /// Judges one complete request head, from the request line to the empty line; what follows is not read.
  Answer receive(std::string_view request_bytes);
  /// The answer to the accepted request and to identical repeats of it. Constant text.
  static std::string page(PageOutcome outcome);
  /// What the accepted request said, once; nothing before that and nothing afterwards. `callback.ambiguous`
  /// (AttackSuspected) when a parameter came twice or code and error came together (RFC 6749 §3.1), `callback.incomplete`
  /// (ProviderBroken) when there was neither (§4.1.2).
  std::optional<Result<CallbackResult>> result();
  /// Requests so far that claimed to be the callback without belonging to this login.
  [[nodiscard]] std::size_t refused_requests() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mimir::oauth
