#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mimir/codec/form.hpp>

#include "protocol/realm_state.hpp"
#include "protocol/refusal.hpp"
#include <mockoauth/server/delivery.hpp>
#include <mockoauth/server/http.hpp>
#include <mockoauth/server/journal.hpp>

namespace mockoauth::server {

struct Endpoint;
struct SigningJwt;

enum class BodyFormat { None, Form, Json, Other };

/// How an authorization response gets to the client.
struct ResponseMode {
  std::string form = "query";  ///< `query`, `fragment`, `form_post`, or `page` (for copying).
  bool is_jwt = false;         ///< Signed, as JARM has it.
};

/// A redirection URI that was found to belong to the client: from here on errors may go there (RFC 6749 §4.1.2.1).
struct TrustedRedirect {
  std::string uri;
  std::optional<std::string> state;
  ResponseMode mode = {};
  std::string client_id = {};
  bool is_silent = false;  ///< The request has prompt=none: nobody is to see a page.
  /// What a rule of `authorize.rules` says of copying by hand, in place of the knob `authorize.manual_code`.
  std::optional<std::string> manual_code = {};
  bool was_sent = true;  ///< Not only registered.
};

/// One request on its way through the pipeline: what arrived, what was found out, what faults have changed.
/// Lives on one thread.
struct Call {
  RealmState& realm;
  const HttpRequest& request;
  TimePoint now;  ///< Virtual time, read once so that one request happens at one moment.
  const Endpoint* endpoint = nullptr;

  mimir::codec::Parameters query = {};
  mimir::codec::Parameters form = {};  ///< Of the body, be it a form or a JSON object.
  BodyFormat body_format = BodyFormat::None;
  std::optional<Refusal> unreadable = {};  ///< Query or body could not be decoded.

  std::optional<TrustedRedirect> redirect = {};
  Binding binding = {};  ///< What the sender has proven to hold; tokens issued now are bound to it.
  Headers answer_headers = {};  ///< Go out with whatever is answered: `Set-Cookie`, `DPoP-Nonce`.
  /// Set by a fault before validation: sent instead of what the endpoint would say. Set by the pipeline afterwards.
  std::optional<HttpResponse> answer = {};
  std::optional<Delivery> delivery = {};  ///< How it is to go out, whatever answer it will be; nothing: as ever.
  std::optional<PersonAnswer> person = {};  ///< Set by a fault: what the person does about this login.
  std::chrono::seconds skew{0};  ///< How far the server's word about the time is off, in this call only.
  std::vector<Condition> waived = {};  ///< Conditions that a fault told the server not to look at.

  SigningJwt* signing = nullptr;                    ///< At Phase::BeforeSigning: the JWT that is being made.
  mimir::codec::Parameters* going_back = nullptr;   ///< At Phase::BeforeRedirect: what the client is told.

  Exchange exchange = {};
  RuleTrace rules = {};
  /// Latches that this call was held at; the last one may let the next call go once this one is answered.
  std::vector<std::pair<std::string, std::uint64_t>> held = {};

  [[nodiscard]] const Profile& profile() const { return realm.profile(); }
  [[nodiscard]] bool waives(Condition condition) const;
  /// What the server says that the time is: in Date, Retry-After and claims. What it judges by is `now`.
  [[nodiscard]] TimePoint told_now() const;
  void leave_latches();
  void issued(std::string_view kind, const std::string& name);    ///< Lineage for the journal.
  void consumed(std::string_view kind, const std::string& name);  ///< Lineage for the journal.
};

/// A parameter that is there once and not empty: an empty one counts as left out (RFC 6749 §3.1, §3.2).
[[nodiscard]] std::optional<std::string> value_of(const mimir::codec::Parameters& parameters, std::string_view name);

/// The same, or the refusal `param_missing` that names it.
[[nodiscard]] Checked<std::string> required(const mimir::codec::Parameters& parameters, std::string_view name,
                                            std::string clause = {});

/// Refuses repeated parameters (RFC 6749 §3.1, §3.2); `resource` and `audience` may repeat (RFC 8707 §2, RFC 8693
/// §2.1).
[[nodiscard]] Checked<void> refuse_repeated(const mimir::codec::Parameters& parameters);

}  // namespace mockoauth::server
