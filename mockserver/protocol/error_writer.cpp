#include "protocol/error_writer.hpp"

#include "protocol/answers.hpp"
#include "protocol/protected_resources.hpp"
#include "protocol/text.hpp"

namespace mockoauth::server {

using mimir::codec::Json;

namespace {

const Json* mapped_entry(const Profile& profile, Condition condition) {
  const Json& map = profile.knob("errors.map");
  const Json* entry = map.find(to_string(condition));
  for (int hops = 0; entry != nullptr && hops < 8; ++hops) {
    const auto other = entry->string_at("as");
    if (!other) return entry;
    entry = map.find(*other);
  }
  return nullptr;
}

// RFC 6585 §4, RFC 9110 §10.2.3, in the form of the knob.
void add_retry_after(const Call& call, HttpResponse& response, std::chrono::seconds wait) {
  const auto form = call.profile().text("limits.retry_after");
  if (form == "seconds") response.set_header("Retry-After", std::to_string(wait.count()));
  if (form == "milliseconds") response.set_header("retry-after-ms", std::to_string(wait.count() * 1000));
  if (form == "http_date") response.set_header("Retry-After", mimir::codec::format_http_date(call.told_now() + wait));
}

}  // namespace

std::string description_text(std::string_view text) {
  constexpr std::size_t kMost = 400;
  std::string out;
  for (const char c : text.substr(0, kMost)) {
    if (c == '"') {
      out += '\'';
    } else if (c < 0x20 || c > 0x7e || c == '\\') {
      out += '?';
    } else {
      out += c;
    }
  }
  return out;
}

WireError word(const Profile& profile, const Refusal& refusal) {
  const auto& entry = entry_of(refusal.condition);
  WireError wire;
  wire.status = entry.status;
  wire.code = entry.code;
  wire.description = description_text(refusal.detail.empty() ? entry.description : std::string_view(refusal.detail));
  wire.hint = refusal.hint;
  wire.entry = mapped_entry(profile, refusal.condition);
  if (wire.entry == nullptr) return wire;
  if (const auto status = wire.entry->int_at("status"); status && *status >= 100 && *status <= 599) {
    wire.status = static_cast<int>(*status);
    wire.status_is_mapped = true;
  }
  if (const auto code = wire.entry->string_at("code")) wire.code = *code;
  if (const auto description = wire.entry->string_at("description")) wire.description = *description;
  if (const auto hint = wire.entry->string_at("hint")) wire.hint = *hint;
  return wire;
}

void note(Call& call, const Refusal& refusal, const WireError& wire) {
  const auto& entry = entry_of(refusal.condition);
  call.exchange.error = wire.code;
  call.exchange.reason = std::string(entry.name) + ": " +
      (refusal.detail.empty() ? std::string(entry.description) : refusal.detail);
  call.exchange.clause = refusal.clause.empty() ? std::string(entry.clause) : refusal.clause;
}

HttpResponse write_error(Call& call, const Refusal& refusal) {
  const auto& profile = call.profile();
  const auto wire = word(profile, refusal);
  note(call, refusal, wire);

  auto values = call.realm.placeholders(call.now);
  values.set("code", Json(wire.code));
  values.set("hint", wire.hint.empty() ? Json() : Json(wire.hint));
  values.set("status", Json(wire.status));
  // Only the profile's own words have placeholders; those of a request stay as they are.
  const bool is_worded = wire.entry != nullptr && wire.entry->find("description") != nullptr;
  const auto description = is_worded ? values.expand_text(wire.description) : wire.description;
  values.set("description", Json(description));
  const auto id = mimir::codec::random_base64url(*call.realm.random, 12).value_or("none");
  values.set("request_id", Json(id));
  if (refusal.wait) values.set("new_interval", Json(static_cast<std::int64_t>(refusal.wait->count())));

  const Json* own_shape = wire.entry == nullptr ? nullptr : wire.entry->find("shape");
  Json body = values.expand(own_shape != nullptr ? *own_shape : profile.knob("errors.shape")).value_or(Json::object());
  if (wire.entry != nullptr) {
    if (const Json* extra = wire.entry->find("extra"); extra != nullptr && extra->is_object()) {
      const auto expanded = values.expand(*extra).value_or(Json::object());
      for (const auto& [name, value] : *expanded.as_object()) body.set(name, value);
    }
  }
  if (refusal.condition == Condition::DeviceSlowDown && refusal.wait && profile.flag("device.slow_down_tells")) {
    body.set("interval", Json(static_cast<std::int64_t>(refusal.wait->count())));
  }
  const bool in_body = profile.text("limits.retry_after") == "body";
  if (refusal.condition == Condition::RateLimited && refusal.wait && in_body) {
    body.set("retry_after", Json(static_cast<std::int64_t>(refusal.wait->count())));
  }
  HttpResponse response = data_answer(call, wire.status, body);
  if (const auto* text = body.as_string()) response.body = *text;  // A shape that is no JSON goes out as it is.
  if (profile.lists("transport.html_on", to_string(refusal.condition))) {
    response = page_answer(wire.status, reason_phrase(wire.status), description, id);
  }
  if (wire.entry != nullptr) {
    if (const auto type = wire.entry->string_at("content_type")) response.set_header("Content-Type", *type);
    if (const Json* headers = wire.entry->find("headers"); headers != nullptr && headers->is_object()) {
      for (const auto& [name, value] : *headers->as_object()) {
        if (const auto* text = value.as_string()) response.set_header(name, values.expand_text(*text));
      }
    }
  }
  if (const auto header = profile.text("errors.request_id_header"); !header.empty()) response.set_header(header, id);
  if (refusal.condition == Condition::RateLimited && refusal.wait) add_retry_after(call, response, *refusal.wait);
  // RFC 6749 §5.2: a client that used the Authorization header is told the scheme.
  if (const auto sent = call.request.header("Authorization");
      sent && wire.status == 401 && !response.header("WWW-Authenticate")) {
    const bool is_bearer = equal_ignoring_case(std::string_view(*sent).substr(0, 7), "Bearer ");
    response.set_header("WWW-Authenticate", is_bearer ? "Bearer realm=\"mockoauth\"" : "Basic realm=\"mockoauth\"");
  }
  return response;
}

HttpResponse write_bearer_challenge(Call& call, const Refusal& refusal) {
  HttpResponse response = write_error(call, refusal);
  add_bearer_challenge(call, refusal, response);
  return response;
}

void add_bearer_challenge(const Call& call, const Refusal& refusal, HttpResponse& response) {
  const auto wire = word(call.profile(), refusal);
  std::string challenge = "Bearer realm=\"mockoauth\"";
  if (!wire.code.empty()) {
    challenge += ", error=\"" + description_text(wire.code) + "\", error_description=\"" +
                 description_text(wire.description) + "\"";
    if (!refusal.scope.empty()) challenge += ", scope=\"" + description_text(refusal.scope) + "\"";
    for (const auto& [name, value] : refusal.challenge) challenge += ", " + name + "=\"" + description_text(value) + "\"";
  }
  // RFC 9728 §5.1
  const ProtectedResource* resource = find_protected_resource(call.realm, call.request.path());
  if (resource != nullptr) {
    const auto url = resource_metadata_url(call.realm, identifier_of(call.realm, *resource));
    if (!url.empty()) challenge += ", resource_metadata=\"" + url + "\"";
  }
  response.set_header("WWW-Authenticate", challenge);
}

}  // namespace mockoauth::server
