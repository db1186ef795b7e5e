#include "models/api.hpp"

#include <algorithm>
#include <limits>

#include "protocol/answers.hpp"
#include "protocol/error_writer.hpp"
#include "protocol/resource_challenge.hpp"
#include "protocol/text.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;

// What headers show where nothing is limited.
constexpr std::int64_t kRequests = 4000;
constexpr std::int64_t kTokens = 2'000'000;

std::int64_t model_limit_of(const Call& call, ModelLimit limit) {
  const Json& limits = call.profile().knob("models.limits");
  const auto tokens = [&](const char* name) { return limits.int_at(name).value_or(kTokens); };
  switch (limit) {
    case ModelLimit::Requests: return limits.int_at("requests").value_or(kRequests);
    case ModelLimit::InputTokens: return tokens("input_tokens");
    case ModelLimit::OutputTokens: return tokens("output_tokens");
    case ModelLimit::Tokens: return tokens("input_tokens") + tokens("output_tokens");
  }
  return 0;
}

std::int64_t model_used_of(const ModelUsage::State& state, ModelLimit limit) {
  switch (limit) {
    case ModelLimit::Requests: return state.requests;
    case ModelLimit::InputTokens: return state.input_tokens;
    case ModelLimit::OutputTokens: return state.output_tokens;
    case ModelLimit::Tokens: return state.input_tokens + state.output_tokens;
  }
  return 0;
}

std::string value_of_header(const Call& call, const ModelLimitHeader& header, const ModelUsage::State& state) {
  const auto limit = model_limit_of(call, header.of);
  const auto wait = std::chrono::ceil<std::chrono::seconds>(state.reset - call.now).count();
  switch (header.value) {
    case ModelLimitValue::Limit: return std::to_string(limit);
    case ModelLimitValue::Remaining: return std::to_string(std::max<std::int64_t>(limit - model_used_of(state, header.of), 0));
    case ModelLimitValue::ResetAsTime: return mimir::codec::format_iso8601(state.reset);
    case ModelLimitValue::ResetAsDuration:
      return wait < 60 ? std::to_string(wait) + "s" : std::to_string(wait / 60) + "m" + std::to_string(wait % 60) + "s";
  }
  return {};
}

// A value, or one of those between commas.
bool lists_value(std::string_view header, std::string_view wanted) {
  while (true) {
    const auto comma = std::min(header.find(','), header.size());
    if (trim(header.substr(0, comma)) == wanted) return true;
    if (comma == header.size()) return false;
    header.remove_prefix(comma + 1);
  }
}

Checked<void> check_token_headers(const Call& call, std::string_view ours) {
  const auto* wanted = call.profile().knob("api.headers").as_object();
  if (wanted == nullptr) return {};
  for (const auto& [name, value] : *wanted) {
    if (equal_ignoring_case(name, ours)) continue;
    const auto sent = call.request.header(name).value_or("");
    const auto& text = *value.as_string();
    if (text == "*" ? !sent.empty() : lists_value(sent, text)) continue;
    return refuse(Condition::HeaderMissing, "the header " + name + (text == "*" ? " is needed" : " has to have " + text));
  }
  return {};
}

const ModelErrorWords* model_words_of(const ModelApi& api, Condition condition) {
  const auto found = std::find_if(api.errors.begin(), api.errors.end(), [&](const auto& words) { return words.condition == condition; });
  return found == api.errors.end() ? nullptr : &*found;
}

std::string new_request_id(Call& call, const ModelApi& api) { return model_id(call, api.request_id_prefix); }

}  // namespace

bool serves_model_api(const Profile& profile, std::string_view name) { return profile.lists("models.apis", name); }

Checked<BearerAccess> let_in(Call& call, const ModelApi& api, std::string_view ours) {
  AccessPolicy policy;
  policy.scopes = call.profile().list("models.scopes");
  policy.ways = api.ways;
  policy.key_prefix = api.key_prefix;
  auto access = check_bearer(call, policy);
  if (!access) return tl::unexpected(access.error());
  if (!access->by_key) {
    if (auto checked = check_token_headers(call, ours); !checked) return tl::unexpected(checked.error());
  }
  return access;
}

Checked<void> admit_request(Call& call, const ModelRequest& request) {
  const auto names = call.profile().list("models.names");
  if (!names.empty() && !contains(names, request.model)) return unknown_model(request.model);
  const auto state = call.realm.model_usage.add(call.now, 1, request.input_tokens, 0);
  const Json& limits = call.profile().knob("models.limits");
  for (const auto limit : {ModelLimit::Requests, ModelLimit::InputTokens, ModelLimit::OutputTokens}) {
    constexpr const char* kNames[] = {"requests", "input_tokens", "output_tokens"};
    const char* name = kNames[static_cast<std::size_t>(limit)];
    if (!limits.int_at(name) || model_used_of(state, limit) <= model_limit_of(call, limit)) continue;
    Refusal refusal{Condition::RateLimited, "more " + std::string(name) + " than " + std::to_string(model_limit_of(call, limit)) +
                                                " in a minute", "RFC 6585 §4"};
    refusal.wait = std::chrono::ceil<std::chrono::seconds>(state.reset - call.now);
    return tl::unexpected(std::move(refusal));
  }
  return {};
}

void add_model_headers(Call& call, const ModelApi& api, HttpResponse& response, std::int64_t output_tokens) {
  if (!api.request_id_header.empty() && !response.header(api.request_id_header)) {
    response.set_header(api.request_id_header, new_request_id(call, api));
  }
  const auto state = call.realm.model_usage.add(call.now, 0, 0, output_tokens);
  for (const auto& header : api.limit_headers) response.set_header(header.name, value_of_header(call, header, state));
  if (const auto* headers = call.profile().knob("models.headers").as_object()) {
    for (const auto& [name, value] : *headers) response.set_header(name, *value.as_string());
  }
}

ModelError model_error(Call& call, const ModelApi& api, const Refusal& refusal) {
  const auto& entry = entry_of(refusal.condition);
  const auto* words = model_words_of(api, refusal.condition);
  ModelError error{.status = words != nullptr ? words->status : entry.status, .condition = refusal.condition};
  error.type = words != nullptr && !words->type.empty() ? std::string(words->type) : api.type_of_status(error.status);
  if (words != nullptr) {
    error.code = words->code;
    error.message = words->message;
  }
  if (error.message.empty()) error.message = description_text(refusal.detail.empty() ? entry.description : std::string_view(refusal.detail));
  error.request_id = new_request_id(call, api);
  WireError wire;
  wire.status = error.status;
  wire.code = error.type;
  note(call, refusal, wire);
  return error;
}

HttpResponse write_model_error(Call& call, const ModelApi& api, const Refusal& refusal) {
  const auto wire = word(call.profile(), refusal);
  // An OAuth server's words for its own endpoints are not those of its API, unless it says so.
  const bool has_own = wire.entry != nullptr && (call.profile().text("kind") == "api_key" || wire.entry->find("shape") != nullptr);
  HttpResponse response;
  if (has_own) {
    response = write_error(call, refusal);
  } else {
    const auto error = model_error(call, api, refusal);
    response = json_answer(error.status, api.error_body(error));
    if (!api.request_id_header.empty()) response.set_header(api.request_id_header, error.request_id);
    if (refusal.wait && refusal.condition == Condition::RateLimited) response.set_header("Retry-After", std::to_string(refusal.wait->count()));
  }
  add_model_headers(call, api, response);
  // RFC 9110 §15.5.2, RFC 6750 §3.1
  if (response.status == 401 || refusal.condition == Condition::ScopeInsufficient) add_resource_challenge(call, refusal, response);
  return response;
}

HttpResponse model_answer(Call& call, const ModelApi& api, const Json& body, const ModelTurn* turn) {
  auto response = json_answer(200, body);
  add_model_headers(call, api, response, turn == nullptr ? 0 : turn->output_tokens);
  return response;
}

std::vector<std::string> model_names(const Call& call, std::initializer_list<const char*> usual) {
  auto names = call.profile().list("models.names");
  if (names.empty()) names.assign(usual.begin(), usual.end());
  return names;
}

tl::unexpected<Refusal> unknown_model(std::string_view name) {
  return refuse(Condition::ModelUnknown, "model: " + std::string(name.substr(0, 100)));
}

Endpoint model_endpoint(std::string name, std::string path, std::string method, Outcome (*handle)(Call&),
                        HttpResponse (*refuse)(Call&, const Refusal&), bool (*served)(const Profile&)) {
  Endpoint endpoint;
  endpoint.name = std::move(name);
  endpoint.origin_role = "api";
  endpoint.path = std::move(path);
  endpoint.methods = {std::move(method)};
  endpoint.handle = handle;
  endpoint.refuse = refuse;
  endpoint.served = served;
  endpoint.reads_document = true;
  return endpoint;
}

}  // namespace mockoauth::server
