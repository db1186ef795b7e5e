#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "models/turn.hpp"
#include "protocol/bearer.hpp"
#include "protocol/call.hpp"
#include "protocol/endpoint.hpp"

namespace mockoauth::server {

/// A refusal in the words of a vendor.
struct ModelError {
  int status = 500;
  std::string type = {};     ///< `authentication_error`, `UNAUTHENTICATED`: what the vendor sorts errors by.
  std::string code = {};     ///< More exactly, where the vendor has two; empty: null.
  std::string message = {};
  std::string request_id = {};
  Condition condition = Condition::ServerError;
};

/// How a vendor words a condition; what is empty is taken from the table of conditions.
struct ModelErrorWords {
  Condition condition;
  int status;
  std::string_view type;
  std::string_view code = {};
  std::string_view message = {};
};

/// What a rate-limit header tells.
enum class ModelLimit { Requests, InputTokens, OutputTokens, Tokens };
enum class ModelLimitValue { Limit, Remaining, ResetAsTime, ResetAsDuration };
struct ModelLimitHeader {
  std::string_view name;
  ModelLimit of;
  ModelLimitValue value;
};

/// What a vendor's APIs have in common. Made once, then read from any thread.
struct ModelApi {
  std::string_view name;              ///< Value of the knob `models.apis`.
  std::vector<std::string> ways;      ///< To present a credential, as the knob `api.auth` names them.
  std::string_view key_prefix;        ///< Of API keys, where the profile has none (knob `api.credential_prefix`).
  std::string_view request_id_header = {};
  std::string_view request_id_prefix = {};
  std::vector<ModelLimitHeader> limit_headers = {};
  std::vector<ModelErrorWords> errors = {};
  std::string (*type_of_status)(int status) = nullptr;  ///< For conditions without words.
  mimir::codec::Json (*error_body)(const ModelError&) = nullptr;
};

/// Whether the profile serves the APIs of that name (knob `models.apis`).
[[nodiscard]] bool serves_model_api(const Profile& profile, std::string_view name);

/// Judges the credential as a protected resource does (RFC 6750 §2.1), for the scopes of the knob `models.scopes`; then
/// the headers that a token needs there (knob `api.headers`, those named `ours` are the API's own affair).
[[nodiscard]] Checked<BearerAccess> let_in(Call& call, const ModelApi& api, std::string_view ours = {});

/// Refuses a model that the knob `models.names` does not have, and requests beyond the knob `models.limits`; else counts.
[[nodiscard]] Checked<void> admit_request(Call& call, const ModelRequest& request);

/// Headers that every answer of the API carries: id, limits, knob `models.headers`.
void add_model_headers(Call& call, const ModelApi& api, HttpResponse& response, std::int64_t output_tokens = 0);

/// The refusal in the vendor's words, noted in the exchange.
[[nodiscard]] ModelError model_error(Call& call, const ModelApi& api, const Refusal& refusal);

/// The same as an answer: in the profile's words where it has its own (knob `errors.map`).
HttpResponse write_model_error(Call& call, const ModelApi& api, const Refusal& refusal);

[[nodiscard]] HttpResponse model_answer(Call& call, const ModelApi& api, const mimir::codec::Json& body,
                                        const ModelTurn* turn = nullptr);

/// The models that a list shows: of the knob `models.names`, else these.
[[nodiscard]] std::vector<std::string> model_names(const Call& call, std::initializer_list<const char*> usual);
[[nodiscard]] tl::unexpected<Refusal> unknown_model(std::string_view name);

/// An endpoint of a model API: at the origin of the API role, with a body that is a document.
[[nodiscard]] Endpoint model_endpoint(std::string name, std::string path, std::string method, Outcome (*handle)(Call&),
                                      HttpResponse (*refuse)(Call&, const Refusal&), bool (*served)(const Profile&));

}  // namespace mockoauth::server
