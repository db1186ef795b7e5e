#include "protocol/pipeline.hpp"

#include <algorithm>

#include "protocol/alter_delivery.hpp"
#include "protocol/answers.hpp"
#include "protocol/call.hpp"
#include "protocol/client_auth.hpp"
#include "protocol/edge.hpp"
#include "protocol/error_writer.hpp"
#include "protocol/registries.hpp"
#include "protocol/request_shape.hpp"
#include "protocol/strike.hpp"
#include "protocol/text.hpp"

namespace mockoauth::server {
namespace {

using mimir::codec::Json;
using mimir::codec::Parameters;

// What the journal keeps of one text: enough to explain, too little to fill the memory.
constexpr std::size_t kKeptBytes = 64 * 1024;

// @param of_document without the members that are a document's content.
Parameters from_json(const Json::Object& members, bool of_document) {
  Parameters parameters;
  for (const auto& [name, value] : members) {
    if (of_document && (value.is_object() || value.is_array())) continue;
    const auto* text = value.as_string();
    parameters.add(name, text != nullptr ? *text : value.is_null() ? std::string() : value.dump());
  }
  return parameters;
}

void note_unreadable(Call& call, std::string detail) {
  if (!call.unreadable) call.unreadable = Refusal{Condition::ParamInvalid, std::move(detail), {}, {}};
}

void read_body(Call& call) {
  if (call.request.body.empty()) return;
  const bool is_document = call.endpoint != nullptr && call.endpoint->reads_document;
  if (!is_document && call.request.body.size() > mimir::codec::FormLimits().max_bytes) {
    call.unreadable = Refusal{Condition::TooLarge, "the body has more than 64 KiB", {}, {}};
    return;
  }
  if (is_document && call.request.body.size() > mimir::codec::JsonLimits().max_bytes) {
    call.unreadable = Refusal{Condition::TooLarge, "the body has more than 1 MiB", {}, {}};
    return;
  }
  const auto header = call.request.header("Content-Type").value_or("");
  const auto type = trim(std::string_view(header).substr(0, header.find(';')));
  if (equal_ignoring_case(type, "application/x-www-form-urlencoded")) {
    call.body_format = BodyFormat::Form;
    auto form = Parameters::parse(call.request.body);
    if (form) {
      call.form = std::move(*form);
    } else {
      note_unreadable(call, "the body is not a form: " + form.error().message);
    }
  } else if (equal_ignoring_case(type, "application/json")) {
    call.body_format = BodyFormat::Json;
    const auto json = Json::parse(call.request.body);
    if (json && json->is_object()) {
      call.form = from_json(*json->as_object(), is_document);
    } else {
      note_unreadable(call, json ? "the body is not a JSON object" : "the body is not JSON: " + json.error().message);
    }
  } else {
    call.body_format = BodyFormat::Other;
  }
}

void rename(Call& call) {
  const auto& names = call.profile().knob("client.names");
  rename_parameters(call.query, names);
  rename_parameters(call.form, names);
}

void read_request(Call& call) {
  auto query = Parameters::parse(call.request.query());
  if (query) {
    call.query = std::move(*query);
  } else {
    note_unreadable(call, "the query cannot be read: " + query.error().message);
  }
  read_body(call);
  rename(call);
  call.exchange.parameters = call.query;
  for (const auto& [name, value] : call.form.pairs()) call.exchange.parameters.add(name, value);
  call.exchange.endpoint = call.endpoint == nullptr ? std::string() : call.endpoint->name;
  call.exchange.grant_type = call.form.first("grant_type").value_or("");
  call.exchange.client_id = claimed_client_id(call);
}

HttpResponse not_found(Call& call) {
  call.exchange.error = "not_found";
  call.exchange.reason = "no endpoint has the path " + call.request.path().substr(0, 200);
  return json_answer(404, Json::object({{"error", "not_found"},
                                        {"error_description", Json(description_text(call.exchange.reason))}}));
}

HttpResponse wrong_method(Call& call, const std::vector<std::string>& methods) {
  call.exchange.error = "invalid_request";
  call.exchange.reason = "the method " + call.request.method.substr(0, 20) + " is not for this endpoint, only " +
      join(methods, ", ");
  call.exchange.clause = "RFC 9110 §15.5.6";
  auto response = json_answer(405, Json::object({{"error", "invalid_request"},
                                                 {"error_description", Json(description_text(call.exchange.reason))}}));
  response.set_header("Allow", join(methods, ", "));
  return response;
}

HttpResponse put(Call& call, const Refusal& refusal) {
  return call.endpoint->refuse != nullptr ? call.endpoint->refuse(call, refusal) : write_error(call, refusal);
}

// A cookie replaces one of its own name only (RFC 6265 §4.1.1), any other header one of its name.
void put_header(HttpResponse& response, const std::string& name, const std::string& value) {
  if (name != "Set-Cookie") return response.set_header(name, value);
  const auto cookie = value.substr(0, value.find('=') + 1);
  std::erase_if(response.headers, [&](const auto& header) { return header.first == name && header.second.starts_with(cookie); });
  response.headers.emplace_back(name, value);
}

/// @returns whether the endpoint granted what was asked, so that something may have been committed.
bool run_endpoint(Call& call) {
  if (call.endpoint == nullptr) {
    call.answer = not_found(call);
    return false;
  }
  if (auto passed = pass_edge(call); !passed) {
    call.answer = write_error(call, passed.error());
    return false;
  }
  const auto methods = methods_of(*call.endpoint, call.profile());
  if (!contains(methods, call.request.method)) {
    const auto here = call.realm.routes.methods_at(call.request.origin, call.request.path());
    call.answer = wrong_method(call, here.empty() ? methods : here);
    return false;
  }
  Outcome outcome = call.unreadable ? Outcome(tl::unexpect, *call.unreadable) : call.endpoint->handle(call);
  call.answer = outcome ? std::move(*outcome) : put(call, outcome.error());
  for (const auto& [name, value] : call.answer_headers) put_header(*call.answer, name, value);
  add_limit_headers(call, *call.answer);
  return outcome.has_value();
}

void cut(std::string& text) {
  if (text.size() > kKeptBytes) text = text.substr(0, kKeptBytes);  // Not resize: that would keep the memory.
}

/// @returns the answer.
HttpResponse enter_in_journal(Call& call, HttpRequest request) {
  auto& exchange = call.exchange;
  exchange.virtual_time = call.now;
  exchange.real_time = call.realm.real_clock.now();
  exchange.request = std::move(request);
  cut(exchange.request.target);
  cut(exchange.request.body);
  cut(exchange.request.raw);
  exchange.response = std::move(*call.answer);
  std::string whole;
  if (exchange.response.body.size() > kKeptBytes) {
    whole = std::move(exchange.response.body);
    exchange.response.body = whole.substr(0, kKeptBytes);
  }
  call.realm.journal.add(exchange);
  if (!whole.empty()) exchange.response.body = std::move(whole);
  return std::move(exchange.response);
}

// After the journal, so that calls which were let go in an order stand there in that order.
struct LatchLeaver {
  Call& call;
  ~LatchLeaver() {
    if (!call.held.empty()) call.leave_latches();
  }
};

void answer_call(Call& call) {
  if (call.realm.life.is_down(call.now)) strike(call, Phase::WhileDown);
  if (call.realm.life.is_down(call.now)) return lose_answer(call, "down");
  strike(call, Phase::BeforeValidation);
  const bool granted = !call.answer && run_endpoint(call);
  if (granted) strike(call, Phase::AfterCommit);
  strike(call, Phase::BeforeSend);
  if (const auto late = call.realm.life.lateness(call.now); late.count() > 0) delay_answer(call, late);
}

}  // namespace

HttpResponse run_pipeline(RealmState& realm, HttpRequest request) {
  Call call{.realm = realm, .request = request, .now = realm.clock.now()};
  const LatchLeaver leaver{call};
  call.endpoint = realm.routes.find(request);
  read_request(call);

  answer_call(call);

  // The realm's own time, so that a client sees the skew that a script makes.
  if (call.delivery) call.answer->delivery = std::make_shared<const Delivery>(std::move(*call.delivery));
  if (!call.answer->header("Date")) call.answer->set_header("Date", mimir::codec::format_http_date(call.told_now()));
  return enter_in_journal(call, std::move(request));
}

}  // namespace mockoauth::server
